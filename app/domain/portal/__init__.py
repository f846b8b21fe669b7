"""Customers' accounts of the portal, their sessions and consents."""
