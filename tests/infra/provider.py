"""What the AWS provider knows: types, arguments and attributes, cut out of a package made from it."""

import gzip
import io
import json
import re
import tarfile
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

PREFIX = "@cdktn/provider-aws."
BASES = {"cdktn.TerraformResource": "resource", "cdktn.TerraformDataSource": "data"}
ARGUMENT = re.compile(r"#(\w+) ")
NAME = re.compile(r" (aws_\w+)\}")
CAMEL = re.compile(r"_+([a-z0-9])")

Json = Mapping[str, Any]


@dataclass(frozen=True)
class Argument:
    """One argument or nested block; `inside` names the structure of a block or object."""

    required: bool
    inside: str | None
    is_block: bool


@dataclass(frozen=True)
class Provider:
    """The reduced schema: `types["resource"]["aws_vpc"]` names a structure and the attributes to read."""

    types: Mapping[str, Mapping[str, Json]]
    structures: Mapping[str, Mapping[str, list[Any]]]

    def arguments(self, structure: str) -> dict[str, Argument]:
        return {name: Argument(*told) for name, told in self.structures[structure].items()}

    def structure_of(self, kind: str, type_name: str) -> str | None:
        """The structure of a resource or data source, None where the provider has no such type."""
        # An ephemeral resource takes what the data source of its name takes.
        known = self.types["data" if kind == "ephemeral" else kind]
        return str(known[type_name]["structure"]) if type_name in known else None

    def has_attribute(self, kind: str, type_name: str, attribute: str) -> bool:
        known = self.types["data" if kind == "ephemeral" else kind]
        return type_name in known and camel(attribute) in known[type_name]["attributes"]


def load(wheel: Path, cache: Path) -> Provider:
    """The schema in `wheel`, kept reduced in `cache`: a file of megabytes instead of 155."""
    if not cache.exists():
        cache.write_bytes(gzip.compress(json.dumps(reduce(_assembly(wheel))).encode(), 5))
    return Provider(**json.loads(gzip.decompress(cache.read_bytes())))


def camel(name: str) -> str:
    """The generated code's spelling of an attribute: `cidr_block` is `cidrBlock`."""
    return CAMEL.sub(lambda found: found.group(1).upper(), name)


def _assembly(wheel: Path) -> Json:
    with zipfile.ZipFile(wheel) as parts:
        name = next(each for each in parts.namelist() if each.endswith(".jsii.tgz"))
        with tarfile.open(fileobj=io.BytesIO(parts.read(name))) as package:
            for member in package:
                if member.name == "package/.jsii" and (file := package.extractfile(member)):
                    return dict(json.load(file))
    raise ValueError(f"{wheel.name} holds no assembly")


def reduce(assembly: Json) -> dict[str, Any]:
    """Types with their attributes, and every structure with its arguments."""
    return _Reduction(assembly["types"]).result


class _Reduction:
    def __init__(self, described: Json) -> None:
        self._described = described

    @cached_property
    def result(self) -> dict[str, Any]:
        types: dict[str, dict[str, Any]] = {"resource": {}, "data": {}}
        for kind, name, each in self._classes():
            types[kind][name] = {"structure": _configuration(each), "attributes": self._attributes(each)}
        structures = {
            fqn: self._arguments(each)
            for fqn, each in self._described.items()
            if each["kind"] == "interface" and fqn.startswith(PREFIX)
        }
        return {"types": types, "structures": structures}

    def _classes(self) -> Iterator[tuple[str, str, Json]]:
        for each in self._described.values():
            kind = BASES.get(each.get("base", ""))
            found = NAME.search(each.get("docs", {}).get("summary", ""))
            if kind and found:
                yield kind, found.group(1), each

    def _attributes(self, described: Json) -> list[str]:
        return [each["name"] for each in described.get("properties", []) if not each.get("static")]

    def _arguments(self, described: Json) -> dict[str, list[Any]]:
        arguments = {}
        for each in described.get("properties", []):
            docs = each.get("docs", {})
            summary = docs.get("summary", "")
            found = ARGUMENT.search(f"{summary} {docs.get('remarks', '')}")
            if found:
                inside = next(_structures(each["type"]), None)
                arguments[found.group(1)] = [
                    not each.get("optional"),
                    inside,
                    summary == f"{found.group(1)} block.",
                ]
        return arguments


def _configuration(described: Json) -> str:
    """The structure that a type is made with; it is not always named after it."""
    parameters = described["initializer"]["parameters"]
    return next(str(each["type"]["fqn"]) for each in parameters if each["name"] == "config")


def _structures(kind: Any) -> Iterator[str]:
    if isinstance(kind, dict):
        if str(kind.get("fqn", "")).startswith(PREFIX):
            yield kind["fqn"]
        for each in kind.values():
            yield from _structures(each)
    elif isinstance(kind, list):
        for each in kind:
            yield from _structures(each)
