"""A policy that is written while a client asks for all that it needs."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

from swarmwire.cli import exits
from swarmwire.cli.messages import say
from swarmwire.cli.writing import opened_output
from swarmwire.gateway import Gateway
from swarmwire.gateway.learning import ClientObserver
from swarmwire.gateway.listeners import KnownCaller, Listener
from swarmwire.policy.violation import toml_value

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
_UNIX: Final = "unix://"


@contextmanager
def learned(
    gateway: Gateway, listeners: Sequence[Listener], file: str
) -> Iterator[Sequence[Listener]]:
    """The listeners, at which everything may be asked for; the policy is written in the end.

    Raises:
        Stop: the file is there already, or cannot be written (2).
    """
    if Path(file).exists():
        raise exits.Stop(exits.UNREADABLE, f"{file} is there already: no policy is overwritten")
    observer = ClientObserver(gateway.mirror)
    gateway.observed = observer.observed
    known = KnownCaller("", observer)
    socket = listeners[0].address.removeprefix(_UNIX)
    stem = Path(file).stem
    with opened_output(file) as stream:
        yield [replace(each, identify=lambda _: known) for each in listeners]
        name = stem if _NAME.fullmatch(stem) else "client"
        text = observer.policy(name, f"socket = {toml_value(socket)}")
        stream.write(text.encode())
    say(f"wrote {file}: read it, then try it with swarmwire policy check {file}")
