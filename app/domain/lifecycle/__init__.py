"""Whole companies: taken out, brought back, moved and removed, with their files and jobs."""
