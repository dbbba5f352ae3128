"""What somebody who edited a service's JSON wants changed: not what that JSON cannot say. Pure.

The Engine API's JSON does not hold all that a manager stores, and what inspect prints has defaults
in it that are not stored. Sent as it is, it would change both, and so restart tasks. What the JSON
leaves as inspect shows it is left as it is stored.
"""

from typing import NamedTuple

from swarmwire import engine, pb
from swarmwire.cli.planning.merge import Merged, copied, merge
from swarmwire.convert import service_spec_from_grpc, service_spec_to_grpc
from swarmwire.errors import FieldError
from swarmwire.plan import differences
from swarmwire.rules import with_defaults


class Intent(NamedTuple):
    """The spec to be sent, and the one that the engine itself would make of the same JSON."""

    spec: pb.ServiceSpec
    engine: pb.ServiceSpec


def intent(stored: pb.ServiceSpec, written: pb.ServiceSpec) -> Intent:
    """What is meant by ``written``, which was made from JSON, for a service with ``stored``."""
    as_engine = with_credentials(stored, written)
    try:
        shown, shown_in_full = _shown(stored), _shown(with_defaults(stored))
    except FieldError:
        return Intent(as_engine, as_engine)
    plain = merge(shown_in_full, written, shown, prefer_ours=True).spec
    meant = merge(shown, plain, stored, prefer_ours=True).spec
    return Intent(with_credentials(stored, meant), as_engine)


def rebased(stored: pb.ServiceSpec, base: pb.ServiceSpec, written: pb.ServiceSpec) -> Merged:
    """``written`` on top of what is stored, where it was made from ``base``, all as JSON says it.

    Only what differs between the two is changed; the conflicts are what has changed since.
    """
    try:
        shown = min(
            (_shown(stored), _shown(with_defaults(stored))),
            key=lambda one: len(differences(one, base)),
        )
    except FieldError:
        shown = stored
    return merge(base, written, shown)


def with_credentials(stored: pb.ServiceSpec, spec: pb.ServiceSpec) -> pb.ServiceSpec:
    """The spec with the stored credentials of the registry, as the engine adds them."""
    out = copied(spec)
    old, new = stored.task.container, out.task.container
    is_container = out.task.HasField("container")
    if is_container and old.HasField("pull_options") and not new.HasField("pull_options"):
        new.pull_options.CopyFrom(old.pull_options)
    return out


def _shown(spec: pb.ServiceSpec) -> pb.ServiceSpec:
    """The spec as it comes back from what inspect prints, which forgets what the engine forgets."""
    written = engine.encode(service_spec_from_grpc(spec))
    return service_spec_to_grpc(engine.decode(written, engine.ServiceSpec), lossless=True)
