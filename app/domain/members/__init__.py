"""The people of a workspace: their roles, invitations and sessions."""
