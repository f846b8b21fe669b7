"""Imports against what breaks: killed processes, wiped queues."""
