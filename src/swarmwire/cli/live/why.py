"""The run of ``why``: tasks that wait, the manager's text, each node's reasons, what would help."""

from collections.abc import Iterator, Sequence
from typing import Any

from swarmwire import pb
from swarmwire.cli.tables import Cell, Row, short, state, table
from swarmwire.cli.terminal import one_line
from swarmwire.cli.writing import as_json, write, write_table
from swarmwire.control import KINDS, Control, NoSuchObject, resolve
from swarmwire.control.kinds import task_name
from swarmwire.scheduling import FilterRefusal, WaitingTasks, waiting_tasks
from swarmwire.update import read_cluster


async def show_why(control: Control, reference: str | None, format_: str) -> None:
    """Write why the tasks meant by ``reference`` wait, or without one all that wait."""
    meant = None if reference is None else await _meant(control, reference)
    cluster = await read_cluster(control)
    networks = await KINDS["network"].listed(control)
    tasks = [task for task in cluster.tasks if meant is None or _is_meant(task, meant)]
    found = waiting_tasks(cluster, networks, tasks)
    if format_ == "json":
        write(as_json([each for one in found for each in _as_objects(one)]))
        return
    if not found:
        write(_nothing(meant))
    names = {node.id: node.description.hostname or short(node.id) for node in cluster.nodes}
    for number, each in enumerate(found):
        if number:
            write("")
        _show(each, names)


async def _meant(control: Control, reference: str) -> Any:
    """The service, or else the task.

    Raises:
        NoSuchObject: there is neither.
    """
    for kind in ("service", "task"):
        try:
            return await resolve(control, KINDS[kind], reference)
        except NoSuchObject:
            continue
    raise NoSuchObject(f"no service and no task is called {reference}, or has an id that begins so")


def _is_meant(task: pb.Task, meant: Any) -> bool:
    own: str = task.id if isinstance(meant, pb.Task) else task.service_id
    return own == str(meant.id)


def _nothing(meant: Any) -> str:
    if meant is None:
        return "no task waits"
    if isinstance(meant, pb.Task):
        return f"{task_name(meant) or meant.id} does not wait: it is {state(meant.status.state)}"
    return f"{meant.spec.annotations.name}: no task waits"


def _show(found: WaitingTasks, names: dict[str, str]) -> None:
    for line in _heading(found):
        write(one_line(line))
    rows = [
        _row(names.get(node, short(node)), refusals) for node, refusals in found.refusals.items()
    ]
    if rows:
        write("")
        write_table(table("NODE|TAKES IT|WHY", sorted(rows, key=lambda row: str(row[0]))))
    if found.helps:
        write("\nOne of these would help:")
        for each in found.helps:
            write(f"  {one_line(str(each))}")


def _heading(found: WaitingTasks) -> Iterator[str]:
    tasks = found.tasks
    task = tasks[0]
    names = ", ".join(task_name(each) or short(each.id) for each in tasks)
    waits = "1 task waits" if len(tasks) == 1 else f"{len(tasks)} tasks wait"
    yield f"{waits} ({state(task.status.state)}): {names}"
    yield from found.remarks()


def _row(name: str, refusals: Sequence[FilterRefusal]) -> Row:
    reasons = "; ".join(reason for refusal in refusals for reason in refusal.reasons)
    return (name, Cell("no", "bad") if refusals else Cell("yes", "good"), reasons)


def _as_objects(found: WaitingTasks) -> Iterator[dict[str, Any]]:
    for task in found.tasks:
        yield {
            "ID": task.id,
            "Name": task_name(task),
            "State": state(task.status.state),
            "Err": task.status.err,
            "Nodes": [
                {"ID": node, "Refusals": [_refusal(each) for each in refusals]}
                for node, refusals in found.refusals.items()
            ],
            "Advice": [str(each) for each in found.helps],
            "Addresses": [str(each) for each in found.short_of],
        }


def _refusal(refusal: FilterRefusal) -> dict[str, Any]:
    return {
        "Filter": str(refusal),
        "Wanted": dict(refusal.wanted),
        "Left": dict(refusal.left),
        "Reasons": list(refusal.reasons),
    }
