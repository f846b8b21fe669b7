"""Whole companies: closing, removing, taking out and in."""
