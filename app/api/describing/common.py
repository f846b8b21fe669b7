"""Schemas that belong to no object."""

from app.api.describing.schemas import INSTANT, UUID_TEXT, Schema
from app.records.columns import MOST

_TEXT: Schema = {"type": "string"}
_MAYBE_TEXT: Schema = {"type": ["string", "null"]}
_MAYBE_ID: Schema = {"type": ["string", "null"], "format": "uuid"}
_MAYBE_INSTANT: Schema = {"type": ["string", "null"], "format": "date-time"}
_COUNT: Schema = {"type": "integer"}
_STATES = ["draft", "queued", "running", "done", "failed", "cancelled"]


def _object(required: str, **properties: Schema) -> Schema:
    return {"type": "object", "required": required.split(), "properties": properties}


_ERROR = _object("path code message", path=_TEXT, code=_TEXT, message=_TEXT)
_WORK: Schema = {
    "id": UUID_TEXT,
    "object": _MAYBE_TEXT,
    "status": {"type": "string", "enum": _STATES},
    "rows": _COUNT,
    "progress": {"type": "number", "minimum": 0, "maximum": 1},
    "error": _MAYBE_TEXT,
    "queued_at": _MAYBE_INSTANT,
    "finished_at": _MAYBE_INSTANT,
}
_VIEW: Schema = {
    "object": _TEXT,
    "name": {"type": "string", "minLength": 1, "maxLength": 100},
    "shared": {"type": "string", "enum": ["nobody", "team", "everyone"], "default": "nobody"},
    "team_id": {**_MAYBE_ID, "description": "Of a view that is shared with a team"},
    "locked": {
        "type": "boolean",
        "default": False,
        "description": "Only its maker and administrators change it; of a view that is shared",
    },
    "where": {"anyOf": [{"$ref": "#/components/schemas/where"}, {"type": "null"}]},
    "q": {"type": "string", "maxLength": 200, "description": "The text to look for"},
    "sort": {"type": "string", "description": "A field, with - before it for the largest first"},
    "columns": {
        "type": "array",
        "items": _TEXT,
        "maxItems": MOST,
        "description": "Names of fields, and of what lists show beside them, in order; the title always comes"
        " first. Empty: the usual columns",
    },
}
_COUNTS: Schema = dict.fromkeys(("created", "updated", "skipped", "failed"), _COUNT)

SCHEMAS: Schema = {
    "problem": {
        "description": "RFC 9457",
        **_object(
            "type title status detail request_id",
            type={"type": "string", "format": "uri"},
            title=_TEXT,
            status=_COUNT,
            detail=_TEXT,
            request_id=_TEXT,
            errors={"type": "array", "items": _ERROR},
            conflicts={
                "type": "array",
                "description": "Of each field that clashes the three values",
                "items": _object("field yours theirs base", field=_TEXT, yours={}, theirs={}, base={}),
            },
            results={"type": "array", "items": {"$ref": "#/components/schemas/result"}},
            scope=_TEXT,
        ),
    },
    "kind_of_problem": _object(
        "type title status detail", type=_TEXT, title=_TEXT, status=_COUNT, detail=_TEXT
    ),
    "where": {
        "type": "object",
        "properties": {
            "field": _TEXT,
            "op": _TEXT,
            "value": {},
            "and": {"type": "array", "items": {"$ref": "#/components/schemas/where"}},
            "or": {"type": "array", "items": {"$ref": "#/components/schemas/where"}},
            "not": {"$ref": "#/components/schemas/where"},
            "any": {
                "type": "string",
                "description": "A list of records that point here: one is as where says",
            },
            "none": {"type": "string", "description": "The same: none is as where says"},
            "where": {"$ref": "#/components/schemas/where"},
        },
    },
    "result": _object(
        "status id errors",
        status={"type": "integer", "enum": [200, 201, 422, 424]},
        id=_MAYBE_ID,
        errors={"type": "array", "items": _ERROR},
    ),
    "results": _object(
        "results", results={"type": "array", "items": {"$ref": "#/components/schemas/result"}}
    ),
    "index": _object(
        "name version openapi objects", name=_TEXT, version=_TEXT, openapi=_TEXT, objects={"type": "object"}
    ),
    "me": _object(
        "tenant app member scopes limits",
        tenant={"type": "object"},
        app={"type": "object"},
        member={"type": ["object", "null"]},
        scopes={"type": "array", "items": _TEXT},
        granted_scopes={"type": "array", "items": _TEXT},
        expires_at=INSTANT,
        limits={"type": "object"},
    ),
    "object": _object(
        "name singular plural fields",
        name=_TEXT,
        singular=_TEXT,
        plural=_TEXT,
        fields={
            "type": "array",
            "items": _object(
                "name type label required read_only operators", name=_TEXT, type=_TEXT, label=_TEXT
            ),
        },
    ),
    "objects": _object("data", data={"type": "array", "items": {"$ref": "#/components/schemas/object"}}),
    "found": _object(
        "data next_cursor",
        data={
            "type": "array",
            "items": _object(
                "object id title subtitle similar path",
                object=_TEXT,
                id=UUID_TEXT,
                title=_TEXT,
                subtitle=_TEXT,
                similar={
                    "type": "boolean",
                    "description": "Its words are only spelled like those that were looked for",
                },
                path={"type": "string", "description": "The address of the record"},
            ),
        },
        next_cursor={"type": "null", "description": "There are no further pages: a list of one object has"},
    ),
    "members": _object(
        "data next_cursor",
        data={
            "type": "array",
            "items": _object("id name email role", id=UUID_TEXT, name=_TEXT, email=_TEXT, role=_TEXT),
        },
        next_cursor=_MAYBE_TEXT,
    ),
    "job": _object(
        "id kind status",
        kind=_TEXT,
        title=_TEXT,
        undo_of=_MAYBE_ID,
        url=_MAYBE_TEXT,
        purged={"type": ["object", "null"], "description": "How many of what went for good, by object"},
        **_WORK,
        **_COUNTS,
    ),
    "purged": _object("purged", purged={"type": "object", "description": "How many of what went, by object"}),
    "import": _object(
        "id object status rows created updated skipped failed to_review progress",
        file=_TEXT,
        to_review={"type": "integer", "description": "Rows that wait for a decision"},
        also={"type": "object"},
        undone_by=_MAYBE_ID,
        **_WORK,
        **_COUNTS,
    ),
    "import_options": {
        "type": "object",
        "properties": {
            "mode": {"type": "string", "description": "both, create, update or skip"},
            "match": {"type": "string", "description": "auto, none, email, external, ..."},
            "doubtful": {
                "type": "string",
                "description": "New rows that look like a record that is there: create, review or skip",
            },
            "columns": {
                "type": "object",
                "description": "The target of each column by its name, null for none",
            },
            "clear_word": {"type": "string", "description": "The word that empties a field"},
            "is_quiet": {"type": "boolean", "description": "History: opens no incident and tells nobody"},
        },
    },
    "doubtful_rows": _object(
        "data next_cursor",
        data={
            "type": "array",
            "items": _object(
                "row line cells alike",
                row={"type": "integer", "description": "Its number among the rows of the file"},
                line=_COUNT,
                cells={"type": "object", "additionalProperties": _TEXT},
                alike={
                    "type": "array",
                    "description": "Records that it looks like, the likest first; none: they are gone since",
                    "items": _object(
                        "id score reasons",
                        id=UUID_TEXT,
                        score={"type": "integer", "description": "Points of 100"},
                        reasons={
                            "type": "array",
                            "items": _object("code points", code=_TEXT, points=_COUNT),
                        },
                    ),
                },
            ),
        },
        next_cursor=_MAYBE_TEXT,
    ),
    "decision": {
        **_object(
            "decision",
            decision={"type": "string", "enum": ["create", "merge", "skip"]},
            rows={
                "type": "array",
                "minItems": 1,
                "maxItems": 200,
                "items": {"type": "integer", "minimum": 1},
            },
            all={"const": True, "description": "Every row that waits, by a job"},
            record_id={
                **UUID_TEXT,
                "description": "For merge of one row: which record; without it the one it looks like most",
            },
        ),
        "additionalProperties": False,
    },
    "decided": _object(
        "results",
        results={
            "type": "array",
            "items": _object(
                "row status id errors",
                row=_COUNT,
                status={
                    "type": "string",
                    "enum": ["created", "updated", "skipped", "failed", "review"],
                    "description": "review: its records are gone since, so it waits on",
                },
                id=_MAYBE_ID,
                errors={"type": "array", "items": _ERROR},
            ),
        },
    ),
    "export": _object(
        "id object status rows progress url", file=_TEXT, url=_MAYBE_TEXT, expires_at=_MAYBE_INSTANT, **_WORK
    ),
    "view": _object(
        "id object name shared team_id locked q sort columns created_by may_change version created_at"
        " updated_at problems",
        id=UUID_TEXT,
        **_VIEW,
        created_by={**UUID_TEXT, "description": "A member or an app"},
        may_change={"type": "boolean", "description": "Whether you may change what it shows"},
        version=_COUNT,
        created_at=INSTANT,
        updated_at=INSTANT,
        problems={
            "type": "array",
            "items": _ERROR,
            "description": "What it names and is not there any more or out of sight. Where it filters by"
            " that, where is left out; a lost order or column alone is",
        },
    ),
    "views": _object(
        "data next_cursor",
        data={"type": "array", "items": {"$ref": "#/components/schemas/view"}},
        next_cursor=_MAYBE_TEXT,
    ),
    "view_new": {**_object("object name", **_VIEW), "additionalProperties": False},
    "view_patch": {
        **_object(
            "",
            **{name: schema for name, schema in _VIEW.items() if name != "object"},
            base_version={**_COUNT, "description": "The version that you read; another one is refused"},
        ),
        "additionalProperties": False,
    },
    "export_request": {
        **_object(
            "object",
            object=_TEXT,
            view={**UUID_TEXT, "description": "A saved view; what is named beside it stands in its place"},
            where={"$ref": "#/components/schemas/where"},
            q=_TEXT,
            sort=_TEXT,
            fields={
                "type": "array",
                "items": _TEXT,
                "description": "In order; without them those of the view's columns that are fields, else all",
            },
        ),
        "additionalProperties": False,
    },
    "bulk_request": {
        **_object(
            "action",
            action={"type": "string", "enum": ["edit", "assign", "delete", "restore", "export", "purge"]},
            ids={"type": "array", "minItems": 1, "maxItems": 10_000, "items": UUID_TEXT},
            all={"const": True, "description": "Every record, where no filter says which"},
            where={"$ref": "#/components/schemas/where"},
            q=_TEXT,
            values={"type": "object", "description": "For edit: the same values for all of them"},
            owner_id={**_MAYBE_TEXT, "description": "For assign: whose they become, null for nobody's"},
            fields={"type": "array", "items": _TEXT, "description": "For export"},
        ),
        "additionalProperties": False,
    },
    "file_request": {
        **_object(
            "name size sha256",
            name={"type": "string", "minLength": 1},
            size={"type": "integer", "minimum": 1},
            sha256={"type": "string", "pattern": "^[0-9a-f]{64}$"},
            content_type=_TEXT,
            object=_TEXT,
            record_id=UUID_TEXT,
        ),
        "additionalProperties": False,
    },
    "upload": _object(
        "id status method url headers",
        id=UUID_TEXT,
        status={"const": "pending"},
        method={"const": "PUT"},
        url=_TEXT,
        headers={"type": "object", "additionalProperties": _TEXT},
    ),
    "file": _object(
        "id status name size url",
        id=UUID_TEXT,
        status={"type": "string", "enum": ["pending", "ready", "refused", "deleted"]},
        name=_TEXT,
        size=_COUNT,
        content_type=_TEXT,
        sha256=_MAYBE_TEXT,
        object=_MAYBE_TEXT,
        record_id=_MAYBE_ID,
        url=_MAYBE_TEXT,
    ),
    "changes": _object(
        "data next_cursor has_more",
        data={
            "type": "array",
            "items": _object(
                "id at verb object records fields actor door",
                id=UUID_TEXT,
                at=INSTANT,
                verb=_TEXT,
                object=_TEXT,
                records={
                    "type": "array",
                    "items": _object(
                        "id verb", id=UUID_TEXT, verb=_TEXT, version={"type": ["integer", "null"]}
                    ),
                },
                fields={"type": "array", "items": _TEXT},
                actor={"type": "object"},
                door=_TEXT,
            ),
        },
        next_cursor=_TEXT,
        has_more={"type": "boolean"},
    ),
    "undone": _object(
        "object id version deleted path",
        object={"type": "string", "description": "The record's, or views"},
        id=UUID_TEXT,
        version=_COUNT,
        deleted={"type": "boolean", "description": "Of a record: it lies in the trash"},
        path=_TEXT,
    ),
    "nothing": {"type": "object", "maxProperties": 0},
}
