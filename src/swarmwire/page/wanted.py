"""What somebody drops on the page: a spec, what inspect printed, or a stack file. Pure."""

from collections.abc import Iterator
from typing import Any, NamedTuple, NoReturn

import msgspec

from swarmwire import engine
from swarmwire.errors import FieldError, StackError, SwarmwireError
from swarmwire.stack import File, Stack, load

DIRECTORY = "/stack"
FILE_NAME = "stack.yml"


class UnreadableText(SwarmwireError):
    """The text is nothing that can be planned.

    Attributes:
        reason: why not, and what would be.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class PastedService(NamedTuple):
    """A spec, and which service it is of: its ID if it was inspected, its name."""

    reference: str
    spec: engine.ServiceSpec | None
    raw: bytes
    refused: str = ""


class PastedStack(NamedTuple):
    """A stack file; ``loaded`` is None if the docker command refuses it."""

    text: str
    loaded: Stack | None
    refused: str = ""


def wanted_of(text: str) -> PastedService | PastedStack:
    """What the text is.

    Raises:
        UnreadableText: it is neither; with what would be.
    """
    if not text.strip():
        raise UnreadableText("there is nothing to plan: paste a spec or a stack file")
    if text.lstrip("\ufeff \t\r\n")[:1] in ("{", "["):
        found = _one_object(text)
        if not isinstance(found.get("services"), dict):
            return _service(found)
    return _stack(text)


def _one_object(text: str) -> dict[str, Any]:
    try:
        found = msgspec.json.decode(text.lstrip("\ufeff").encode())
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as err:
        raise UnreadableText(f"this begins as JSON does, and is none: {err}") from err
    if isinstance(found, list):
        if len(found) != 1:
            raise UnreadableText(f"it holds {len(found)} objects; one service is wanted")
        found = found[0]
    if not isinstance(found, dict):
        raise UnreadableText("one service is wanted, as docker service inspect prints it")
    return found


def _service(found: dict[str, Any]) -> PastedService:
    spec, reference = found, ""
    if "ID" in found and isinstance(found.get("Spec"), dict):
        spec, reference = found["Spec"], str(found["ID"])
    if "TaskTemplate" not in spec and "Name" not in spec:
        raise UnreadableText("this is no service: docker service inspect SERVICE prints one")
    raw = msgspec.json.encode(spec)
    try:
        decoded = engine.decode(raw, engine.ServiceSpec)
    except FieldError as err:
        return PastedService(reference, None, raw, str(err))
    return PastedService(reference or decoded.name, decoded, raw)


def _stack(text: str) -> PastedStack:
    try:
        loaded = load(
            [File(FILE_NAME, text)], environment={}, read=read_nothing, directory=DIRECTORY
        )
    except StackError as err:
        return PastedStack(text, None, str(err))
    return PastedStack(text, loaded)


def read_nothing(path: str) -> NoReturn:
    """What the text refers to is not here.

    Raises:
        OSError: always.
    """
    raise FileNotFoundError(2, "only the text itself was given", path)


def names_in(stack: Stack) -> Iterator[str]:
    """The services of a stack file, by their own names."""
    yield from stack.sections.services
