"""Specs and stack files as the writes that a client would ask for, offline."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from swarmwire import convert, engine, pb
from swarmwire.cli.exits import Unreadable
from swarmwire.cli.kinds import TO_GRPC
from swarmwire.cli.policing.policies import read_bytes
from swarmwire.cli.reading.forms import is_stack_object, is_stack_text
from swarmwire.cli.reading.inspected import decoded, inspected
from swarmwire.cli.reading.json_stream import JSONSplitter
from swarmwire.cli.reading.sources import STANDARD_INPUT
from swarmwire.cli.reading.stack_files import stack_input
from swarmwire.cli.stack_bodies import OVERLAY, NoIds
from swarmwire.errors import FieldError, StackError


class TriedWrite(NamedTuple):
    """A write that a client would ask for.

    Attributes:
        operation: ``service.create`` …
        kind: the kind of object.
        name: its name.
        new: what a manager would be sent.
        old: what is stored, where that is known.
        places: where each field of its body comes from, as ``FILE:LINE``, by path.
    """

    operation: str
    kind: str
    name: str
    new: Any
    old: Any = None
    places: Mapping[str, str] = {}

    def place_of(self, path: str) -> str:
        """Where a field comes from, or what it stands in; nothing if that is not known."""
        while path and path not in self.places:
            path = path.rpartition("[" if path.endswith("]") else ".")[0]
        return self.places.get(path, "")


def is_stack_file(raw: bytes) -> bool:
    """Whether a text is a stack file."""
    return is_stack_text(raw) or is_stack_object(raw)


def writes_of_specs(
    file: str, raw: bytes, kind: str, api_version: str, stored: str = ""
) -> Iterator[TriedWrite]:
    """Each object of a file of JSON, as a creation, or as an update of what is stored.

    Args:
        file: how the file is called.
        raw: what it holds: bodies of requests, or what inspect prints.
        kind: what the objects are.
        api_version: the version of the API that the client asks in; nothing for the newest.
        stored: a file with what inspect prints of the stored object; nothing to create it.

    Raises:
        Unreadable: it holds no such object, or one that an engine refuses.
    """
    label = STANDARD_INPUT if file == "-" else file
    old = _stored(stored, kind) if stored else None
    verb = "update" if stored else "create"
    splitter = JSONSplitter(label)
    try:
        elements = [*splitter.feed(raw), *splitter.finish()]
    except Unreadable as err:
        raise Unreadable(f"{label}: {err}") from err
    if stored and len(elements) != 1:
        raise Unreadable(f"{label}: holds {len(elements)} objects, and one is stored")
    for element in elements:
        try:
            found = decoded(inspected(element.raw, kind).spec, kind, [])
            new = _sent(kind, found, api_version)
        except (Unreadable, FieldError) as err:
            raise Unreadable(f"{element.label}: {err}") from err
        name = new.annotations.name
        yield TriedWrite(f"{kind}.{verb}", kind, name, new, old)


def _sent(kind: str, body: Any, api_version: str = "") -> Any:
    """What a manager is sent for a body."""
    if kind == "service":
        body = engine.adjust_for_api_version(body, api_version)
    return TO_GRPC[kind].convert(body)


def _stored(file: str, kind: str) -> Any:
    raw = read_bytes(file)
    try:
        (element,) = [*(splitter := JSONSplitter(file)).feed(raw), *splitter.finish()]
        spec = _sent(kind, decoded(inspected(element.raw, kind).spec, kind, []))
        if kind != "service":
            return spec
        service = pb.Service(spec=spec)
        whole = engine.decode(element.raw, engine.Service)
        if whole.previous_spec is not None:
            service.previous_spec.CopyFrom(convert.service_spec_to_grpc(whole.previous_spec))
    except ValueError as err:
        reason = str(err) if isinstance(err, FieldError) else "holds several objects, or none"
        raise Unreadable(f"{file}: {reason}") from err
    except Unreadable as err:
        raise Unreadable(f"{file}: {err}") from err
    return service


def writes_of_stack(
    file: str, raw: bytes, name: str, environment: Mapping[str, str]
) -> list[TriedWrite]:
    """All that a deploy of a stack file would create, in its order.

    Args:
        file: how the file is called.
        raw: what it holds.
        name: the stack's name.
        environment: the variables that it may use.

    Raises:
        Unreadable: the docker command, or an engine, refuses it.
    """
    from swarmwire.stack import bodies  # noqa: PLC0415 - needs a library that may be missing

    try:
        loaded = stack_input((file,), environment, raw).load()
        made = bodies(loaded, name, secret_ids=NoIds(), config_ids=NoIds())
        for network in made.networks.values():
            network.driver = network.driver or OVERLAY
        found: list[tuple[str, str, Any]] = [
            *(("network", full, body) for full, body in made.networks.items()),
            *(("secret", body.name, body) for body in made.secrets),
            *(("config", body.name, body) for body in made.configs),
            *(("service", own, body) for own, body in made.services.items()),
        ]
        return [
            TriedWrite(
                f"{kind}.create",
                kind,
                new.annotations.name,
                new,
                places={
                    path: f"{place.file}:{place.line}"
                    for path, place in made.source_map.places(f"{kind}s", key).items()  # type: ignore[arg-type]
                },
            )
            for kind, key, body in found
            for new in (_sent(kind, body),)
        ]
    except StackError as err:
        raise Unreadable(str(err.problems[0])) from err
    except FieldError as err:
        raise Unreadable(f"{file}: {err}") from err
