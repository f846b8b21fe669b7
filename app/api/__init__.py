"""The developers' door: one file for each feature; importing it hangs its endpoints on the blueprint."""

from app.api import (
    batches,
    bulk,
    changes,
    documentation,
    doors,
    exports,
    files,
    guard,
    imports,
    jobs,
    limits,
    me,
    merging,
    oauth,
    objects,
    openapi,
    problems,
    records,
    reviews,
    search,
    undoing,
    views,
)

FEATURES = (
    guard,
    batches,
    bulk,
    changes,
    documentation,
    exports,
    files,
    imports,
    jobs,
    me,
    merging,
    objects,
    openapi,
    records,
    reviews,
    search,
    undoing,
    views,
)

__all__ = ["FEATURES", "doors", "limits", "oauth", "problems"]
