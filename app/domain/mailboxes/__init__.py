"""Members' mailboxes: connecting them, discovery, sending."""
