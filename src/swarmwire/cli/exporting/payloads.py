"""Files with payloads of secrets and configs: each appears whole, and secrets for their owner."""

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Final

from swarmwire.cli import exits
from swarmwire.cli.exits import reason_of
from swarmwire.export import Payload

_FOR_ALL: Final = 0o644
_FOR_OWNER: Final = 0o600


def write_payloads(folder: str, payloads: Iterable[Payload]) -> None:
    """Write files below a folder; what is there under their names is replaced.

    Raises:
        Stop: one of them cannot be written.
    """
    for payload in payloads:
        place = Path(folder, payload.name)
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            _write(place, payload)
        except OSError as err:
            raise exits.Stop(exits.REFUSED, f"{place}: {reason_of(err)}") from err


def _write(place: Path, payload: Payload) -> None:
    part = place.with_name(f".{place.name}.{os.getpid()}.part")
    mode = _FOR_OWNER if payload.is_secret else _FOR_ALL
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
    try:
        with open(os.open(part, flags, mode), "wb") as stream:  # noqa: PTH123 - a descriptor
            if payload.is_secret:
                os.fchmod(stream.fileno(), mode)
            stream.write(payload.data)
        part.replace(place)
    except BaseException:
        with suppress(OSError):
            part.unlink()
        raise
