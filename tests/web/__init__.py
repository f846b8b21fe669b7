"""The members' door and the base host, as a browser sees them."""
