"""Ask an engine, through its socket, what a registry says of an image.

Source: Engine API, ``GET /distribution/{name}/json``, since 1.30.
"""

import http.client
import json
import socket
from typing import Any, Final
from urllib.parse import quote

from swarmwire.deployment.images import FoundImage, platforms_of

_LARGEST: Final = 4 * 2**20
_PATIENCE: Final = 30.0


def ask_image(path: str, image: str, login: str = "", *, timeout: float = _PATIENCE) -> FoundImage:
    """What a registry says of an image; ``error`` tells why that is not known.

    Args:
        path: the engine's socket.
        image: the reference of the image.
        login: the credentials for the registry, as ``X-Registry-Auth`` has them.
        timeout: how many seconds the engine may take.
    """
    headers = {"X-Registry-Auth": login} if login else {}
    connection = _EngineConnection(path, timeout)
    try:
        # Without a version in the path: every engine that manages a swarm today has this route.
        connection.request("GET", f"/distribution/{quote(image, safe='/:@')}/json", None, headers)
        response = connection.getresponse()
        return _read(response.status, response.read(_LARGEST))
    except (OSError, http.client.HTTPException) as err:
        return FoundImage(error=f"the engine at {path} does not answer: {_reason(err)}")
    finally:
        connection.close()


class _EngineConnection(http.client.HTTPConnection):
    """HTTP through a unix socket."""

    def __init__(self, path: str, timeout: float) -> None:
        super().__init__("localhost", timeout=timeout)
        self._path = path

    def connect(self) -> None:
        """Connect to the socket."""
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


def _read(status: int, body: bytes) -> FoundImage:
    try:
        found: Any = json.loads(body)
        if status != http.client.OK:
            return FoundImage(error=str(found["message"]).strip())
        return FoundImage(str(found["Descriptor"]["digest"]), platforms_of(found.get("Platforms")))
    except (ValueError, KeyError, TypeError, AttributeError):
        return FoundImage(error=f"the engine answers with {status}, and not as engines do")


def _reason(err: Exception) -> str:
    if isinstance(err, TimeoutError):
        return "it takes too long"
    strerror = getattr(err, "strerror", None)
    return str(strerror or err or type(err).__name__)
