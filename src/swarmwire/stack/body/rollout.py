"""Mode, resources, restart policy and update configuration of a service.

Source: docker/cli cli/compose/convert/service.go; opts/opts.go, ParseCPUs; opts/parse.go,
ParseRestartPolicy.
"""

from swarmwire.stack.body.building import find, made
from swarmwire.stack.body.refusal import Refusal
from swarmwire.stack.places import Located
from swarmwire.stack.texts.go_values import parse_nano_cpus, parse_whole

_POLICIES = {"always": "any", "unless-stopped": "any", "on-failure": "on-failure"}


def mode_of(service: Located) -> Located:
    """How many tasks the service has."""
    mode = find(service, "deploy", "mode")
    replicas = find(service, "deploy", "replicas")
    at = mode or replicas or find(service, "deploy") or service
    name = "" if mode is None else mode.value
    if name in {"global", "global-job"}:
        if replicas is not None:
            reason = "replicas can only be used with replicated or replicated-job mode"
            raise Refusal(reason, replicas)
        return made(at, **{"Global" if name == "global" else "GlobalJob": made(at)})
    if name == "replicated-job":
        return made(at, ReplicatedJob=made(at, MaxConcurrent=replicas, TotalCompletions=replicas))
    if name in {"", "replicated"}:
        return made(at, Replicated=made(at, Replicas=replicas))
    raise Refusal(f"unknown mode: {name}", at)


def resources_of(service: Located) -> Located:
    """Limits and reservations."""
    resources = find(service, "deploy", "resources") or service.with_value({})
    limits, reservations = find(resources, "limits"), find(resources, "reservations")
    return made(
        resources,
        Limits=None
        if limits is None
        else made(
            limits,
            NanoCPUs=_cpus(limits),
            MemoryBytes=find(limits, "memory"),
            Pids=find(limits, "pids"),
        ),
        Reservations=None
        if reservations is None
        else made(
            reservations,
            NanoCPUs=_cpus(reservations),
            MemoryBytes=find(reservations, "memory"),
            GenericResources=_generic(reservations),
        ),
    )


def _cpus(resources: Located) -> Located | None:
    cpus = find(resources, "cpus")
    if cpus is None or not cpus.value:
        return None
    try:
        return cpus.with_value(parse_nano_cpus(cpus.value))
    except ValueError as err:
        raise Refusal(str(err), cpus) from None


def _generic(reservations: Located) -> Located | None:
    generic = find(reservations, "generic_resources")
    if generic is None:
        return None
    return generic.with_value([_resource(entry) for entry in generic.value])


def _resource(entry: Located) -> Located:
    discrete = find(entry, "discrete_resource_spec")
    if discrete is None:
        return made(entry)
    spec = made(discrete, Kind=find(discrete, "kind"), Value=find(discrete, "value"))
    return made(entry, DiscreteResourceSpec=spec)


def restart_policy_of(service: Located) -> Located | None:
    """When tasks that ended are started again: of ``deploy``, or else of the old ``restart``."""
    policy = find(service, "deploy", "restart_policy")
    if policy is not None:
        return made(
            policy,
            Condition=find(policy, "condition"),
            Delay=find(policy, "delay"),
            MaxAttempts=find(policy, "max_attempts"),
            Window=find(policy, "window"),
        )
    restart = find(service, "restart")
    return None if restart is None or not restart.value else _from_restart(restart)


def _from_restart(restart: Located) -> Located | None:
    name, colon, count = restart.value.partition(":")
    wrong = "invalid restart policy format:"
    if colon and not name:
        raise Refusal(f"{wrong} no policy provided before colon", restart)
    try:
        attempts = parse_whole(count) if count else 0
    except ValueError:
        reason = f"{wrong} maximum retry count must be an integer"
        raise Refusal(reason, restart) from None
    if attempts < 0:
        reason = "invalid restart policy: maximum retry count cannot be negative"
        raise Refusal(reason, restart)
    if name in {"", "no"}:
        return None
    if name not in _POLICIES:
        known = "(must be one of 'no', 'always', 'on-failure', or 'unless-stopped')"
        raise Refusal(f"invalid restart policy: unknown policy '{name}' {known}", restart)
    return made(
        restart,
        Condition=restart.with_value(_POLICIES[name]),
        MaxAttempts=restart.with_value(attempts) if attempts else None,
    )


def update_config_of(update: Located | None) -> Located | None:
    """How an update or a rollback is rolled out."""
    if update is None:
        return None
    return made(
        update,
        Parallelism=find(update, "parallelism") or update.with_value(1),
        Delay=find(update, "delay"),
        FailureAction=find(update, "failure_action"),
        Monitor=find(update, "monitor"),
        MaxFailureRatio=find(update, "max_failure_ratio"),
        Order=find(update, "order"),
    )
