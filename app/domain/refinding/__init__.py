"""Records are found by other fields than before: those that were there already are brought along."""
