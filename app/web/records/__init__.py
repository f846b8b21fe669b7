"""Pages of records, alike for every object: table, record, forms, changes, finding."""

from app.web.records import changes, duplicates, finding, page, table

__all__ = ["changes", "duplicates", "finding", "page", "table"]
