"""Operators: advice, keys."""
