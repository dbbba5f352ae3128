"""What a manager does not know of a spec, because it is older than the field: it drops it. Pure."""

from collections.abc import Iterator, Sequence
from typing import Any

from swarmwire import engine, pb
from swarmwire.errors import UnknownRelease, render_path
from swarmwire.expected import expect, expect_each
from swarmwire.releases import AnyRelease, Release, as_release, release
from swarmwire.releases.messages import knows
from swarmwire.releases.quirks import does
from swarmwire.spec import Part, Steps, document_of, is_repeated


def version_of(nodes: Sequence[pb.Node]) -> str:
    """The version of the engine that leads the swarm; nothing if it is not told."""
    expect_each(pb.Node, nodes)
    for node in nodes:
        if node.manager_status.leader:
            return node.description.engine.engine_version
    return ""


def release_of(nodes: Sequence[pb.Node]) -> Release | None:
    """The release of the engine that leads the swarm; None if it is not told, or not known."""
    try:
        return release(version_of(nodes))
    except UnknownRelease:
        return None


def drop_unknown(spec: pb.ServiceSpec, version: Release | str) -> tuple[str, ...]:
    """Take from ``spec`` what a manager of that version or release drops; the paths of it.

    Of a version that is not known, nothing is taken.

    Source: SwarmKit's schema at the releases of the engine.
    """
    expect(pb.ServiceSpec, spec)
    try:
        known = as_release(version)
    except UnknownRelease:
        return ()
    if known.is_newest:
        return ()
    return tuple(_dropped((), document_of(spec.DESCRIPTOR), spec, known))


def unknown_keys(document: bytes, release: AnyRelease = None) -> tuple[str, ...]:
    """The paths of what a release's engine passes over in the JSON of a service's spec.

    Raises:
        DecodeError: the release does not read it.
    """
    known = as_release(release)
    found: list[engine.KeyFinding] = []
    spec = engine.decode(document, engine.ServiceSpec, found, release=known)
    paths = [each.path for each in found if each.kind == "unknown"]
    if spec.networks and not does(known, "top-level-networks"):
        paths.append("Networks")
    return tuple(paths)


def _dropped(steps: Steps, part: Part, message: Any, known: Release) -> Iterator[str]:
    present = {field.name for field, _ in message.ListFields()}
    for field in part.fields:
        if field.attribute not in present:
            continue
        deeper = field.under(steps)
        if not knows(known, message.DESCRIPTOR.name, field.attribute):
            message.ClearField(field.attribute)
            yield render_path(deeper)
        elif field.part is None:
            continue
        elif is_repeated(field.descriptor):
            for index, item in enumerate(getattr(message, field.attribute)):
                yield from _dropped((*deeper, index), field.part, item, known)
        else:
            yield from _dropped(deeper, field.part, getattr(message, field.attribute), known)
