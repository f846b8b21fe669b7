"""What leaves with a company and what stays: no secret of anybody, nothing that is over in a day. Pure."""

from collections.abc import Mapping

ARCHIVE_TYPE = "application/vnd.kith.archive+zip"

# Tables whose rows stay: answers to programs, kept for a day.
LEFT_OUT = frozenset({"idempotency_keys"})

# Which rows of a table leave. Of what lets somebody in only the consents, which nobody can present. Neither
# files that are still on their way nor archives of earlier exports.
WHERE: Mapping[str, str] = {
    "grants": "kind = 'consent'",
    "files": "state <> 'pending' AND declared_type <> 'application/vnd.kith.archive+zip'",
}

_HAS_FILE = (
    "EXISTS (SELECT FROM files f WHERE f.id = file_id AND f.state <> 'pending'"
    " AND f.declared_type <> 'application/vnd.kith.archive+zip')"
)
_STOPPED = "state IN ('queued', 'running')"

# Columns that leave as something else: passwords, what is sealed with this installation's keys, and work that
# is under way here.
SHOWN: Mapping[str, Mapping[str, str]] = {
    "portal_accounts": {"password_hash": "NULL::text"},
    "mailboxes": {"secret_encrypted": "''::text", "state": "'paused'::text"},
    "jobs": {
        "file_id": f"CASE WHEN {_HAS_FILE} THEN file_id END",
        "state": f"CASE WHEN {_STOPPED} THEN 'cancelled' ELSE state END",
        "finished_at": f"CASE WHEN {_STOPPED} THEN updated_at ELSE finished_at END",
    },
}
