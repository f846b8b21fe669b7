"""A tenant's rows out of one schema and into another, by COPY, whatever the number of tenants beside it."""
