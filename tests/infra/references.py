"""Whether every name that an expression uses is somewhere, and every name that is declared is used."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.infra.provider import Provider
from tests.infra.terraform import Module

NAMED = re.compile(r"(?<![\w.])(var|local|module)\.(\w+)")
RESOURCE = re.compile(r"(?<![\w.])(?:(data|ephemeral)\.)?(aws_\w+)\.(\w+)(?:\[[^\[\]]*\])*(?:\.(\w+))?")


@dataclass
class Used:
    """Names in expressions, each with the place that was met first."""

    named: dict[tuple[str, str], str] = field(default_factory=dict)
    resources: dict[tuple[str, str, str, str], str] = field(default_factory=dict)


def faults(module: Module, provider: Provider) -> list[str]:
    """Names that lead nowhere or that nobody follows, one sentence each."""
    used = _used(module)
    return [*_named(module, used), *_resources(module, used, provider), *_undescribed(module)]


def _used(module: Module) -> Used:
    used = Used()
    for where, text in _texts("", module.files):
        if "${" not in text:
            continue
        for kind, name in NAMED.findall(text):
            used.named.setdefault((kind, name), where)
        for kind, type_name, name, attribute in RESOURCE.findall(text):
            used.resources.setdefault((kind or "resource", type_name, name, attribute), where)
    return used


def _texts(where: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield where, value
    elif isinstance(value, list):
        for each in value:
            yield from _texts(where, each)
    elif isinstance(value, dict):
        for name, each in value.items():
            # Keys of a map may be expressions too.
            yield f"{where}: {name}".lstrip(": "), str(name)
            yield from _texts(f"{where}: {name}".lstrip(": "), each)


def _named(module: Module, used: Used) -> Iterator[str]:
    declared = {("var", name) for name in module.named("variable")}
    declared |= {("local", name) for name in module.locals()}
    declared |= {("module", name) for name in module.named("module")}
    for (kind, name), where in used.named.items():
        if (kind, name) not in declared:
            yield f"{where}: {kind}.{name} is nowhere"
    # A variable's own validation is no use of it.
    serving = {key for key, where in used.named.items() if not where.endswith("condition")}
    for kind, name in declared - serving:
        yield f"{kind}.{name} is not used"


def _resources(module: Module, used: Used, provider: Provider) -> Iterator[str]:
    declared = {(block.kind, block.type, block.name) for block in module.blocks()}
    for (kind, type_name, name, attribute), where in used.resources.items():
        if (kind, type_name, name) not in declared:
            yield f"{where}: {kind} {type_name}.{name} is nowhere"
        elif attribute and not provider.has_attribute(kind, type_name, attribute):
            yield f"{where}: {type_name} has no {attribute}"


def _undescribed(module: Module) -> Iterator[str]:
    for name, body in module.named("variable").items():
        yield from (f"var.{name} has no {word}" for word in ("type", "description") if not body.get(word))
    for name, body in module.named("output").items():
        if not body.get("description"):
            yield f"output {name} has no description"
