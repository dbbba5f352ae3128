"""Services before and after an upgrade of the engine, one by one."""

from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

import msgspec

from swarmwire import convert, engine, pb
from swarmwire.errors import ConvertError, FieldError
from swarmwire.expected import mismatch
from swarmwire.plan import Plan, plan, unknown_keys, with_credentials
from swarmwire.releases import AnyRelease, Release, as_release
from swarmwire.upgrade.causes import DROPPED_BEFORE, cause_of
from swarmwire.upgrade.clients import Clients, clients_left_behind
from swarmwire.upgrade.shown import ShownChange, shown_changes
from swarmwire.upgrade.stored import LaterHazard, faults, later_hazards

Verdict = Literal["nothing", "changes", "restarts", "refused", "unknown"]


class Written(msgspec.Struct, frozen=True):
    """A document as somebody sends it: the body of a create or update request, as JSON.

    Attributes:
        json: the document.
        name: what the service is called if the document does not say.
        is_inspected: whether it is the spec out of what inspect printed, and not what was sent.
    """

    json: bytes
    name: str = ""
    is_inspected: bool = False


class FieldChange(msgspec.Struct, frozen=True, kw_only=True):
    """One field that differs after the upgrade.

    Attributes:
        path: where, in JSON names.
        old: the value as it is stored or shown before; None if there is none.
        new: the value afterwards.
        why: why the releases differ there.
        fix: what to write now so that nothing restarts later; empty if nothing helps.
        restarts: whether it restarts tasks.
    """

    path: str
    old: object
    new: object
    why: str
    fix: str = ""
    restarts: bool = False


class ServiceUpgrade(msgspec.Struct, frozen=True, kw_only=True):
    """What an upgrade means for one service.

    Attributes:
        name: the name of the service.
        verdict: the strongest thing that happens once its document is sent again.
        restarts: how many of its tasks restart then; None if that is not known.
        changes: what differs in the store once the document is sent again.
        honoured: fields of the document that the older release drops and the newer one honours.
        dropped: fields of the document that the newer release drops and the older one honours.
        refused: why the newer release would refuse the document; empty if it does not. If the
            verdict is ``unknown``: why that cannot be told.
        shown: what inspect shows differently as soon as the engine is another one.
        faults: what the newer release cannot do with the service as it is stored.
        hazards: what the newer release accepts of the document, and what goes wrong later.
        exact: whether the document itself was given. Without it, what ``docker service inspect``
            of the older release shows is taken for the document.
    """

    name: str
    verdict: Verdict
    restarts: int | None = None
    changes: tuple[FieldChange, ...] = ()
    honoured: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    shown: tuple[ShownChange, ...] = ()
    faults: tuple[str, ...] = ()
    hazards: tuple[LaterHazard, ...] = ()
    exact: bool = False


class Upgrade(msgspec.Struct, frozen=True, kw_only=True):
    """What an upgrade from ``before`` to ``after`` means for services and clients.

    The upgrade by itself restarts nothing: a manager compares a task with its service only when
    the service is written.
    """

    before: str
    after: str
    services: tuple[ServiceUpgrade, ...]
    clients: Clients

    @property
    def restarting(self) -> tuple[ServiceUpgrade, ...]:
        """The services whose tasks restart once their document is sent again."""
        return tuple(each for each in self.services if each.verdict == "restarts")


def compare(  # noqa: PLR0913 - a swarm has so many parts
    services: Iterable[pb.Service | Written],
    *,
    before: AnyRelease,
    after: AnyRelease = None,
    tasks: Iterable[pb.Task] | None = None,
    nodes: Iterable[pb.Node] | None = None,
    hide_env: bool = False,
) -> Upgrade:
    """What an upgrade means for each service, given as it is stored or as it is written.

    ``tasks`` and ``nodes`` of a swarm make the number of restarts exact. ``hide_env`` hides the
    value of every environment variable.

    Raises:
        UnknownRelease: no such release.
        ConvertError: kind "type": neither a service nor a document.
        FieldError: a document that the older release does not take, at its path.
    """
    old, new = as_release(before), as_release(after)
    known_tasks = None if tasks is None else list(tasks)
    known_nodes = None if nodes is None else list(nodes)
    comparison = _Comparison(old, new, known_tasks, known_nodes, hide_env)
    found = []
    for index, service in enumerate(services):
        try:
            found.append(comparison.of(service))
        except FieldError as err:
            raise err.under(index) from None
    return Upgrade(
        before=old.name,
        after=new.name,
        services=tuple(found),
        clients=clients_left_behind(old, new),
    )


class _Comparison(NamedTuple):
    """The two releases, and what is known of the swarm."""

    old: Release
    new: Release
    tasks: list[pb.Task] | None
    nodes: list[pb.Node] | None
    hide_env: bool

    def of(self, given: pb.Service | Written) -> ServiceUpgrade:
        """What the upgrade means for one service."""
        if isinstance(given, Written):
            stored = pb.Service(spec=_stored(given.json, self.old, given.name))
            return self._sent_again(stored, given.json, exact=not given.is_inspected)
        if not isinstance(given, pb.Service):
            raise ConvertError("type", mismatch(given, (pb.Service, Written)))
        try:
            shown = convert.service_spec_from_grpc(given.spec, release=self.old)
            document = engine.encode(shown, release=self.old)
        except FieldError as err:
            name = given.spec.annotations.name
            return ServiceUpgrade(name=name, verdict="unknown", refused=(str(err),))
        return self._sent_again(given, document, exact=False)

    def _sent_again(self, stored: pb.Service, document: bytes, *, exact: bool) -> ServiceUpgrade:
        """What it means for a service whose document is sent once more."""
        old, new = self.old, self.new
        name = stored.spec.annotations.name
        own = self._tasks_of(stored)
        found = tuple(faults(stored, old, new, own, self.nodes))
        try:
            honoured, dropped = _honoured(document, old, new)
            wanted = with_credentials(stored.spec, _stored(document, new, name))
        except FieldError as err:
            return ServiceUpgrade(
                name=name, verdict="refused", refused=(str(err),), faults=found, exact=exact
            )
        planned = plan(
            stored, wanted, tasks=own, nodes=self.nodes, hide_env=self.hide_env, release=new
        )
        refused = tuple(each.reason for each in planned.refusals)
        return ServiceUpgrade(
            name=name,
            verdict=_verdict(planned, refused=bool(refused)),
            restarts=None if planned.counts is None else planned.counts.restarts,
            changes=tuple(_changes(planned, honoured, new)),
            honoured=honoured,
            dropped=dropped,
            refused=refused,
            shown=shown_changes(stored, old, new),
            faults=found,
            hazards=later_hazards(stored.spec, wanted, old, new),
            exact=exact,
        )

    def _tasks_of(self, service: pb.Service) -> list[pb.Task] | None:
        if self.tasks is None:
            return None
        return [task for task in self.tasks if task.service_id == service.id]


def _stored(document: bytes, release: Release, name: str = "") -> pb.ServiceSpec:
    """What a release stores of a document that a client of its own sends."""
    spec = engine.decode(document, engine.ServiceSpec, release=release)
    adjusted = engine.adjust_for_api_version(spec, release.api_version, release=release)
    return convert.service_spec_to_grpc(adjusted, name=name, release=release)


def _honoured(
    document: bytes, old: Release, new: Release
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Fields that only the newer release knows, and fields that only the older one knows."""
    before, after = unknown_keys(document, old), unknown_keys(document, new)
    return (
        tuple(path for path in before if path not in after),
        tuple(path for path in after if path not in before),
    )


def _verdict(planned: Plan, *, refused: bool) -> Verdict:
    if refused:
        return "refused"
    if not planned.differences:
        return "nothing"  # a job runs again, but so it does without an upgrade
    return "restarts" if planned.effect == "restarts" else "changes"


def _changes(planned: Plan, honoured: tuple[str, ...], after: Release) -> Iterator[FieldChange]:
    for each in planned.differences:
        is_new = each.path.startswith(honoured)
        cause = DROPPED_BEFORE if is_new else cause_of(each.path, each.old, after)
        yield FieldChange(
            path=each.path,
            old=each.old,
            new=each.new,
            why=cause.why,
            fix=cause.fix,
            restarts=each.effect == "restarts",
        )
