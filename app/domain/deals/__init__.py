"""Deals: what may be sold, in pipelines of stages."""
