"""Services: every rule that a manager applies to a spec alone, in its order.

Source: SwarmKit controlapi, validateServiceSpec and UpdateService.
"""

from swarmwire import pb
from swarmwire.errors import InvalidSpec
from swarmwire.rules._problems import (
    Problems,
    invalid,
    raise_first,
    under,
    unimplemented,
)
from swarmwire.rules.endpoint import endpoint_problems
from swarmwire.rules.expansion import expansion_problems
from swarmwire.rules.health import health_check_problems
from swarmwire.rules.image import image_problems
from swarmwire.rules.mode import is_job, mode_problems
from swarmwire.rules.mount import mounts_problems
from swarmwire.rules.name import dns_name_problems
from swarmwire.rules.placement import placement_problems
from swarmwire.rules.references import config_references_problems, secret_references_problems
from swarmwire.rules.resources import resource_requirements_problems
from swarmwire.rules.restart import restart_policy_problems
from swarmwire.rules.rollout import unreadable_delay_problems, update_config_problems
from swarmwire.rules.runtime import generic_runtime_problems


def validate_service_spec(message: pb.ServiceSpec | None) -> None:
    """Accept or refuse a service spec as a manager does when it is created or updated.

    Raises:
        InvalidSpec: the first problem, with the manager's code and words.
    """
    raise_first(_problems(message))


def service_spec_problems(message: pb.ServiceSpec | None) -> list[InvalidSpec]:
    """Every problem of a service spec, in the order in which a manager looks for them."""
    return list(_problems(message))


def validate_service_spec_update(old: pb.ServiceSpec, new: pb.ServiceSpec) -> None:
    """Accept or refuse a change, as far as the two specs decide it.

    Raises:
        InvalidSpec: the first problem, with code Unimplemented.
    """
    raise_first(_update_problems(old, new))


def service_spec_update_problems(old: pb.ServiceSpec, new: pb.ServiceSpec) -> list[InvalidSpec]:
    """Every problem of a change, in the order in which a manager looks for them."""
    return list(_update_problems(old, new))


def _problems(message: pb.ServiceSpec | None) -> Problems:
    if message is None:
        yield invalid("invalid argument", kind="missing")
        return
    yield from unreadable_delay_problems(message)
    yield from dns_name_problems(message.annotations.name)
    yield from under(_task_problems(message.task), "TaskTemplate")
    yield from under(mode_problems(message), "Mode")
    if not is_job(message):
        yield from under(update_config_problems(message.update), "UpdateConfig")
    elif message.HasField("update"):
        yield invalid("Jobs may not have an update config", "UpdateConfig", kind="conflict")
    yield from under(endpoint_problems(message.endpoint), "EndpointSpec")


def _task_problems(task: pb.TaskSpec) -> Problems:
    yield from under(resource_requirements_problems(task.resources), "Resources")
    yield from under(restart_policy_problems(task.restart), "RestartPolicy")
    yield from under(placement_problems(task.placement), "Placement")
    container = task.container
    yield from under(secret_references_problems(container.secrets), "ContainerSpec")
    yield from under(config_references_problems(container), "ContainerSpec")
    runtime = task.WhichOneof("runtime")
    if runtime == "container":
        yield from under(_container_problems(container), "ContainerSpec")
    elif runtime == "generic":
        yield from generic_runtime_problems(task.generic)
    elif runtime is None:
        yield invalid("TaskSpec: missing runtime", kind="missing")
    else:
        reason = "RuntimeSpec: unimplemented runtime in service spec"
        yield unimplemented(reason, "NetworkAttachmentSpec")


def _container_problems(container: pb.ContainerSpec) -> Problems:
    yield from expansion_problems(container)
    yield from image_problems(container.image)
    yield from mounts_problems(container.mounts)
    yield from under(health_check_problems(container.healthcheck), "Healthcheck")


def _update_problems(old: pb.ServiceSpec, new: pb.ServiceSpec) -> Problems:
    moved = list(new.networks) != list(old.networks)
    if moved and list(new.task.networks) == list(old.task.networks):
        yield unimplemented(
            "networks must be migrated to TaskSpec before being changed", "Networks"
        )
    if new.WhichOneof("mode") != old.WhichOneof("mode"):
        yield unimplemented("service mode change is not allowed", "Mode")
    if new.annotations.name != old.annotations.name:
        yield unimplemented("renaming services is not supported", "Name")
