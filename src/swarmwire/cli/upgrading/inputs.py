"""What ``upgrade`` compares: files, a manager's folder, a bundle, or a live manager."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from swarmwire import pb
from swarmwire.cli.exits import Unreadable
from swarmwire.cli.options import Where
from swarmwire.cli.planning.planning import connected
from swarmwire.cli.reading.inspected import inspected
from swarmwire.cli.reading.json_stream import JSONSplitter
from swarmwire.cli.reading.services import ServiceText, load_service
from swarmwire.cli.reading.stores import is_tar, stored_objects
from swarmwire.cli.recovery.options import StoreRequest
from swarmwire.plan import release_of
from swarmwire.releases import Release
from swarmwire.upgrade import Written

_SPACE: Final = b" \t\r\n\xef\xbb\xbf"


class UpgradeInput(NamedTuple):
    """The services that are compared.

    Attributes:
        services: each as it is stored, or as it is written.
        labels: where each comes from, for messages.
        tasks: all tasks of the swarm; None if they are not known.
        nodes: all nodes of the swarm; None if they are not known.
        release: the release of the engine that leads the swarm; None if it is not known.
    """

    services: Sequence[pb.Service | Written]
    labels: Sequence[str]
    tasks: Sequence[pb.Task] | None = None
    nodes: Sequence[pb.Node] | None = None
    release: Release | None = None


def of_manager(where: Where) -> UpgradeInput:
    """All services of a live manager."""
    with connected(where) as control:
        services = control.list_services(pb.ListServicesRequest()).services
        tasks = control.list_tasks(pb.ListTasksRequest()).tasks
        nodes = control.list_nodes(pb.ListNodesRequest()).nodes
    return _of_swarm(services, tasks, nodes)


def of_paths(paths: Sequence[str], keys: Sequence[str]) -> UpgradeInput:
    """The services in files, or in one folder of a manager or of ``recover -o``.

    Raises:
        Unreadable: a file cannot be read, or holds no service; or a folder does not stand alone.
        Stop: a folder cannot be read.
    """
    folders = [path for path in paths if path != "-" and Path(path).is_dir()]
    texts = [load_service(path) for path in paths if path not in folders]
    stores = [*folders, *(text.label for text in texts if is_tar(text.raw))]
    if not stores:
        found = [pair for text in texts for pair in _services(text)]
        return UpgradeInput([service for _, service in found], [label for label, _ in found])
    if len(paths) > 1:
        raise Unreadable(f"{stores[0]}: a swarm's folder or tar is compared alone")
    return _of_folder(stores[0], keys)


def _services(text: ServiceText) -> list[tuple[str, pb.Service | Written]]:
    """The services in one file, each with a label."""
    if text.raw.lstrip(_SPACE)[:1] not in (b"{", b"["):
        return [(text.label, text.parsed().service)]
    splitter = JSONSplitter(text.label)
    found: list[tuple[str, pb.Service | Written]] = []
    try:
        for element in (*splitter.feed(text.raw), *splitter.finish()):
            spec, prefix = inspected(element.raw, "service")
            assert isinstance(spec, bytes)  # as that of every service
            found.append((element.label, Written(spec, is_inspected=bool(prefix))))
    except Unreadable as err:
        raise Unreadable(f"{text.label}: {err}") from err
    return found


def _of_folder(path: str, keys: Sequence[str]) -> UpgradeInput:
    wanted = StoreRequest(unlock_key_files=tuple(keys), running=True)
    found = stored_objects(path, wanted, "reading a swarm's folder")
    if found.tasks is None or found.nodes is None:
        services = found.services
        return UpgradeInput(services, [f"{path}: {_name(each)}" for each in services])
    given = _of_swarm(found.services, found.tasks, found.nodes)
    return given._replace(release=found.release)


def _of_swarm(
    services: Iterable[pb.Service], tasks: Iterable[pb.Task], nodes: Iterable[pb.Node]
) -> UpgradeInput:
    listed, known = sorted(services, key=_name), list(nodes)
    return UpgradeInput(
        listed, [_name(one) for one in listed], list(tasks), known, release_of(known)
    )


def _name(service: pb.Service) -> str:
    return service.spec.annotations.name
