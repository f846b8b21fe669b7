"""Developers' apps and what a company grants them."""
