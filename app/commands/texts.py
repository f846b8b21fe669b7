"""texts: the translations, kept in line with what the code says."""

import sys

import click
from babel.messages.pofile import write_po

from app.ui import texts


@click.command()
def extract() -> None:
    """Print every marked text as a template, for a language that is to begin."""
    write_po(sys.stdout.buffer, texts.extract(), texts.WIDTH, include_lineno=False)


@click.command()
def update() -> None:
    """Bring the catalogues in line with the code, and say what is still to be translated."""
    template = texts.extract()
    for source in texts.catalogues():
        catalogue = texts.update(source, template)
        left = texts.untranslated(catalogue)
        click.echo(f"{catalogue.locale_identifier}: {len(catalogue)} texts, {left} to be translated")
    texts.compile_all()


@click.command()
def check() -> None:
    """Say what is missing or wrong in the catalogues; exit code 1 where anything is."""
    template = texts.extract()
    faults = [
        f"{source.parents[1].name}: {fault}"
        for source in texts.catalogues()
        for fault in texts.check(texts.read(source), template)
    ]
    click.echo("\n".join(faults) or f"All {len(template)} texts are translated.")
    sys.exit(1 if faults else 0)


command = click.Group(
    commands=[extract, update, check], help="Extract, update and check the texts that people read."
)
