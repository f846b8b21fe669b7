"""Fields that Kith works out: formulas over a record's own fields, roll-ups over those that point to it."""
