"""Pages of records, alike for every object: table, record, forms, changes, finding."""

from app.web.records import changes, finding, page, table

__all__ = ["changes", "finding", "page", "table"]
