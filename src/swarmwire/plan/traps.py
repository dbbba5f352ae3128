"""What surprises people about an update, told before it happens."""

from collections.abc import Iterator
from typing import Final

from swarmwire import pb
from swarmwire.plan.endless_rollback import endless_rollback_traps
from swarmwire.plan.hazard_traps import as_traps, has_node, hazard_traps
from swarmwire.plan.replaced import replacement_traps
from swarmwire.plan.restated import habit_traps
from swarmwire.plan.start_first import start_first_traps
from swarmwire.plan.trap import PlannedUpdate, Trap
from swarmwire.rules import service_spec_hazards, service_spec_update_hazards

_MAX_RAFT_ENTRY: Final = 3 * 1024 * 1024 // 2


def traps(update: PlannedUpdate) -> tuple[Trap, ...]:
    """Every trap of an update."""
    return (
        *_overwriting(update),
        *_kept_endpoint(update),
        *_lagging(update),
        *habit_traps(update),
        *replacement_traps(update),
        *_hidden(update),
        *_unplaceable(update),
        *start_first_traps(update),
        *endless_rollback_traps(update),
        *_under_way(update),
        *_hazards(update),
    )


def _overwriting(update: PlannedUpdate) -> Iterator[Trap]:
    if update.forecast.job:
        text = "Any update runs a job again, even one that changes nothing but a label."
        yield Trap(code="job-runs-again", text=text)
    if not update.found and not update.rollback:
        text = (
            "An update that changes nothing still overwrites the previous spec, so that a rollback"
            " afterwards leads back to the same spec, and it clears the status of the last update."
        )
        yield Trap(code="previous-spec-overwritten", text=text)


def _kept_endpoint(update: PlannedUpdate) -> Iterator[Trap]:
    if "EndpointSpec" not in update.ignored:
        return
    text = (
        "Of what the tasks were made from, only the placement differs, and their nodes satisfy the"
        " new constraints. So a manager restarts nothing and does not look at the ports: tasks keep"
        " their old ones until an update that leaves the placement alone. Change the placement"
        " and the endpoint in two updates, the endpoint last."
    )
    yield Trap(code="endpoint-kept", path="EndpointSpec", text=text)


def _lagging(update: PlannedUpdate) -> Iterator[Trap]:
    """Tasks that run something else than the service's present spec, kept so far."""
    changed = {each.path for each in update.found}
    paths = {
        reason.path: verdict.task
        for verdict in update.forecast.verdicts
        for reason in verdict.reasons
        if reason.cause in ("spec", "endpoint") and reason.path not in changed
    }
    for path, task in paths.items():
        text = (
            f"This update does not change it, but task {task} has another value than the service"
            " since an earlier update that kept it. Any update restarts such a task."
        )
        yield Trap(code="task-lags-behind", path=path, text=text)


def _hidden(update: PlannedUpdate) -> Iterator[Trap]:
    for difference in update.differences:
        if difference.inspected is False and difference.effect == "restarts":
            text = "docker service inspect does not show this difference, but it restarts tasks."
            yield Trap(code="hidden-from-inspect", path=difference.path, text=text)


def _unplaceable(update: PlannedUpdate) -> Iterator[Trap]:
    if update.forecast.nodes is None or not any(_is_under(update, "TaskTemplate.Placement")):
        return
    if not has_node(update.new, update.forecast.nodes):
        text = (
            "No active node satisfies the constraints: tasks that are replaced or added stay"
            " pending, and the update never ends."
        )
        yield Trap(code="no-node-matches", path="TaskTemplate.Placement.Constraints", text=text)


def _is_under(update: PlannedUpdate, path: str) -> Iterator[bool]:
    return (each.path.startswith(path) for each in update.found)


def _under_way(update: PlannedUpdate) -> Iterator[Trap]:
    if not update.forecast.old.HasField("update_status"):
        return
    state = update.forecast.old.update_status.state
    if state in (pb.UpdateStatus.UPDATING, pb.UpdateStatus.ROLLBACK_STARTED):
        text = (
            "An update of this service is under way; this one takes its place. Slots that it has"
            " brought to the spec in between count as old ones."
        )
        yield Trap(code="update-under-way", text=text)
    elif state in (pb.UpdateStatus.PAUSED, pb.UpdateStatus.ROLLBACK_PAUSED):
        text = (
            "The last update is paused, so that some tasks run another spec than the service has."
            " Any update starts the roll-out again."
        )
        yield Trap(code="update-paused", text=text)


def _hazards(update: PlannedUpdate) -> Iterator[Trap]:
    old, new = update.old, update.new
    release = update.forecast.release
    known = {(hazard.steps, hazard.reason) for hazard in service_spec_hazards(old, release=release)}
    yield from as_traps(service_spec_update_hazards(old, new), known)
    yield from hazard_traps(new, release, known=known)
    both = old.ByteSize() + new.ByteSize()
    if both > _MAX_RAFT_ENTRY:
        text = (
            f"An update stores the old spec beside the new one. Together they have {both} bytes,"
            f" and a manager can store {_MAX_RAFT_ENTRY} at once."
        )
        yield Trap(code="manager-hazard", text=text)
