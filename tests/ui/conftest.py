"""The gallery on a port of its own, with the browser's files built."""

from collections.abc import Iterator
from threading import Thread

import pytest
from flask import Flask
from werkzeug.serving import make_server

from app.config import ROOT
from app.ui import assets
from app.ui.static import Revision
from tests.ui.gallery.site import make


@pytest.fixture(scope="session")
def revision() -> Revision:
    """The browser's files, built if they are not."""
    return assets.build(ROOT)


@pytest.fixture(scope="session")
def gallery_app(revision: Revision) -> Flask:
    return make()


@pytest.fixture(scope="session")
def gallery(gallery_app: Flask) -> Iterator[str]:
    """The address of the gallery."""
    server = make_server("127.0.0.1", 0, gallery_app, threaded=True)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://localhost:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()
