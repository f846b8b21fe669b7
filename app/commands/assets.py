"""assets: the browser's files, made from the locked packages and our own sources."""

import os

import click

from app.config import ROOT
from app.ui.assets import AssetsFailed, build
from stack import node
from stack.errors import StackError


@click.command()
def command() -> None:
    """Build the browser's files; quick where nothing changed."""
    npm = node.npm(click.echo)
    os.environ.update(node.environment(npm))
    try:
        revision = build(ROOT, npm)
    except AssetsFailed as error:
        raise StackError(str(error)) from None
    click.echo(f"Browser files are at revision {revision.name}")
