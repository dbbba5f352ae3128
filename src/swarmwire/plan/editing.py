"""What somebody who edited a service's JSON wants changed: not what that JSON cannot say. Pure.

The Engine API's JSON does not hold all that a manager stores, and what inspect prints has defaults
in it that are not stored. Sent as it is, it would change both, and so restart tasks. What the JSON
leaves as inspect shows it is left as it is stored.
"""

from typing import NamedTuple

from swarmwire import engine, pb
from swarmwire.convert import service_spec_from_grpc, service_spec_to_grpc
from swarmwire.errors import FieldError
from swarmwire.expected import expect
from swarmwire.plan.merging import Merged, merge
from swarmwire.releases import AnyRelease
from swarmwire.rules import with_defaults
from swarmwire.spec import copied, field_differences


class Intent(NamedTuple):
    """The spec to be sent, and the one that the engine itself would make of the same JSON."""

    spec: pb.ServiceSpec
    engine: pb.ServiceSpec


def intent(
    stored: pb.ServiceSpec, written: pb.ServiceSpec, *, release: AnyRelease = None
) -> Intent:
    """What is meant by ``written``, which was made from JSON, for a service with ``stored``.

    ``release`` is the engine that shows what is stored; the newest unless it is given.
    """
    expect(pb.ServiceSpec, stored, written)
    as_engine = with_credentials(stored, written)
    try:
        shown = _shown(stored, release)
        shown_in_full = _shown(with_defaults(stored), release)
    except FieldError:
        return Intent(as_engine, as_engine)
    plain = merge(shown_in_full, written, shown, prefer_ours=True).spec
    meant = merge(shown, plain, stored, prefer_ours=True).spec
    return Intent(with_credentials(stored, meant), as_engine)


def rebased(
    stored: pb.ServiceSpec,
    base: pb.ServiceSpec,
    written: pb.ServiceSpec,
    *,
    release: AnyRelease = None,
) -> Merged:
    """``written`` on top of what is stored, where it was made from ``base``, all as JSON says it.

    Only what differs between the two is changed; the conflicts are what has changed since.
    """
    expect(pb.ServiceSpec, stored, base, written)
    try:
        shown = min(
            (_shown(stored, release), _shown(with_defaults(stored), release)),
            key=lambda one: sum(1 for _ in field_differences(one, base)),
        )
    except FieldError:
        shown = stored
    return merge(base, written, shown)


def with_credentials(stored: pb.ServiceSpec, spec: pb.ServiceSpec) -> pb.ServiceSpec:
    """The spec with the stored credentials of the registry, as the engine adds them."""
    expect(pb.ServiceSpec, stored, spec)
    out = copied(spec)
    old, new = stored.task.container, out.task.container
    is_container = out.task.HasField("container")
    if is_container and old.HasField("pull_options") and not new.HasField("pull_options"):
        new.pull_options.CopyFrom(old.pull_options)
    return out


def _shown(spec: pb.ServiceSpec, release: AnyRelease) -> pb.ServiceSpec:
    """The spec as it comes back from what inspect prints, which forgets what the engine forgets."""
    written = engine.encode(service_spec_from_grpc(spec, release=release), release=release)
    read = engine.decode(written, engine.ServiceSpec, release=release)
    return service_spec_to_grpc(read, lossless=True, release=release)
