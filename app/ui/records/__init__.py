"""Records on a page: values, tables, forms, filters and history in words."""
