"""Days as the company counts them."""
