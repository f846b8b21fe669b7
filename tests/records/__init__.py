"""The record engine."""
