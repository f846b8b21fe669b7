"""Two records become one: what pointed to either points to the one that stays, and can be taken back."""
