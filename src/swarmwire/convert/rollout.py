"""How updates are rolled out, and when tasks are started again."""

from swarmwire import engine, pb
from swarmwire.convert.enums import RESTART_CONDITION, UPDATE_FAILURE_ACTION, UPDATE_ORDER
from swarmwire.convert.time import duration_from_grpc, duration_to_grpc, is_valid_duration
from swarmwire.errors import ConvertError


def update_config_to_grpc(config: engine.UpdateConfig, out: pb.UpdateConfig) -> None:
    """Source: moby convert/service.go, updateConfigToGRPC."""
    out.parallelism = config.parallelism
    duration_to_grpc(config.delay, out.delay)
    out.failure_action = UPDATE_FAILURE_ACTION.number[config.failure_action]
    if config.monitor:
        duration_to_grpc(config.monitor, out.monitor)
    if config.max_failure_ratio:
        out.max_failure_ratio = config.max_failure_ratio
    out.order = UPDATE_ORDER.number[config.order]


def update_config_from_grpc(config: pb.UpdateConfig) -> engine.UpdateConfig:
    """The config of an update or a rollback.

    Raises:
        ConvertError: kind "range" at ``Delay``: Go cannot read a message with such a duration.

    Source: moby convert/service.go, updateConfigFromGRPC.
    """
    delay = config.delay
    nanoseconds = duration_from_grpc(delay)
    if not nanoseconds and not is_valid_duration(delay.seconds, delay.nanos):
        raise ConvertError("range", "malformed duration", "Delay")
    return engine.UpdateConfig(
        parallelism=config.parallelism,
        delay=nanoseconds,
        failure_action=UPDATE_FAILURE_ACTION.word[config.failure_action],
        monitor=duration_from_grpc(config.monitor),
        max_failure_ratio=config.max_failure_ratio,
        order=UPDATE_ORDER.word[config.order],
    )


def restart_policy_to_grpc(policy: engine.RestartPolicy, out: pb.RestartPolicy) -> None:
    """Fill ``out``; an empty condition means "any".

    Raises:
        ConvertError: kind "unknown" at ``Condition``.

    Source: moby convert/service.go, restartPolicyToGRPC.
    """
    out.condition = RESTART_CONDITION.number[policy.condition]
    if policy.delay is not None:
        duration_to_grpc(policy.delay, out.delay)
    if policy.max_attempts is not None:
        out.max_attempts = policy.max_attempts
    if policy.window is not None:
        duration_to_grpc(policy.window, out.window)


def restart_policy_from_grpc(policy: pb.RestartPolicy) -> engine.RestartPolicy:
    """Source: moby convert/service.go, restartPolicyFromGRPC."""
    return engine.RestartPolicy(
        condition=RESTART_CONDITION.word[policy.condition],
        delay=duration_from_grpc(policy.delay) if policy.HasField("delay") else None,
        max_attempts=policy.max_attempts,
        window=duration_from_grpc(policy.window) if policy.HasField("window") else None,
    )
