"""The run of ``capacity``: nodes with what is reserved and free."""

from collections.abc import Mapping
from typing import Any

from swarmwire import pb
from swarmwire.cli.tables import Cell, Row, Table, short, table
from swarmwire.cli.writing import as_json, write, write_table
from swarmwire.control import KINDS, Control, resolve
from swarmwire.scheduling import (
    Amount,
    NodeCapacity,
    bytes_in_words,
    capacity,
    cpus_in_words,
    room,
)
from swarmwire.update import read_cluster


async def show_capacity(control: Control, format_: str, *, fits: str | None) -> None:
    """Write the nodes, with how many more tasks of the service ``fits`` each takes."""
    service = None if fits is None else await resolve(control, KINDS["service"], fits)
    cluster = await read_cluster(control)
    more = None if service is None else room(cluster, _task_of(service))
    nodes = sorted(capacity(cluster).values(), key=lambda node: (node.name, node.node))
    if format_ == "json":
        write(as_json([_as_object(node, more) for node in nodes]))
    else:
        write_table(_table(nodes, more))


def _task_of(service: pb.Service) -> pb.Task:
    """A new task of the service, as the scheduler looks at it."""
    ports = service.endpoint.ports or service.spec.endpoint.ports
    return pb.Task(
        id="new",
        service_id=service.id,
        spec=service.spec.task,
        spec_version=service.spec_version,
        endpoint=pb.Endpoint(ports=ports),
    )


def _table(nodes: list[NodeCapacity], more: Mapping[str, int] | None) -> Table:
    heads = "ID|HOSTNAME|TAKES|TASKS|CPUS|CPUS-FREE|MEMORY|MEMORY-FREE|GENERIC|GENERIC-FREE|PORTS"
    rows = [_row(node) for node in nodes]
    if more is None:
        return table(heads, rows)
    fitting = [(*row, _many(more[node.node])) for row, node in zip(rows, nodes, strict=True)]
    return table(f"{heads}|FITS", fitting)


def _row(node: NodeCapacity) -> Row:
    return (
        short(node.node),
        node.name,
        Cell("yes", "good") if node.available else Cell("no", "busy"),
        str(node.tasks),
        f"{cpus_in_words(node.reserved.nano_cpus)}/{cpus_in_words(node.total.nano_cpus)}",
        _left(cpus_in_words(node.free.nano_cpus), node.free.nano_cpus),
        f"{bytes_in_words(node.reserved.memory_bytes)}/{bytes_in_words(node.total.memory_bytes)}",
        _left(bytes_in_words(node.free.memory_bytes), node.free.memory_bytes),
        _generic(node.reserved),
        _generic(node.free),
        " ".join(node.ports),
    )


def _left(text: str, number: int) -> Cell:
    return Cell(text, "bad" if number < 0 else "")


def _generic(amount: Amount) -> str:
    return " ".join(f"{kind}={number}" for kind, number in amount.generic.items())


def _many(number: int) -> str:
    return f"{number} or more" if number >= 100 else str(number)


def _as_object(node: NodeCapacity, more: Mapping[str, int] | None) -> dict[str, Any]:
    fits = {} if more is None else {"Fits": more[node.node]}
    return {
        "ID": node.node,
        "Hostname": node.name,
        "Available": node.available,
        "Tasks": node.tasks,
        "Total": _amount(node.total),
        "Reserved": _amount(node.reserved),
        "Free": _amount(node.free),
        "HostPorts": list(node.ports),
        **fits,
    }


def _amount(amount: Amount) -> dict[str, Any]:
    return {
        "NanoCPUs": amount.nano_cpus,
        "MemoryBytes": amount.memory_bytes,
        "GenericResources": dict(amount.generic),
    }
