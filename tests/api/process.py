"""A process of the API that dies at a chosen moment: after the commit, before its answer goes out."""

import os
import signal
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

from app.factory import create_app_from_env

DIE = "HTTP_X_DIE"


class Quiet(WSGIRequestHandler):
    """Writes no line for a request."""

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - the base's word
        return


def main() -> None:
    application = create_app_from_env()

    def dying(environ: dict[str, Any], start_response: Any) -> Any:
        answer = application(environ, start_response)
        if DIE in environ:
            os.kill(os.getpid(), signal.SIGKILL)
        return answer

    with make_server("127.0.0.1", 0, dying, handler_class=Quiet) as server:
        print(server.server_port, flush=True)
        server.serve_forever()


if __name__ == "__main__":
    main()
