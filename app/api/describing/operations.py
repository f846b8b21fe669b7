"""One entry for each endpoint: what it takes and answers. A test holds them to the map of addresses."""

from collections.abc import Callable, Mapping

from app.api.describing import parts
from app.api.describing.parts import Part, answer, body, content, idempotent, ref, refusals
from app.api.describing.schemas import UUID_TEXT
from app.records import upserting
from app.records.joining import outcome
from app.records.types import ObjectType

JSON = "application/json"
PATCH = ("application/merge-patch+json", JSON)
FORM = "multipart/form-data"

_ID = parts.path("record_id", UUID_TEXT)


def _list(described: ObjectType) -> Part:
    return _operation(
        f"List {_many(described)}",
        answers={"200": answer("A page", ref(f"{described.name}_page")), **refusals(401, 403, 422)},
        parameters=parts.listed(described),
    )


def _show(described: ObjectType) -> Part:
    return _operation(
        f"Read one of {_many(described)}",
        answers={
            "200": _record(described),
            "304": answer("Unchanged", headers=("ETag",)),
            **refusals(401, 403, 404, 422),
        },
        parameters=[_ID, *parts.shown(described), parts.if_none_match()],
    )


def _create(described: ObjectType) -> Part:
    return _operation(
        f"Add one of {_many(described)}",
        answers={
            "201": answer("Created", ref(described.name), headers=("ETag", "Location")),
            **refusals(400, 401, 403, 409, 413, 415, 422),
        },
        parameters=[*parts.shown(described), idempotent()],
        requestBody=body(ref(f"{described.name}_new")),
    )


def _patch(described: ObjectType) -> Part:
    return _operation(
        f"Change one of {_many(described)}",
        "A merge patch (RFC 7396): what is not named stays, null empties a field.",
        answers={"200": _record(described), **refusals(400, 401, 403, 404, 409, 412, 413, 415, 422)},
        parameters=[_ID, *parts.shown(described), parts.if_match()],
        requestBody=body(ref(f"{described.name}_patch"), PATCH),
    )


def _delete(described: ObjectType) -> Part:
    return _operation(
        f"Move one of {_many(described)} to the trash",
        answers={"204": answer("In the trash"), **refusals(401, 403, 404, 409, 412, 422)},
        parameters=[_ID, parts.if_match()],
    )


def _restore(described: ObjectType) -> Part:
    return _operation(
        f"Take one of {_many(described)} out of the trash",
        answers={"200": _record(described), **refusals(400, 401, 403, 404, 409, 413, 415, 422)},
        parameters=[_ID, idempotent()],
    )


def _purge(described: ObjectType) -> Part:
    return _operation(
        f"Delete one of {_many(described)} for good",
        "It has to lie in the trash. What is nothing without it goes along; nothing brings it back.",
        answers={
            "200": answer("What went", ref("purged")),
            **refusals(400, 401, 403, 404, 409, 413, 415, 422),
        },
        parameters=[_ID, idempotent()],
    )


def _upsert(described: ObjectType) -> Part:
    keys = list(upserting.keys(described))
    return _operation(
        f"Create or change the one of {_many(described)} that has this value",
        "Of external_ids the value is system:id, such as sap:4711.",
        answers={
            "200": _record(described),
            "201": answer("Created", ref(described.name), headers=("ETag", "Location")),
            **refusals(400, 401, 403, 404, 409, 413, 415, 422),
        },
        parameters=[
            parts.path("field", {"type": "string", "enum": keys}),
            parts.path("value", {"type": "string", "minLength": 1}),
            *parts.shown(described),
        ],
        requestBody=body(ref(f"{described.name}_patch")),
    )


def _batch(described: ObjectType) -> Part:
    schema = {
        "type": "object",
        "required": ["records"],
        "additionalProperties": False,
        "properties": {
            "atomic": {"type": "boolean", "default": False, "description": "All or nothing"},
            "records": {"type": "array", "minItems": 1, "maxItems": 200, "items": {"type": "object"}},
        },
        "description": "Rows as for creating; with an id they change that record",
    }
    return _operation(
        f"Write many {_many(described)}",
        "Each row has an answer of its own. With atomic one that fails undoes all: 422 with the results.",
        answers={
            "200": answer("An answer for each row", ref("results")),
            **refusals(400, 401, 403, 409, 413, 415, 422),
        },
        parameters=[idempotent()],
        requestBody=body(schema),
    )


def _merge(described: ObjectType) -> Part:
    sides = {
        each.name: {"type": "string", "enum": list(outcome.choices_of(each))}
        for each in outcome.choosable(described)
    }
    schema = {
        "type": "object",
        "required": ["with"],
        "additionalProperties": False,
        "properties": {
            "with": {**UUID_TEXT, "description": "The record that becomes a part of this one"},
            "choices": {
                "type": "object",
                "properties": sides,
                "additionalProperties": False,
                "description": "Whose value a field takes: keep is this record, drop the other;"
                " both where a field holds several records",
            },
        },
    }
    return _operation(
        f"Merge two of {_many(described)}",
        "All that belongs to the other moves here, identifiers and fields of several records are united, what"
        " is empty here is filled from there. The other goes to the trash; its id answers 404 with"
        " merged_into. For 30 days DELETE there takes it back. A repetition changes nothing.",
        answers={"200": _record(described), **refusals(400, 401, 403, 404, 409, 412, 413, 415, 422)},
        parameters=[_ID, *parts.shown(described), parts.if_match(), idempotent()],
        requestBody=body(schema),
    )


def _unmerge(described: ObjectType) -> Part:
    return _operation(
        f"Take the merge of one of {_many(described)} back",
        "The id is that of the record that had gone. What was changed since is told, not overwritten.",
        answers={"200": _record(described), **refusals(400, 401, 403, 404, 409, 413, 415, 422)},
        parameters=[_ID, *parts.shown(described)],
    )


def _bulk(described: ObjectType) -> Part:
    return _operation(
        f"Change, assign, delete, restore, export or purge many {_many(described)}",
        "Name them by ids, by where and q, or all. What the filter finds as the job begins is meant."
        " What the token may not change is counted and listed, the rest is done.",
        answers={
            "202": answer("It runs soon", ref("job"), headers=("Location",)),
            **refusals(400, 401, 403, 409, 413, 415, 422),
        },
        parameters=[idempotent()],
        requestBody=body(ref("bulk_request")),
    )


OBJECT_OPERATIONS: Mapping[str, Callable[[ObjectType], Part]] = {
    "list_records": _list,
    "show_record": _show,
    "create_record": _create,
    "patch_record": _patch,
    "delete_record": _delete,
    "restore_record": _restore,
    "purge_record": _purge,
    "upsert_record": _upsert,
    "write_batch": _batch,
    "merge_record": _merge,
    "unmerge_record": _unmerge,
    "start_bulk": _bulk,
}


def _operation(summary: str, description: str = "", *, answers: Part, **more: object) -> Part:
    told: Part = {"summary": summary, "description": description, "responses": answers, **more}
    return {name: value for name, value in told.items() if value}


def _many(described: ObjectType) -> str:
    return described.plural.lower()


def _record(described: ObjectType) -> Part:
    return answer("The record", ref(described.name), headers=("ETag",))


_FORM_SCHEMA = {
    "type": "object",
    "required": ["file", "object"],
    "properties": {
        "file": {"type": "string", "format": "binary"},
        "object": {"type": "string"},
        "options": ref("import_options"),
    },
}
_EXAMINED = refusals(401, 403, 404, 422)
_CSV = {"description": "CSV", "headers": answer("")["headers"], **content({"type": "string"}, "text/csv")}

OPERATIONS: Mapping[str, Part] = {
    "index": _operation(
        "Where everything is", answers={"200": answer("Addresses", ref("index")), **refusals()}
    ),
    "show_openapi": _operation(
        "This document",
        "With a token what it may read; without one the objects that every company has.",
        answers={
            "200": answer("OpenAPI 3.1", {"type": "object"}, headers=("ETag",)),
            "304": answer("Unchanged", headers=("ETag",)),
            **refusals(422),
        },
    ),
    "show_problem": _operation(
        "What a kind of problem means",
        answers={"200": answer("Its meaning", ref("kind_of_problem")), **refusals(404)},
        parameters=[parts.path("name", {"type": "string"})],
    ),
    "show_me": _operation(
        "Which company, app, scopes and limits",
        answers={"200": answer("You", ref("me")), **refusals(401, 422)},
    ),
    "list_objects": _operation(
        "The objects and their fields",
        answers={"200": answer("The model", ref("objects")), **refusals(401, 422)},
    ),
    "show_object": _operation(
        "One object and its fields",
        answers={"200": answer("The object", ref("object")), **_EXAMINED},
        parameters=[parts.path("described", {"type": "string"}, "The name of an object")],
    ),
    "search_records": _operation(
        "Search across objects",
        "Names, e-mails, phones and numbers in any spelling, the best first; where nearly nothing has the"
        " words, what is spelled like them. Of objects that the token may not read nothing is found.",
        answers={"200": answer("What was found", ref("found")), **refusals(401, 403, 422)},
        parameters=[
            {
                **parts.query("q", "What to look for", {"type": "string", "minLength": 1, "maxLength": 200}),
                "required": True,
            },
            parts.query("objects", "Names of objects, with commas between; without it all that are searched"),
            parts.query(
                "limit", "Records at most", {"type": "integer", "minimum": 1, "maximum": 100, "default": 20}
            ),
        ],
    ),
    "list_members": _operation(
        "The people of the company",
        answers={"200": answer("Members", ref("members")), **refusals(401, 403, 422)},
    ),
    "show_job": _operation(
        "How far a job is",
        answers={"200": answer("The job", ref("job")), **_EXAMINED},
        parameters=[parts.path("job_id", UUID_TEXT)],
    ),
    "cancel_job": _operation(
        "Stop a job",
        "What waits stops now, what runs stops soon; what is done stays and can be taken back.",
        answers={
            "202": answer("It stops", ref("job"), headers=("Location",)),
            **refusals(401, 403, 404, 409, 422),
        },
        parameters=[parts.path("job_id", UUID_TEXT)],
    ),
    "undo_job": _operation(
        "Take back what an import or a bulk change did",
        "For 30 days. Records of which somebody changed the same fields since stay and are listed.",
        answers={
            "202": answer("It is being taken back", ref("job"), headers=("Location",)),
            **refusals(400, 401, 403, 404, 409, 413, 415, 422),
        },
        parameters=[parts.path("job_id", UUID_TEXT), idempotent()],
    ),
    "show_job_problems": _operation(
        "The records that a job left alone, with the reasons",
        answers={"200": _CSV, **_EXAMINED},
        parameters=[parts.path("job_id", UUID_TEXT)],
    ),
    "start_import": _operation(
        "Import a table",
        answers={
            "202": answer("It runs soon", ref("import"), headers=("Location",)),
            **refusals(400, 401, 403, 404, 409, 413, 415, 422),
        },
        parameters=[idempotent()],
        requestBody={
            "required": True,
            "content": {FORM: {"schema": _FORM_SCHEMA, "encoding": {"options": {"contentType": JSON}}}},
        },
    ),
    "show_import": _operation(
        "How far an import is",
        answers={"200": answer("The import", ref("import")), **_EXAMINED},
        parameters=[parts.path("import_id", UUID_TEXT)],
    ),
    "show_import_errors": _operation(
        "The refused rows with their reasons",
        answers={"200": _CSV, **_EXAMINED},
        parameters=[parts.path("import_id", UUID_TEXT)],
    ),
    "list_doubtful": _operation(
        "The rows that look like records which are there, and wait for a decision",
        "Where the import was asked for with the option doubtful: review.",
        answers={"200": answer("The rows", ref("doubtful_rows")), **_EXAMINED},
        parameters=[
            parts.path("import_id", UUID_TEXT),
            parts.query(
                "limit", "Rows at once", {"type": "integer", "minimum": 1, "maximum": 200, "default": 50}
            ),
            parts.query("cursor", "next_cursor of the page before"),
        ],
    ),
    "decide_doubtful": _operation(
        "Create, merge or leave out rows that wait",
        "Up to 200 rows at once; all of them by a job. What is written belongs to the import and is taken"
        " back with it.",
        answers={
            "200": answer("An answer for each row that still waited", ref("decided")),
            "202": answer("It runs soon", ref("job"), headers=("Location",)),
            **refusals(400, 401, 403, 404, 409, 413, 415, 422),
        },
        parameters=[parts.path("import_id", UUID_TEXT), idempotent()],
        requestBody=body(ref("decision")),
    ),
    "undo_import": _operation(
        "Take an import back",
        "What is running is stopped first: ask again when it is. Records that somebody worked on since stay.",
        answers={
            "202": answer("It is being taken back", ref("import"), headers=("Location",)),
            "204": answer("It was never started, and is forgotten"),
            **refusals(401, 403, 404, 409, 422),
        },
        parameters=[parts.path("import_id", UUID_TEXT)],
    ),
    "start_export": _operation(
        "Write a list into a file",
        answers={
            "202": answer("It runs soon", ref("export"), headers=("Location",)),
            **refusals(400, 401, 403, 413, 415, 422),
        },
        parameters=[idempotent()],
        requestBody=body(ref("export_request")),
    ),
    "show_export": _operation(
        "How far an export is",
        answers={"200": answer("The export", ref("export")), **_EXAMINED},
        parameters=[parts.path("export_id", UUID_TEXT)],
    ),
    "list_views": _operation(
        "The saved views of lists",
        "One's own and those that are shared with the one who asks, in the order of their making.",
        answers={"200": answer("Views", ref("views")), **refusals(401, 403, 404, 422)},
        parameters=[
            parts.query("object", "The name of an object; without it views of all"),
            parts.query(
                "limit", "Views at once", {"type": "integer", "minimum": 1, "maximum": 200, "default": 50}
            ),
            parts.query("cursor", "next_cursor of the page before"),
        ],
    ),
    "create_view": _operation(
        "Save a view",
        "At most 200 of one object of one's own, and 200 that are shared. It takes the right to write records"
        " of the object.",
        answers={
            "201": answer("The view", ref("view"), headers=("Location",)),
            **refusals(400, 401, 403, 404, 409, 413, 415, 422),
        },
        parameters=[idempotent()],
        requestBody=body(ref("view_new")),
    ),
    "show_view": _operation(
        "One saved view",
        "Where it names what is not there any more or out of sight, problems say so; where is left out if it"
        " filters by that.",
        answers={"200": answer("The view", ref("view")), **_EXAMINED},
        parameters=[parts.path("view_id", UUID_TEXT)],
    ),
    "change_view": _operation(
        "Change a view",
        "A merge patch. With base_version it is refused where the view has another version.",
        answers={"200": answer("The view", ref("view")), **refusals(400, 401, 403, 404, 412, 413, 415, 422)},
        parameters=[parts.path("view_id", UUID_TEXT)],
        requestBody=body(ref("view_patch"), PATCH),
    ),
    "delete_view": _operation(
        "Delete a view",
        "No record goes with it.",
        answers={"204": answer("It is gone"), **refusals(401, 403, 404, 422)},
        parameters=[parts.path("view_id", UUID_TEXT)],
    ),
    "request_file": _operation(
        "Announce a file",
        "PUT its bytes to `url` with `headers`, then complete it.",
        answers={
            "201": answer("Where the bytes go", ref("upload"), headers=("Location",)),
            **refusals(400, 401, 403, 404, 413, 415, 422),
        },
        parameters=[idempotent()],
        requestBody=body(ref("file_request")),
    ),
    "complete_file": _operation(
        "The bytes are there",
        answers={"200": answer("The file", ref("file")), **refusals(400, 401, 403, 404, 409, 413, 415, 422)},
        parameters=[parts.path("file_id", UUID_TEXT), idempotent()],
    ),
    "show_file": _operation(
        "One file, with a link for five minutes",
        answers={"200": answer("The file", ref("file")), **_EXAMINED},
        parameters=[parts.path("file_id", UUID_TEXT)],
    ),
    "undo_change": _operation(
        "Take one change back",
        "By the id that changes tell: an edit, a new record, a deletion or restoration, or what was done to a"
        " view (its answers name the address in a Link with rel=undo). For 30 days; what was changed later is"
        " a 409 with the three values. Asked again nothing more happens to a record. Jobs are taken back by"
        " jobs/{job_id}/undo, merges by DELETE of the merge.",
        answers={
            "200": answer("It is as before", ref("undone")),
            **refusals(400, 401, 403, 404, 409, 413, 415, 422),
        },
        parameters=[parts.path("fact_id", UUID_TEXT), idempotent()],
    ),
    "list_changes": _operation(
        "What happened since",
        "Every fact once and in order; keep next_cursor and ask again with after.",
        answers={"200": answer("Facts", ref("changes")), **refusals(401, 422)},
        parameters=[
            parts.query("after", "next_cursor of the last answer; without it from the first fact on"),
            parts.query("limit", "Facts at once", {"type": "integer", "minimum": 1, "maximum": 1000}),
        ],
    ),
}
