"""Formulas: the Common Expression Language over the fields of a record, typed before anything runs."""
