"""keys: the data keys that seal secrets at rest, and the master key that wraps them."""

from typing import Any

import click
from sqlalchemy.exc import OperationalError

from app.commands import _environment, _output
from app.domain.operators import keys
from app.domain.operators.actions import By
from app.domain.operators.keys import Sealed
from app.factory import create_app
from stack.errors import StackError
from tenants.engines import engines
from tenants.keyring import DataKeyInfo
from tenants.session import unit_of_work

_LATER = "Some companies' cells do not answer: repeat it when they do."


@click.group()
def command() -> None:
    """Change the keys that seal passwords at rest, without losing anything."""


@command.command(name="list")
@_output.json_option
def list_(as_json: bool) -> None:
    """The data keys: by which master key each is wrapped, and which one seals."""
    with create_app(_environment.settings()).app_context():
        documents = [_document(key) for key in engines().vault.keyring.every()]
    _output.show(
        as_json, documents, "\n".join(map(_line, documents)) or "No key yet: the first secret makes one."
    )


@command.command()
@_output.json_option
def rotate(as_json: bool) -> None:
    """Seal with a new data key from now on, and everything that is stored with it."""
    with create_app(_environment.settings()).app_context():
        key = engines().vault.keyring.rotate()
        _note("keys.rotated", key=str(key.id))
        result = keys.reseal(_progress(as_json))
    _tell(as_json, result, {"key": str(key.id)})


@command.command()
@_output.json_option
def rewrap(as_json: bool) -> None:
    """After KITH_SECRET_KEYS or KITH_KMS_KEY changed: wrap all by the new one, so the old can be dropped."""
    with create_app(_environment.settings()).app_context():
        try:
            wrapped = engines().vault.keyring.rewrap()
        except LookupError as error:
            raise StackError(
                f"A data key stays closed: {error}. Add the key it needs and repeat this."
            ) from None
        _note("keys.rewrapped", keys=wrapped)
        result = keys.reseal(_progress(as_json))
    _tell(as_json, result, {"wrapped": wrapped})


@command.command()
@_output.json_option
def drop(as_json: bool) -> None:
    """Forget data keys that were retired an hour ago or earlier and seal nothing stored any more."""
    with create_app(_environment.settings()).app_context():
        try:
            found = keys.droppable()
        except OperationalError:
            raise StackError(_LATER) from None
        for key_id in found:
            engines().vault.keyring.drop(key_id)
            _note("keys.dropped", key=str(key_id))
    _output.show(as_json, {"dropped": [str(each) for each in found]}, f"{len(found)} keys are forgotten.")


def _note(verb: str, **details: Any) -> None:
    with unit_of_work():
        By().note(verb, **details)


def _progress(is_quiet: bool) -> keys.Told:
    def told(done: int, total: int) -> None:
        if not is_quiet and (done % 100 == 0 or done == total):
            click.echo(f"{done} of {total} companies", err=True)

    return told


def _tell(as_json: bool, result: Sealed, more: dict[str, Any]) -> None:
    document = {**more, **vars(result), "complete": result.is_complete}
    told = f"{result.changed} secrets are sealed anew, {result.fresh} were."
    if result.closed:
        told += f" {result.closed} open with no key that is known: set them anew."
    if result.away:
        told += f" {_LATER}"
    _output.show(as_json, document, told)


def _document(key: DataKeyInfo) -> dict[str, Any]:
    return {
        "id": str(key.id),
        "provider": key.provider,
        "master": key.master,
        "created_at": key.created_at.isoformat(),
        "retired_at": key.retired_at.isoformat() if key.retired_at else None,
    }


def _line(document: dict[str, Any]) -> str:
    state = f"retired {document['retired_at']}" if document["retired_at"] else "seals"
    return f"{document['id']}  {document['provider']} {document['master']}  {state}"
