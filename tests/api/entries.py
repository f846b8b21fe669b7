"""Who may use which endpoint: one entry a route and method; a route without one fails the matrix."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Entry:
    """The scopes that the token needs, read, write and delete of the object in the path; None: no token."""

    scopes: tuple[str, ...] | None = ()
    names: str = ""


RECORD = "record_id"
ENTRIES: dict[tuple[str, str], Entry] = {
    ("index", "GET"): Entry(None),
    ("show_openapi", "GET"): Entry(None),
    ("show_problem", "GET"): Entry(None),
    ("show_me", "GET"): Entry(),
    ("list_objects", "GET"): Entry(),
    ("show_object", "GET"): Entry(("read",)),
    ("search_records", "GET"): Entry(),
    ("list_members", "GET"): Entry(("members:read",)),
    ("list_records", "GET"): Entry(("read",)),
    ("show_record", "GET"): Entry(("read",), RECORD),
    ("create_record", "POST"): Entry(("read", "write")),
    ("patch_record", "PATCH"): Entry(("read", "write"), RECORD),
    ("delete_record", "DELETE"): Entry(("read", "delete"), RECORD),
    ("restore_record", "POST"): Entry(("read", "delete"), RECORD),
    ("purge_record", "POST"): Entry(("read", "delete", "records:purge"), RECORD),
    ("merge_record", "POST"): Entry(("read", "write", "delete"), RECORD),
    ("unmerge_record", "DELETE"): Entry(("read", "write", "delete"), RECORD),
    ("upsert_record", "PUT"): Entry(("read", "write")),
    ("write_batch", "POST"): Entry(("read", "write")),
    ("list_changes", "GET"): Entry(),
    ("undo_change", "POST"): Entry((), "fact_id"),
    ("start_bulk", "POST"): Entry(("read", "jobs:read")),
    ("show_job", "GET"): Entry(("jobs:read",), "job_id"),
    ("cancel_job", "DELETE"): Entry(("jobs:read",), "job_id"),
    ("undo_job", "POST"): Entry(("jobs:read",), "job_id"),
    ("show_job_problems", "GET"): Entry(("jobs:read",), "job_id"),
    ("start_import", "POST"): Entry(("imports:run", "jobs:read")),
    ("show_import", "GET"): Entry(("imports:run", "jobs:read"), "import_id"),
    ("show_import_errors", "GET"): Entry(("imports:run", "jobs:read"), "import_id"),
    ("list_doubtful", "GET"): Entry(("imports:run", "jobs:read"), "import_id"),
    ("decide_doubtful", "POST"): Entry(("imports:run", "jobs:read"), "import_id"),
    ("undo_import", "DELETE"): Entry(("imports:run", "jobs:read"), "import_id"),
    ("start_export", "POST"): Entry(("jobs:read",)),
    ("show_export", "GET"): Entry(("jobs:read",), "export_id"),
    ("list_views", "GET"): Entry(),
    ("create_view", "POST"): Entry(),
    ("show_view", "GET"): Entry((), "view_id"),
    ("change_view", "PATCH"): Entry((), "view_id"),
    ("delete_view", "DELETE"): Entry((), "view_id"),
    ("request_file", "POST"): Entry(),
    ("complete_file", "POST"): Entry((), "file_id"),
    ("show_file", "GET"): Entry((), "file_id"),
}
