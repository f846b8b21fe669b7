"""Deliveries: promises that break and heal."""
