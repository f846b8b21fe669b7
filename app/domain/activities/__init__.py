"""Activities: tasks, calls, meetings and notes on any record."""
