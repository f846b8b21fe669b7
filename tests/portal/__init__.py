"""Tests of the customers' door."""
