"""Backups of a whole PostgreSQL cluster: base backups, the log behind them, any moment restored from both."""
