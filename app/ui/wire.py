"""Requests whose texts are UTF-8: bytes that are not are refused by name, never kept as something else."""

from io import BytesIO
from typing import IO, Any
from urllib.parse import parse_qsl, unquote_to_bytes

from flask import Flask, request
from flask.wrappers import Request as FlaskRequest
from werkzeug.datastructures import FileStorage, Headers, ImmutableMultiDict, MultiDict
from werkzeug.formparser import FormDataParser, MultiPartParser

from app.core.errors import Problem, Unreadable
from app.core.text import N_

CODE = "not_utf8"
NOT_UTF8 = N_("%(name)s is not readable as UTF-8. Nothing was changed.")
NAME_NOT_UTF8 = N_("The name of an input is not readable as UTF-8. Nothing was changed.")
ADDRESS_NOT_UTF8 = N_("The address is not readable as UTF-8. Nothing was changed.")
# So much is told of a name.
LONGEST_NAME = 100

Parsed = tuple[IO[bytes], MultiDict[str, str], MultiDict[str, FileStorage]]


class Parts(MultiPartParser):
    """The parts of a form, byte by byte: what they say is read when all are there."""

    def get_part_charset(self, headers: Headers) -> str:  # noqa: ARG002 - told by who calls
        """The one in which each byte is a character."""
        return "latin-1"


class Parser(FormDataParser):
    """Reads forms; raises Unreadable where one is not UTF-8. One that is none at all is empty."""

    def parse(
        self,
        stream: IO[bytes],
        mimetype: str,
        content_length: int | None,
        options: dict[str, str] | None = None,
    ) -> Parsed:
        """The stream, the texts and the files."""
        self.silent = False
        try:
            return super().parse(stream, mimetype, content_length, options)
        except UnicodeDecodeError:
            raise Unreadable(Problem("", CODE, NAME_NOT_UTF8)) from None
        except ValueError:
            return stream, self.cls(), self.cls()

    def _parse_urlencoded(self, stream: IO[bytes], *_: Any) -> Parsed:
        told = stream.read()
        check_pairs(told)
        return stream, self.cls(parse_qsl(told.decode(), keep_blank_values=True)), self.cls()

    def _parse_multipart(
        self, stream: IO[bytes], _: str, content_length: int | None, options: dict[str, str]
    ) -> Parsed:
        boundary = options.get("boundary", "").encode("ascii")
        if not boundary:
            raise ValueError("no boundary")
        reader = Parts(
            self.stream_factory, self.max_form_memory_size, self.cls, max_form_parts=self.max_form_parts
        )
        form, files = reader.parse(stream, boundary, content_length)
        return stream, self.cls((name, _text(name, value)) for name, value in form.items(multi=True)), files


class Request(FlaskRequest):
    """A request whose form is UTF-8."""

    form_data_parser_class = Parser

    def _load_form_data(self) -> None:
        try:
            super()._load_form_data()
        except Unreadable:
            # Who answers may look at the form as well; nothing of it is left to be read.
            nothing: ImmutableMultiDict[str, str] = ImmutableMultiDict()
            self.__dict__ |= {"stream": BytesIO(), "form": nothing, "files": ImmutableMultiDict()}
            raise


def register(app: Flask) -> None:
    """Refuse addresses that are not UTF-8 before anything reads them, and forms where they are read."""
    app.request_class = Request
    app.before_request(_check)


def check_pairs(told: bytes) -> None:
    """Raise Unreadable for the first of the pairs `name=value&...` that is not UTF-8."""
    if _is_utf8(unquote_to_bytes(told)):
        return
    for pair in told.replace(b"+", b" ").split(b"&"):
        name, _, value = (unquote_to_bytes(each) for each in pair.partition(b"="))
        if not _is_utf8(name) or not _is_utf8(value):
            raise _unreadable(name.decode("utf-8", "replace"))


def _check() -> None:
    # PEP 3333: what a server knows of the address, each byte a character.
    if not _is_utf8(request.environ.get("PATH_INFO", "").encode("latin-1", "ignore")):
        raise Unreadable(Problem("", CODE, ADDRESS_NOT_UTF8))
    check_pairs(request.query_string)


def _is_utf8(told: bytes) -> bool:
    try:
        told.decode()
    except UnicodeDecodeError:
        return False
    return True


def _text(name: str | None, value: str) -> str:
    if value.isascii():
        return value
    try:
        return value.encode("latin-1").decode()
    except UnicodeDecodeError:
        raise _unreadable(name) from None


def _unreadable(name: str | None) -> Unreadable:
    short = (name or "")[:LONGEST_NAME]
    return Unreadable(Problem(short, CODE, NOT_UTF8, {"name": short}))
