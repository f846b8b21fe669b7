"""Pages of records, alike for every object: table, record, forms, changes, finding."""

from app.web.records import bulk, changes, duplicates, finding, page, purging, standard, table, views

__all__ = ["bulk", "changes", "duplicates", "finding", "page", "purging", "standard", "table", "views"]
