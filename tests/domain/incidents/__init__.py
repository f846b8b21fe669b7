"""Incidents: whom they concern, how they end."""
