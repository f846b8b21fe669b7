"""Filters: one tree of conditions for lists, views, segments and reports."""

from app.records.filters.addressing import query, to_params
from app.records.filters.compiling import compile_where
from app.records.filters.describing import Chip, describe
from app.records.filters.parsing import parse_json, parse_params
from app.records.filters.tree import All, Condition, Linked, Not, OneOf, Where, asks_empty, implied, to_json

compile = compile_where  # noqa: A001 - read as filters.compile

__all__ = [
    "All",
    "Chip",
    "Condition",
    "Linked",
    "Not",
    "OneOf",
    "Where",
    "asks_empty",
    "compile",
    "describe",
    "implied",
    "parse_json",
    "parse_params",
    "query",
    "to_json",
    "to_params",
]
