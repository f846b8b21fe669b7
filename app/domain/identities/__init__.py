"""Who may sign in anywhere: addresses, passwords, sessions of the base host; all in the control database."""
