"""Plans, their limits and what is used."""
