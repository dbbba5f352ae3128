"""A registry that knows tags and manifests, on the loopback of an engine that tests started."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from tests.support.dockerd import Dockerd

REGISTRY = "127.0.0.1:5000"

_SERVER = """
import http.server, json, pathlib, hashlib, sys
folder = pathlib.Path(sys.argv[1])

class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body, kind = b"{}", "application/json"
        status = 200
        name = self.path.rpartition("/")[2]
        if "/manifests/" in self.path:
            kind = "application/vnd.oci.image.index.v1+json"
            file = folder / name.replace(":", "-")
            status = 200 if file.exists() else 404
            body = file.read_bytes() if file.exists() else b"{}"
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Docker-Distribution-Api-Version", "registry/2.0")
        self.send_header("Docker-Content-Digest", "sha256:" + hashlib.sha256(body).hexdigest())
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)
    do_HEAD = do_GET
    def log_message(self, *_):
        pass

server = http.server.ThreadingHTTPServer(("127.0.0.1", 5000), Handler)
print("ready", flush=True)
server.serve_forever()
"""


class Registry:
    """What its only repository's tags stand for."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def tag(self, tag: str, content: str) -> str:
        """Let a tag stand for an index with some content; its digest."""
        platforms = [("amd64", "linux"), ("arm", "linux")]
        manifests = ", ".join(
            '{"mediaType": "application/vnd.oci.image.manifest.v1+json", "size": 2, "digest":'
            f' "sha256:{sha256(content.encode()).hexdigest()}", "platform":'
            f' {{"architecture": "{architecture}", "os": "{os}"}}}}'
            for architecture, os in platforms
        )
        body = (
            '{"schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json",'
            f' "manifests": [{manifests}]}}'
        ).encode()
        digest = sha256(body).hexdigest()
        (self._folder / tag).write_bytes(body)
        (self._folder / f"sha256-{digest}").write_bytes(body)
        return f"sha256:{digest}"


@contextmanager
def serving(daemon: Dockerd) -> Iterator[Registry]:
    """The registry, as long as it is needed, at ``REGISTRY`` for this engine."""
    folder = daemon.root / "registry"
    folder.mkdir(exist_ok=True)
    enter = ["nsenter", f"--target={daemon.pid}", "--net"]
    server = subprocess.Popen(
        [*enter, sys.executable, "-c", _SERVER, str(folder)], stdout=subprocess.PIPE, text=True
    )
    try:
        assert server.stdout is not None
        assert server.stdout.readline() == "ready\n"
        yield Registry(folder)
    finally:
        server.kill()
        server.wait()
        server.stdout.close()
