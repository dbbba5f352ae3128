"""Where a manager's socket is, and the node's certificates. Asks the file system, opens nothing."""

import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from swarmwire.control.errors import AccessDenied, NotAManager

SOCKET_VARIABLE = "SWARMWIRE_SOCKET"


@dataclass(frozen=True)
class Place:
    """A manager's socket and, where it is known, the directory of its node's certificates."""

    socket: Path
    certificates: Path | None = None


def usual_places(environment: Mapping[str, str]) -> list[Place]:
    """Where engines keep the socket: as a system service, without root, and as a snap."""
    system = Path("/var/lib/docker/swarm/certificates")
    places = [
        Place(Path("/var/run/docker/swarm/control.sock"), system),
        Place(Path("/run/docker/swarm/control.sock"), system),
    ]
    if runtime := environment.get("XDG_RUNTIME_DIR"):
        home = Path(environment.get("HOME", "/"))
        data = Path(environment.get("XDG_DATA_HOME") or home / ".local/share")
        own = data / "docker/swarm/certificates"
        places.append(Place(Path(runtime) / "docker/swarm/control.sock", own))
    snap = Path("/var/snap/docker")
    certificates = snap / "common/var-lib-docker/swarm/certificates"
    places.append(Place(snap / "current/run/docker/swarm/control.sock", certificates))
    return places


def locate(
    socket: str | Path | None = None,
    certificates: str | Path | None = None,
    environment: Mapping[str, str] = os.environ,
) -> Place:
    """The socket that is meant: the one given, ``SWARMWIRE_SOCKET``, or the first usual one.

    Raises:
        NotAManager: no socket was named, and there is none in the usual places.
        AccessDenied: the same, and into one of these places this user may not look.
    """
    folder = None if certificates is None else Path(certificates)
    named = socket or environment.get(SOCKET_VARIABLE)
    places = usual_places(environment)
    if named:
        path = Path(str(named).removeprefix("unix://"))
        known = {place.socket: place.certificates for place in places}
        return Place(path, folder or known.get(path))
    return _first(places, folder)


def _first(places: list[Place], certificates: Path | None) -> Place:
    denied: Place | None = None
    for place in places:
        try:
            if stat.S_ISSOCK(place.socket.stat().st_mode):
                return Place(place.socket, certificates or place.certificates)
        except PermissionError:
            denied = denied or place
        except OSError:
            continue
    if denied is not None:
        raise AccessDenied(
            str(denied.socket), "only root may look there: run as root, or with sudo"
        )
    return _nowhere(places, certificates)


def _nowhere(places: list[Place], certificates: Path | None) -> Place:
    """The usual place where a node keeps certificates: why it has no socket is to be found out."""
    for place in places:
        folder = certificates or place.certificates
        if folder is not None and os.access(folder / "swarm-node.crt", os.R_OK):
            return Place(place.socket, folder)
    tried = ", ".join(str(place.socket) for place in places)
    raise NotAManager(
        "",
        f"no Docker manager on this machine (looked in {tried}); run it on a manager, or use"
        f" --host. If the engine has another --exec-root, name its swarm/control.sock with --socket"
        f" or {SOCKET_VARIABLE}",
    )
