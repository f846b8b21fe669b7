"""The record engine: what every object can do, from its description alone."""
