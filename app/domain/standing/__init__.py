"""What hurts or helps a relation: promises, incidents, health, and what to do next."""
