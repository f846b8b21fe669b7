"""What Kith works out of records."""
