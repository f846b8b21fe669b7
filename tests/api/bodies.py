"""What each endpoint that takes a body is sent by mistake: a route without an entry fails the test."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import orjson

from tests.bad_input import HUGE, nested

NOBODY = str(uuid4())
# Values of a member of each kind that are none.
WRONG: Mapping[str, tuple[Any, ...]] = {
    "text": (7, True, [], {}),
    "name": (7, True, [], {}, " ", HUGE),
    # Figures are texts too.
    "cell": (True, [], {}, "a\0b", HUGE),
    "addresses": (7, True, "nowhere", ["nowhere"], [[7]]),
    "choice": (7, True, [], {}, "explode", HUGE),
    "object": (7, [], "x", True),
    "flag": ("yes", 7, [], {}),
    "id": ("nobody", 7, True, [], {}, HUGE),
    "ids": ("nobody", 7, {}, [7], ["nobody"], [[]], [NOBODY] * 200_000),
    "names": (7, "x", {}, [7], [[]], [HUGE]),
    "rows": (7, "x", {}, [], [7], [[]], [{}] * 201),
    "numbers": (7, "x", {}, [], ["x"], [True], [-1], [1] * 100_000),
    "version": ("x", [], {}, True, 0.5),
    "filter": (
        *(7, "x", [], [[]], {"field": 7}, {"field": "nmae"}, {"field": HUGE}, {"op": "eq"}, nested()),
        {"field": "name", "op": HUGE, "value": "x"},
        {"field": "name", "value": HUGE},
        {"field": "name", "op": "contains", "value": "a\0b"},
        {"or": [{"field": "name", "value": str(n)} for n in range(5_000)]},
    ),
    "size": ("x", [], {}, True, -1, 1e300),
}
# Bodies that are wrong for every route; where one takes nothing, so is any member.
UNREADABLE: Mapping[str, bytes] = {
    "no UTF-8": b'{"name": "a\xffb"}',
    "half a character": b'{"name": "a\\ud800b"}',
    "broken": b'{"name": ',
    "a list": b"[]",
    "a text": b'"Aare"',
    "a number": b"7",
    "nothing": b"null",
    "an unknown member": b'{"nobody_knows_this": 1}',
    "an unknown member of ten megabytes": orjson.dumps({"nobody_knows_this": HUGE}),
    "an unknown member of a long name": orjson.dumps({HUGE[:100_000]: 1}),
}


@dataclass(frozen=True)
class Body:
    """A body that is good but for one member at a time; `members` are of the kinds of WRONG."""

    good: Mapping[str, Any] = field(default_factory=dict)
    members: Mapping[str, str] = field(default_factory=dict)


NOTHING = Body()
_VIEW = {
    "name": "name",
    "q": "text",
    "sort": "choice",
    "shared": "choice",
    "where": "filter",
    "locked": "flag",
    "columns": "names",
    "team_id": "id",
}
BODIES: Mapping[tuple[str, str], Body] = {
    ("create_record", "POST"): Body(
        {"name": "Aare"}, {"name": "cell", "owner_id": "id", "emails": "addresses"}
    ),
    ("patch_record", "PATCH"): Body({"city": "Bern"}, {"city": "cell", "base_version": "version"}),
    ("upsert_record", "PUT"): Body({"name": "Aare"}, {"name": "cell", "country": "choice"}),
    ("write_batch", "POST"): Body({"records": [{"name": "Aare"}]}, {"atomic": "flag", "records": "rows"}),
    ("restore_record", "POST"): NOTHING,
    ("purge_record", "POST"): NOTHING,
    ("merge_record", "POST"): Body({"with": NOBODY}, {"with": "id", "choices": "object"}),
    ("undo_change", "POST"): NOTHING,
    ("undo_job", "POST"): NOTHING,
    ("start_bulk", "POST"): Body(
        {"action": "export", "all": True},
        {"action": "choice", "all": "flag", "q": "text", "where": "filter", "values": "object"}
        | {"ids": "ids", "fields": "names"},
    ),
    # A form; what is wrong with it is told in the tests of bad forms.
    ("start_import", "POST"): NOTHING,
    ("decide_doubtful", "POST"): Body(
        {"decision": "skip", "all": True},
        {"decision": "choice", "all": "flag", "rows": "numbers", "record_id": "id"},
    ),
    ("start_export", "POST"): Body(
        {"object": "companies"},
        {"object": "choice", "view": "id", "where": "filter", "q": "text", "sort": "choice"}
        | {"fields": "names"},
    ),
    ("create_view", "POST"): Body({"object": "companies", "name": "Ours"}, {"object": "choice", **_VIEW}),
    ("change_view", "PATCH"): Body({"name": "Ours"}, {"base_version": "version", **_VIEW}),
    ("request_file", "POST"): Body(
        {"name": "a.txt", "size": 1, "sha256": "0" * 64, "object": "companies", "record_id": NOBODY},
        {"name": "text", "size": "size", "sha256": "choice", "content_type": "text", "object": "choice"}
        | {"record_id": "id"},
    ),
    ("complete_file", "POST"): NOTHING,
}
