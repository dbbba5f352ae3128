"""Debian's ``docker-registry``: a real one, here and beside engines, over one folder of images."""

import http.client
import json
import shutil
import subprocess
import time
from base64 import b64encode
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Final

from tests.support.dockerd import Dockerd
from tests.support.scripted_registry import MANIFEST, digest_of, free_port

PROGRAM: Final = "docker-registry"
USER: Final = ("ann", "hush")
# The password, by perl's crypt with $2y$05$.
_HTPASSWD: Final = "ann:$2y$05$abcdefghijklmnopqrstuulzd.YqjLDl8lvpSmVj3De/fioSBHnUa\n"
_SETTINGS: Final = """
version: 0.1
log: {{level: error, accesslog: {{disabled: true}}}}
storage: {{filesystem: {{rootdirectory: {folder}/images}}}}
http: {{addr: "127.0.0.1:{port}"}}
"""
_CONFIG: Final = "application/vnd.docker.container.image.v1+json"


def missing() -> list[str]:
    """What has to be there before it can be started, and is not."""
    return [] if shutil.which(PROGRAM) else [f"{PROGRAM} (apt-get install {PROGRAM})"]


class DebianRegistry:
    """A registry to which images can be given.

    Attributes:
        name: as references of images have it.
    """

    def __init__(self, port: int, authorization: str) -> None:
        self.name = f"127.0.0.1:{port}"
        self._port = port
        self._headers = {"Authorization": authorization} if authorization else {}

    def push_blob(self, repository: str, body: bytes) -> str:
        """Give it a blob; the digest."""
        begun = self._asked("POST", f"/v2/{repository}/blobs/uploads/")
        place = begun.headers["Location"].partition(self.name)[2] or begun.headers["Location"]
        digest = digest_of(body)
        query = f"{'&' if '?' in place else '?'}digest={digest}"
        self._asked("PUT", place + query, body, {"Content-Type": "application/octet-stream"})
        return digest

    def push_manifest(self, repository: str, tag: str, kind: str, document: Any) -> str:
        """Give it a manifest; the digest. What it refers to must be there."""
        body = json.dumps(document).encode()
        self._asked("PUT", f"/v2/{repository}/manifests/{tag}", body, {"Content-Type": kind})
        return digest_of(body)

    def push_image(self, repository: str, tag: str, kind: str = MANIFEST, **config: Any) -> Any:
        """Give it an image without layers; the entry for an index."""
        told = json.dumps({"rootfs": {"type": "layers", "diff_ids": []}, **config}).encode()
        blob = {"mediaType": _CONFIG, "size": len(told), "digest": self.push_blob(repository, told)}
        document = {"schemaVersion": 2, "mediaType": kind, "config": blob, "layers": []}
        digest = self.push_manifest(repository, tag, kind, document)
        platform = {key: config[key] for key in ("architecture", "os", "variant") if key in config}
        size = len(json.dumps(document))
        return {"mediaType": kind, "size": size, "digest": digest, "platform": platform}

    def _asked(
        self, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None
    ) -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=30)
        try:
            connection.request(method, path, body, self._headers | (headers or {}))
            answer = connection.getresponse()
            told = answer.read()
            assert answer.status < 400, (method, path, told)
            return answer
        finally:
            connection.close()

    def answers(self) -> bool:
        """Whether it is there."""
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=5)
        try:
            connection.request("GET", "/v2/", headers=self._headers)
            return connection.getresponse().status == http.HTTPStatus.OK
        except OSError:
            return False
        finally:
            connection.close()


def with_password(folder: Path) -> dict[str, str]:
    """Settings with which only ``USER`` may use a registry."""
    file = folder / "htpasswd"
    file.write_text(_HTPASSWD)
    settings = f"auth: {{htpasswd: {{realm: images, path: {file}}}}}\n"
    pair = b64encode(":".join(USER).encode()).decode()
    return {"settings": settings, "authorization": f"Basic {pair}"}


@contextmanager
def debian_registry(
    folder: Path, *daemons: Dockerd, settings: str = "", authorization: str = ""
) -> Iterator[DebianRegistry]:
    """A registry here, and another beside each of these engines; all have the same images.

    ``settings`` are more of its own, ``authorization`` is what it lets in then.
    """
    folder.mkdir()
    port = free_port()
    config = _SETTINGS.format(folder=folder, port=port) + settings
    (folder / "config.yml").write_text(config)
    command = [PROGRAM, "serve", str(folder / "config.yml")]
    registry = DebianRegistry(port, authorization)
    with ExitStack() as held:
        for enter in ([], *(["nsenter", f"--target={each.pid}", "--net"] for each in daemons)):
            process = subprocess.Popen(
                [*enter, *command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
            held.callback(process.wait)
            held.callback(process.kill)
        deadline = time.monotonic() + 30
        while not registry.answers():
            assert time.monotonic() < deadline, "the registry does not start"
            time.sleep(0.05)
        yield registry
