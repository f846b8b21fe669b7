"""Whether blocks say what the provider understands: types, arguments, what is required, blocks within."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from tests.infra.provider import Argument, Provider
from tests.infra.terraform import Block, Module

# Terraform's own, on any resource.
META = {"count", "for_each", "provider", "depends_on", "lifecycle", "provisioner", "connection"}


def faults(module: Module, provider: Provider) -> list[str]:
    """What the provider would refuse, one sentence each."""
    return [fault for block in module.blocks() for fault in _of_block(block, provider)]


def _of_block(block: Block, provider: Provider) -> Iterator[str]:
    structure = provider.structure_of(block.kind, block.type)
    where = f"{block.file}: {block.address}"
    if structure is None:
        yield f"{where}: the provider has no {block.kind} {block.type}"
        return
    body = {name: value for name, value in block.body.items() if name not in META}
    if "id" in body:
        yield f"{where}: nobody sets an id"
    yield from _of_body(where, body, structure, provider)


def _of_body(where: str, body: Mapping[str, Any], structure: str, provider: Provider) -> Iterator[str]:
    known = provider.arguments(structure)
    given = dict(_with_dynamic(body))
    for name in given.keys() - known.keys():
        near = get_close_matches(name, known, 1)
        yield f"{where}: no argument {name}" + (f", perhaps {near[0]}" if near else "")
    for name, argument in known.items():
        if argument.required and name not in given:
            yield f"{where}: {name} is required"
        if name in given:
            yield from _of_argument(f"{where}: {name}", given[name], argument, provider)


def _of_argument(where: str, value: Any, argument: Argument, provider: Provider) -> Iterator[str]:
    if argument.is_block != _is_block(value) and (argument.is_block or argument.inside is None):
        yield f"{where} is {'a block, not an argument' if argument.is_block else 'an argument, not a block'}"
        return
    for body in value if isinstance(value, list) else [value]:
        # What is computed cannot be looked into, nor what holds itself, like the statements of a firewall.
        if isinstance(body, dict) and argument.inside is not None:
            yield from _of_body(where, body, argument.inside, provider)


def _with_dynamic(body: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The arguments, a `dynamic` block standing for the blocks that it makes."""
    for name, value in body.items():
        if name != "dynamic":
            yield name, value
            continue
        for made, bodies in value.items():
            yield made, [content for each in bodies for content in each["content"]]


def _is_block(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(each, dict) for each in value)
