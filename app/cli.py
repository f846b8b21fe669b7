"""The commands: one file a verb in app/commands, loaded when it is called."""

import errno
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from app.config import ConfigurationError
from app.core.errors import KithError
from stack.errors import StackError
from stack.layout import explain

COMMANDS = Path(__file__).with_name("commands")


class Verbs(click.Group):
    """A group whose verbs are the modules of app.commands; only the one that is called is imported."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        files = (path for path in COMMANDS.glob("*.py") if not path.name.startswith("_"))
        return sorted(path.stem.rstrip("_").replace("_", "-") for path in files)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.list_commands(ctx):
            return None
        name = cmd_name.replace("-", "_")
        # A verb that is a word of Python, like import, has a file with an underscore behind.
        file = name if (COMMANDS / f"{name}.py").exists() else f"{name}_"
        command: click.Command = import_module(f"app.commands.{file}").command
        return command


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--data", metavar="FOLDER", help="The data folder, before or behind the verb (KITH_DATA_DIR, var)."
)
def main(data: str | None) -> None:
    """Kith, the CRM that keeps what hurts or helps a customer relation on top."""
    if data:
        os.environ["KITH_DATA_DIR"] = data


def run(arguments: Sequence[str]) -> Any:
    """Runs a verb; what a person can mend is one sentence on standard error and exit code 1."""
    try:
        return main(args=data_first(arguments), prog_name="./kith")
    except (StackError, ConfigurationError) as error:
        return _refuse(str(error))
    except KithError as error:
        return _refuse(str(error) or type(error).__name__)
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EROFS}:
            return _refuse(explain(error, Path(error.filename or os.curdir).resolve()))
        raise


def data_first(arguments: Sequence[str]) -> list[str]:
    """The same arguments with --data before the verb, so that every verb has it without naming it."""
    found: list[str] = []
    rest: list[str] = []
    words = iter(arguments)
    for word in words:
        if word == "--":
            return [*found, *rest, word, *words]
        if word == "--data":
            found = [word, *([value] if (value := next(words, None)) is not None else [])]
        elif word.startswith("--data="):
            found = [word]
        else:
            rest.append(word)
    return [*found, *rest]


def _refuse(sentence: str) -> int:
    click.echo(sentence, err=True)
    return 1


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
