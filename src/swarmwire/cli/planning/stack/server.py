"""An engine on a socket of its own that the docker command can be pointed at."""

import json
import re
import socketserver
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from swarmwire.cli.planning.stack.objects import Answer, Swarm

_PATH = re.compile(r"(?:/v(?P<version>[0-9.]+))?/(?P<kind>[^/]+)(?:/(?P<name>.+?))?(?:/update)?")


class _Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True

    def __init__(self, path: str, swarm: Swarm, version: str) -> None:
        super().__init__(path, _Handler)
        self.swarm = swarm
        self.version = version

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: a client that hangs up is none of the user's business."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        """Answer a question."""
        self._answer(self._asked())

    def do_POST(self) -> None:
        """Write down what would be done."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path = _PATH.fullmatch(urlsplit(self.path).path)
        if path is None:
            self._answer(Answer(404, {"message": "page not found"}))
            return
        version = path["version"] or self.server.version
        name = unquote(path["name"] or "")
        self._answer(self.server.swarm.post(path["kind"], name, body, version))

    do_HEAD = do_GET  # noqa: N815 - the name that the server looks for
    do_DELETE = do_GET  # noqa: N815

    def log_message(self, *_: Any) -> None:
        """Say nothing."""

    def address_string(self) -> str:
        """Who asks; there is no address on a unix socket."""
        return "docker"

    def _asked(self) -> Answer:
        url = urlsplit(self.path)
        path = _PATH.fullmatch(url.path)
        if path is None or self.command == "DELETE":
            return Answer(404, {"message": "page not found"})
        kind, name = path["kind"], unquote(path["name"] or "")
        if kind == "_ping":
            return Answer(200, "OK")
        if kind == "info":
            return Answer(200, {"Swarm": {"LocalNodeState": "active", "ControlAvailable": True}})
        if kind == "version":
            return Answer(200, {"ApiVersion": self.server.version, "Version": "", "Os": "linux"})
        filters = json.loads(parse_qs(url.query).get("filters", ["{}"])[0])
        return self.server.swarm.get(kind, name, filters)

    def _answer(self, answer: Answer) -> None:
        body = json.dumps(answer.body).encode()
        self.send_response(answer.status)
        self.send_header("Api-Version", self.server.version)
        self.send_header("Ostype", "linux")
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


@contextmanager
def serving(swarm: Swarm, version: str) -> Iterator[Path]:
    """The socket at which ``swarm`` answers, as an engine of that version of the API."""
    with tempfile.TemporaryDirectory(prefix="swarmwire-") as folder:
        socket = Path(folder) / "engine.sock"
        with _Server(str(socket), swarm, version) as server:
            thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
            thread.start()
            try:
                yield socket
            finally:
                server.shutdown()
                thread.join()
