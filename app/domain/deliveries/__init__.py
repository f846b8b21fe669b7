"""Deliveries: what was promised to arrive, when, and when it did."""
