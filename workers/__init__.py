"""Work that runs later: the relay from the outbox to Dramatiq, the workers, the clock."""
