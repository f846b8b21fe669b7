"""Incidents: what hurts a customer relation, from the moment it is known until it is made good."""
