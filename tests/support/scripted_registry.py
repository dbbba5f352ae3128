"""A registry that answers what a test wants, and remembers what it was asked.

What it answers lies in a file, so that two of it, here and beside an engine, answer alike.
"""

import json
import socket
import subprocess
import sys
from base64 import b64encode
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

from tests.support.dockerd import Dockerd

_SERVER = """
import base64, http.server, json, pathlib, ssl, sys, time
folder, port = pathlib.Path(sys.argv[1]), int(sys.argv[2])

class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self):
        length = int(self.headers.get("Content-Length") or 0)
        sent = self.rfile.read(length).decode()
        line = {"method": self.command, "path": self.path, "sent": sent}
        with (folder / "asked").open("a") as asked:
            asked.write(json.dumps(line | {"headers": dict(self.headers)}) + "\\n")
        script = json.loads((folder / "script").read_text())
        known = script.get(f"{self.command} {self.path}") or script.get(self.path)
        known = known or script.get(self.path.partition("?")[0])
        if isinstance(known, dict):
            known = known["known" if "Authorization" in self.headers else "unknown"]
        status, headers, body, delay = known or (404, {}, "", 0)
        body = base64.b64decode(body)
        time.sleep(delay)
        self.send_response(*status) if isinstance(status, list) else self.send_response(status)
        for name, value in ({"Content-Length": str(len(body))} | headers).items():
            if value is not None:
                self.send_header(name, value)
        if headers.get("Content-Length", "") is None:
            self.close_connection = True
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
    do_GET = do_HEAD = do_POST = answer
    def log_message(self, *_):
        pass

class Server(http.server.ThreadingHTTPServer):
    def handle_error(self, *_):
        pass

server = Server(("127.0.0.1", port), Handler)
if len(sys.argv) > 3:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[3], sys.argv[4])
    wrapped = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    server.socket = wrapped
print("ready", flush=True)
server.serve_forever()
"""

MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
MANIFEST_LIST = "application/vnd.docker.distribution.manifest.list.v2+json"
OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
OCI_INDEX = "application/vnd.oci.image.index.v1+json"
SIGNED_MANIFEST = "application/vnd.docker.distribution.manifest.v1+prettyjws"
NEVER = "sha256:" + "0" * 64


def digest_of(body: bytes) -> str:
    return f"sha256:{sha256(body).hexdigest()}"


class ScriptedRegistry:
    """What it answers, and what it was asked.

    Attributes:
        name: as references of images have it.
        port: where it listens.
    """

    def __init__(self, folder: Path, port: int) -> None:
        self.folder = folder
        self.port = port
        self.name = f"127.0.0.1:{port}"
        self._script: dict[str, Any] = {}
        self.answer("/v2/", 200, b"{}", {"Docker-Distribution-Api-Version": "registry/2.0"})

    def answer(
        self,
        request: str,
        status: int | tuple[int, str],
        body: bytes | str = b"",
        headers: dict[str, str | None] | None = None,
        delay: float = 0,
    ) -> None:
        """Answer so from now on: to a path, or a method and a path; None leaves a header out."""
        self._script[request] = _answer(status, body, headers, delay)
        self._write()

    def demand(self, request: str, challenge: str, body: bytes | str = b"") -> None:
        """Answer with a challenge, unless there are credentials: then as before."""
        refused = _answer(401, body, {"WWW-Authenticate": challenge}, 0)
        self._script[request] = {"unknown": refused, "known": self._script[request]}
        self._write()

    def serve(self, repository: str, tag: str, body: bytes | str, kind: str, **more: str) -> str:
        """Give a manifest by its tag and its digest; the digest. Headers may be added."""
        data = body.encode() if isinstance(body, str) else body
        digest = digest_of(data)
        added = {name.replace("_", "-"): value for name, value in more.items()}
        headers = {"Content-Type": kind, "Docker-Content-Digest": digest, **added}
        for reference in (tag, digest):
            self.answer(f"/v2/{repository}/manifests/{reference}", 200, data, headers)
        return digest

    def serve_blob(self, repository: str, body: bytes | str) -> str:
        """Give a blob by its digest; the digest."""
        data = body.encode() if isinstance(body, str) else body
        headers = {"Content-Type": "application/octet-stream"}
        self.answer(f"/v2/{repository}/blobs/{digest_of(data)}", 200, data, headers)
        return digest_of(data)

    def serve_error(self, path: str, status: int, *errors: dict[str, Any]) -> None:
        """Refuse as registries do."""
        body = json.dumps({"errors": errors})
        self.answer(path, status, body, {"Content-Type": "application/json; charset=utf-8"})

    @property
    def asked(self) -> list[dict[str, Any]]:
        """Each request so far: method, path, headers, what was sent."""
        if not (self.folder / "asked").exists():
            return []
        return [json.loads(line) for line in (self.folder / "asked").read_text().splitlines()]

    @property
    def paths(self) -> list[str]:
        """All that it answers to."""
        return list(self._script)

    def forget(self) -> None:
        """Forget what it was asked."""
        (self.folder / "asked").unlink(missing_ok=True)

    def _write(self) -> None:
        script = self.folder / "script.new"
        script.write_text(json.dumps(self._script))
        script.rename(self.folder / "script")


def _answer(
    status: int | tuple[int, str],
    body: bytes | str,
    headers: dict[str, str | None] | None,
    delay: float,
) -> tuple[Any, ...]:
    data = body.encode() if isinstance(body, str) else body
    return status, headers or {}, b64encode(data).decode(), delay


def free_port() -> int:
    """A port of the loopback that nobody has, here."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


@contextmanager
def scripted(
    folder: Path, *daemons: Dockerd, port: int = 0, tls: Sequence[Path] = ()
) -> Iterator[ScriptedRegistry]:
    """A registry here, and another that is just like it beside each of these engines.

    ``tls`` is a certificate and its key.
    """
    folder.mkdir(exist_ok=True)
    registry = ScriptedRegistry(folder, port or free_port())
    command = [sys.executable, "-c", _SERVER, str(folder), str(registry.port), *map(str, tls)]
    beside = [["nsenter", f"--target={daemon.pid}", "--net"] for daemon in daemons]
    with running(*([*enter, *command] for enter in ([], *beside))):
        yield registry


@contextmanager
def running(*commands: Sequence[str]) -> Iterator[None]:
    """Processes that say ``ready`` when they are, until the end of the block."""
    started = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for command in commands]
    try:
        for process in started:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
        yield
    finally:
        for process in started:
            process.kill()
            process.wait()
            assert process.stdout is not None
            process.stdout.close()
