"""What an update notes of itself in its service.

Source: SwarmKit manager/orchestrator/update/updater.go, startUpdate to completeUpdate.
"""

from swarmwire import pb
from swarmwire.embedded.batch import Batch
from swarmwire.embedded.states import copied, set_moment

_ROLLS_BACK = pb.UpdateStatus.ROLLBACK_STARTED


def start(batch: Batch, service_id: str, now: int) -> None:
    """Note that an update is under way, unless something is noted."""
    service = _stored(batch, service_id, with_status=False)
    if service is not None:
        service.update_status.state = pb.UpdateStatus.UPDATING
        service.update_status.message = "update in progress"
        set_moment(service.update_status.started_at, now)
        _store(batch, service)


def pause(batch: Batch, service_id: str, message: str) -> None:
    """Note that an update, or a roll-back, is paused."""
    service = _stored(batch, service_id, with_status=True)
    if service is not None:
        back = service.update_status.state == _ROLLS_BACK
        paused = pb.UpdateStatus.ROLLBACK_PAUSED if back else pb.UpdateStatus.PAUSED
        service.update_status.state = paused
        service.update_status.message = message
        _store(batch, service)


def roll_back(batch: Batch, service_id: str, message: str) -> None:
    """Go back to the spec before, if there is one; then there is none before it any more."""
    service = _stored(batch, service_id, with_status=True)
    if service is None or not service.HasField("previous_spec"):
        return
    service.update_status.state = _ROLLS_BACK
    service.update_status.message = message
    service.spec.CopyFrom(service.previous_spec)
    service.spec_version.CopyFrom(service.previous_spec_version)
    service.ClearField("previous_spec")
    service.ClearField("previous_spec_version")
    _store(batch, service)


def complete(batch: Batch, service_id: str, now: int) -> None:
    """Note that an update, or a roll-back, is complete."""
    service = _stored(batch, service_id, with_status=True)
    if service is not None:
        back = service.update_status.state == _ROLLS_BACK
        completed = pb.UpdateStatus.ROLLBACK_COMPLETED if back else pb.UpdateStatus.COMPLETED
        service.update_status.state = completed
        service.update_status.message = "rollback completed" if back else "update completed"
        set_moment(service.update_status.completed_at, now)
        _store(batch, service)


def _stored(batch: Batch, service_id: str, *, with_status: bool) -> pb.Service | None:
    """A copy of the service as it is now, if its status is there, or is not."""
    batch.cut()
    service = batch.service(service_id)
    if service is None or service.HasField("update_status") != with_status:
        return None
    return copied(service)


def _store(batch: Batch, service: pb.Service) -> None:
    batch.put("service", service)
    batch.cut()
