"""What the filter builder of the gallery knows: companies, their people and orders."""

from typing import Any

TEXT = [("eq", "is"), ("ne", "is not"), ("contains", "contains"), ("in", "one of"), ("empty", "is empty")]
NAMED = [("eq", "is"), ("ne", "is not"), ("in", "one of"), ("not_in", "none of"), ("empty", "is empty")]
TIME = [("eq", "is"), ("gte", "from"), ("between", "between"), ("empty", "is empty")]
STATES = [["late", "Late"], ["open", "Open"], ["done", "Delivered"]]

BUILDER: dict[str, Any] = {
    "object": "companies",
    "objects": {
        "companies": {
            "fields": [
                {"name": "name", "label": "Name", "kind": "text", "input": "text"},
                {"name": "city", "label": "City", "kind": "text", "input": "text"},
                {"name": "since", "label": "Customer since", "kind": "date", "input": "time"},
                {
                    "name": "owner_id",
                    "label": "Owner",
                    "kind": "member",
                    "input": "record",
                    "from": "members",
                },
                {
                    "name": "parent_id",
                    "label": "Parent company",
                    "kind": "relation",
                    "input": "record",
                    "from": "companies",
                    "to": "companies",
                },
            ],
            "lists": [["orders", "Orders", "orders"], ["cases", "Cases", "cases"]],
        },
        "orders": {
            "fields": [
                {"name": "status", "label": "Status", "kind": "choice", "input": "choice", "options": STATES},
                {"name": "placed_on", "label": "Ordered on", "kind": "date", "input": "time"},
                {
                    "name": "company_id",
                    "label": "Company",
                    "kind": "relation",
                    "input": "record",
                    "from": "companies",
                    "to": "companies",
                },
            ],
            "lists": [],
        },
        "cases": {
            "fields": [{"name": "subject", "label": "Subject", "kind": "text", "input": "text"}],
            "lists": [],
        },
    },
    "operators": {"text": TEXT, "date": TIME, "choice": NAMED, "member": NAMED, "relation": NAMED},
    "lists": {"any": "has any", "none": "has none"},
    "shared": {"boolean": [["true", "Yes"], ["false", "No"]], "country": []},
    "moments": [["today", "today"], ["this_week", "this week"]],
    "me": ["me", "me"],
    "tree": None,
    "titles": {},
    "limits": {"steps": 2, "depth": 6, "conditions": 60},
}
