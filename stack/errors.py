"""What can go wrong with a local part, as one sentence with its remedy."""


class StackError(Exception):
    """A sentence for the person at the terminal; it says what is wrong and what to do."""
