"""A manager that knows nobody's objects and writes down what it is asked to create.

It answers as an engine does, as far as ``docker stack deploy`` asks: every external network, secret
and config is there, of its own nothing is, and all that is sent is taken.
"""

import json
import re
import socketserver
import threading
import urllib.parse
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

API_VERSION = "1.51"
_VERSION = re.compile(r"\A/v1\.\d+")


def made_id(kind: str, name: str) -> str:
    """The id of a secret or config: letters that are made of its name."""
    letters = "".join(char if char.isalnum() else "x" for char in name)
    return f"{kind[0]}x{letters}".ljust(25, "0")[:25]


@dataclass
class Recorded:
    """What was sent to be created: bodies by kind and name, in the order in which they came."""

    bodies: dict[str, dict[str, Any]] = field(default_factory=dict)

    def add(self, kind: str, body: dict[str, Any]) -> None:
        """Note a body; a name is created once."""
        named = self.bodies.setdefault(kind, {})
        assert body["Name"] not in named
        named[body["Name"]] = body


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: "_Server"

    def do_GET(self) -> None:
        """Lists have what is asked for by name; nothing else is there but networks."""
        address = urllib.parse.urlsplit(self.path)
        path = _VERSION.sub("", address.path)
        kind, _, name = path.strip("/").partition("/")
        if path == "/_ping":
            self._answer({})
        elif path == "/info":
            self._answer({"Swarm": {"ControlAvailable": True, "LocalNodeState": "active"}})
        elif kind == "networks" and name:
            self._answer({"Name": name, "Id": made_id(kind, name), "Scope": "swarm"})
        elif name:
            self._answer({"message": f"{kind} {name} not found"}, status=404)
        else:
            self._answer([*self._listed(kind, address.query)])

    def do_HEAD(self) -> None:
        """As for ``GET``, without a body."""
        self.do_GET()

    def do_POST(self) -> None:
        """Whatever is to be created, is."""
        kind, _, what = _VERSION.sub("", self.path).strip("/").partition("/")
        assert what == "create"
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.recorded.add(kind, body)
        self._answer({"ID": made_id(kind, body["Name"]), "Id": "n"}, status=201)

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def _listed(self, kind: str, query: str) -> Iterator[dict[str, Any]]:
        filters = json.loads(urllib.parse.parse_qs(query).get("filters", ["{}"])[0])
        if kind in {"secrets", "configs"}:
            for name in filters.get("name", ()):
                yield {"ID": made_id(kind, name), "Spec": {"Name": name}}

    def _answer(self, document: Any, status: int = 200) -> None:
        body = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Api-Version", API_VERSION)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


class _Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True

    def __init__(self, path: Path) -> None:
        self.recorded = Recorded()
        super().__init__(str(path), _Handler)


@contextmanager
def recording_engine(path: Path) -> Iterator[Recorded]:
    """The engine at a socket, as long as it is needed, and what it was sent so far."""
    with _Server(path) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield server.recorded
        finally:
            server.shutdown()
            thread.join()
