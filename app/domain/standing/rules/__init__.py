"""Pure decisions about a relation: states, troubles, health, the thread and the next act."""
