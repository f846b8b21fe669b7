"""Every component in every state, and three whole pages made of them, from made-up data."""
