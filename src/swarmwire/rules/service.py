"""Services: every rule that a manager applies to a spec alone, in its order.

Source: SwarmKit controlapi, validateServiceSpec and UpdateService.
"""

from swarmwire import pb
from swarmwire.errors import InvalidSpec
from swarmwire.expected import expect
from swarmwire.releases import AnyRelease, Release, as_release
from swarmwire.releases.messages import known_to
from swarmwire.releases.quirks import does
from swarmwire.rules._problems import Problems, invalid, raise_first, under, unimplemented
from swarmwire.rules.duration import MalformedDurationError, nanoseconds, not_negative
from swarmwire.rules.names import dns_name_problems
from swarmwire.rules.task import task_problems

_TOO_MANY = 2**63
"""A count that is negative once it is read as a signed number."""


def validate_service_spec(message: pb.ServiceSpec | None, *, release: AnyRelease = None) -> None:
    """Accept or refuse a service spec as a manager does when it is created or updated.

    Raises:
        InvalidSpec: the first problem, with the manager's code and words.
    """
    raise_first(_problems(known_to(message, release), as_release(release)))


def service_spec_problems(
    message: pb.ServiceSpec | None, *, release: AnyRelease = None
) -> list[InvalidSpec]:
    """Every problem of a service spec, in the order in which a manager looks for them."""
    return list(_problems(known_to(message, release), as_release(release)))


def validate_service_spec_update(
    old: pb.ServiceSpec, new: pb.ServiceSpec, *, release: AnyRelease = None
) -> None:
    """Accept or refuse a change, as far as the two specs decide it.

    Raises:
        InvalidSpec: the first problem, with code Unimplemented.
    """
    raise_first(_update_problems(known_to(old, release), known_to(new, release)))


def service_spec_update_problems(
    old: pb.ServiceSpec, new: pb.ServiceSpec, *, release: AnyRelease = None
) -> list[InvalidSpec]:
    """Every problem of a change, in the order in which a manager looks for them."""
    return list(_update_problems(known_to(old, release), known_to(new, release)))


def _problems(message: pb.ServiceSpec | None, release: Release) -> Problems:
    if message is None:
        yield invalid("invalid argument", kind="missing")
        return
    expect(pb.ServiceSpec, message)
    yield from _unreadable_delay_problems(message)
    yield from dns_name_problems(message.annotations.name)
    yield from under(task_problems(message.task, release), "TaskTemplate")
    mode = under(_mode_problems(message), "Mode")
    if not does(release, "mode-last"):
        yield from mode
    yield from under(_rollout_problems(message), "UpdateConfig")
    yield from under(_endpoint_problems(message.endpoint), "EndpointSpec")
    yield from mode


def _unreadable_delay_problems(message: pb.ServiceSpec) -> Problems:
    """A delay that the manager cannot even decode refuses the request as a whole.

    Of the rollback configuration nothing else is validated.
    """
    for config, name in ((message.update, "UpdateConfig"), (message.rollback, "RollbackConfig")):
        try:
            nanoseconds(config.delay)
        except MalformedDurationError as err:
            reason = f"grpc: error unmarshalling request: {err}"
            yield InvalidSpec("Internal", reason, name, "Delay")


def _mode_problems(spec: pb.ServiceSpec) -> Problems:
    """A mode is set, and its counts are not negative. Source: validateMode."""
    mode = spec.WhichOneof("mode")
    if mode is None:
        yield invalid("Unrecognized service mode", kind="missing")
    elif mode == "replicated" and spec.replicated.replicas >= _TOO_MANY:
        yield invalid("Number of replicas must be non-negative", "Replicated", "Replicas")
    elif mode == "replicated_job":
        job = spec.replicated_job
        if job.max_concurrent >= _TOO_MANY:
            reason = "Maximum concurrent jobs must not be negative"
            yield invalid(reason, "ReplicatedJob", "MaxConcurrent")
        if job.total_completions >= _TOO_MANY:
            reason = "Total completed jobs must not be negative"
            yield invalid(reason, "ReplicatedJob", "TotalCompletions")


def _is_job(spec: pb.ServiceSpec) -> bool:
    return spec.WhichOneof("mode") in ("replicated_job", "global_job")


def _rollout_problems(spec: pb.ServiceSpec) -> Problems:
    """A job has no update configuration; that of others makes sense."""
    if not _is_job(spec):
        yield from _update_config_problems(spec.update)
    elif spec.HasField("update"):
        yield invalid("Jobs may not have an update config", kind="conflict")


def _update_config_problems(config: pb.UpdateConfig) -> Problems:
    """Delay, monitor, failure ratio. A ratio that is not a number passes, as in Go.

    Source: validateUpdate.
    """
    if _is_negative(config.delay):
        yield invalid("TaskSpec: update-delay cannot be negative", "Delay")
    yield from not_negative(
        config, "monitor", "Monitor", "TaskSpec: update-monitor cannot be negative"
    )
    if config.max_failure_ratio < 0 or config.max_failure_ratio > 1:
        reason = "TaskSpec: update-maxfailureratio cannot be less than 0 or bigger than 1"
        yield invalid(reason, "MaxFailureRatio")


def _is_negative(delay: pb.Duration) -> bool:
    try:
        return nanoseconds(delay) < 0
    except MalformedDurationError:
        return False


def _endpoint_problems(endpoint: pb.EndpointSpec) -> Problems:
    """No routing mesh under DNS round robin, and no port published twice.

    Source: validateEndpointSpec.
    """
    published: set[tuple[int, int]] = set()
    round_robin = endpoint.mode == pb.EndpointSpec.DNSRR
    for index, port in enumerate(endpoint.ports):
        if round_robin and port.publish_mode == pb.PortConfig.INGRESS:
            reason = "EndpointSpec: port published with ingress mode can't be used with dnsrr mode"
            yield invalid(reason, "Ports", index, kind="conflict")
        if port.published_port == 0:
            continue
        key = (port.published_port, port.protocol)
        if key in published:
            reason = "EndpointSpec: duplicate published ports provided"
            yield invalid(reason, "Ports", index, kind="conflict")
        published.add(key)


def _update_problems(old: pb.ServiceSpec, new: pb.ServiceSpec) -> Problems:
    expect(pb.ServiceSpec, old, new)
    moved = list(new.networks) != list(old.networks)
    if moved and list(new.task.networks) == list(old.task.networks):
        yield unimplemented(
            "networks must be migrated to TaskSpec before being changed", "Networks"
        )
    if new.WhichOneof("mode") != old.WhichOneof("mode"):
        yield unimplemented("service mode change is not allowed", "Mode")
    if new.annotations.name != old.annotations.name:
        yield unimplemented("renaming services is not supported", "Name")
