"""Sample data: a company with customers, orders and promises, to look around in and to clear again."""
