"""assets: the browser's files, from the locked packages and our own sources, and the languages."""

import os

import click

from app.config import ROOT
from app.ui.assets import AssetsFailed, build
from stack import node
from stack.errors import StackError


@click.command()
def command() -> None:
    """Build the browser's files and the languages; quick where nothing changed."""
    click.echo(f"Browser files are at revision {prepare()}")


def prepare() -> str:
    """Build what changed, with the packages of the lockfile; the name of the revision."""
    npm = node.npm(click.echo)
    os.environ.update(node.environment(npm))
    try:
        revision = build(ROOT, npm)
    except AssetsFailed as error:
        raise StackError(str(error)) from None
    return revision.name
