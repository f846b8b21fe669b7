"""The rules and acts of modelling."""
