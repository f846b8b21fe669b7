"""Terraform's files as data, read by HashiCorp's own grammar (compiled to WebAssembly, run by Node)."""

import json
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.config import ROOT
from stack import node

FOLDER = ROOT / "infra" / "terraform"
KINDS = ("resource", "data", "ephemeral")
SCRIPT = """
const { parse } = require(process.argv[1]);
const files = JSON.parse(require("fs").readFileSync(0, "utf8"));
(async () => {
  const read = {};
  for (const [name, text] of Object.entries(files)) read[name] = await parse(name, text);
  process.stdout.write(JSON.stringify(read));
})().catch((problem) => { process.stderr.write(String(problem)); process.exit(1); });
"""

Json = Mapping[str, Any]


class NotTerraform(ValueError):
    """A file breaks the grammar; the message has file and line."""


@dataclass(frozen=True)
class Block:
    """A resource, data source or ephemeral resource, and where it stands."""

    file: str
    kind: str
    type: str
    name: str
    body: Json

    @property
    def address(self) -> str:
        prefix = "" if self.kind == "resource" else f"{self.kind}."
        return f"{prefix}{self.type}.{self.name}"


@dataclass(frozen=True)
class Module:
    """A folder of files, by name."""

    files: Mapping[str, Json]

    def blocks(self) -> Iterator[Block]:
        """Every resource, data source and ephemeral resource."""
        for file, content in self.files.items():
            for kind in KINDS:
                for type_name, named in content.get(kind, {}).items():
                    for name, bodies in named.items():
                        for body in bodies:
                            yield Block(file, kind, type_name, name, body)

    def named(self, kind: str) -> dict[str, Json]:
        """The variables or outputs by name."""
        return {
            name: bodies[0]
            for content in self.files.values()
            for name, bodies in content.get(kind, {}).items()
        }

    def locals(self) -> dict[str, Any]:
        """The local values by name, as text."""
        return {
            name: value
            for content in self.files.values()
            for body in content.get("locals", [])
            for name, value in body.items()
        }


def read(folder: Path) -> Module:
    """The module in `folder`; NotTerraform for the first file that is none."""
    return parse({path.name: path.read_text() for path in sorted(folder.glob("*.tf"))})


def parse(files: Mapping[str, str]) -> Module:
    """The module of `files`, name to text."""
    found = node.npm(print)
    environment = node.environment(found)
    done = subprocess.run(
        ["node", "-e", SCRIPT, str(ROOT / "node_modules/@cdktn/hcl2json")],
        input=json.dumps(files),
        capture_output=True,
        text=True,
        check=False,
        env=environment,
    )
    if done.returncode:
        raise NotTerraform(done.stderr.strip())
    return Module(json.loads(done.stdout))
