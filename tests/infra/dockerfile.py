"""A Dockerfile as data: stages with their instructions."""

import json
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Instruction:
    """One instruction; `words` are the JSON form's or the shell's, options like --from apart."""

    name: str
    text: str
    options: dict[str, str]

    @property
    def words(self) -> list[str]:
        text = self.text.removeprefix("CMD ")
        return list(json.loads(text)) if text.startswith("[") else shlex.split(text)


@dataclass
class Stage:
    """What stands between one FROM and the next."""

    image: str
    name: str
    instructions: list[Instruction] = field(default_factory=list)

    def all(self, name: str) -> list[Instruction]:
        return [each for each in self.instructions if each.name == name]


def parse(text: str) -> list[Stage]:
    """The stages in their order; what stands before the first FROM is left out."""
    stages: list[Stage] = []
    for instruction in _instructions(text):
        if instruction.name == "FROM":
            image, _, name = instruction.text.partition(" AS ")
            stages.append(Stage(image, name))
        elif stages:
            stages[-1].instructions.append(instruction)
    return stages


def _instructions(text: str) -> Iterator[Instruction]:
    kept = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))
    for line in re.sub(r"\\\n\s*", "", kept).splitlines():
        if line.strip():
            name, _, rest = line.strip().partition(" ")
            options = (
                dict(re.findall(r"--([\w-]+)=(\S+)", rest)) if name in {"COPY", "RUN", "HEALTHCHECK"} else {}
            )
            yield Instruction(name, re.sub(r"^(--\S+\s+)+", "", rest.strip()), options)
