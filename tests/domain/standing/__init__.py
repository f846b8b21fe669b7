"""The standing of customers."""
