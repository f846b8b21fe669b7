"""What is true of a table without a database: its text, its shape, its dates, its columns."""
