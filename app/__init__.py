"""Kith: what serves, works and commands; the tenants and the local servers stand beside it."""

from app.core import collector

collector.load()
