"""What a company may have, and how much of it is used."""
