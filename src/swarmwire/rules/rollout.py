"""The update configuration. Source: SwarmKit controlapi, validateUpdate.

The rollback configuration is not validated in any respect; only its delay has to be a duration,
because a manager that cannot read it refuses the request as a whole.
"""

from swarmwire import pb
from swarmwire.errors import InvalidSpec
from swarmwire.rules._problems import Problems, invalid
from swarmwire.rules.duration import MalformedDurationError, nanoseconds, not_negative


def unreadable_delay_problems(message: pb.ServiceSpec) -> Problems:
    """A delay that the manager cannot even decode, in the update or the rollback."""
    for config, name in ((message.update, "UpdateConfig"), (message.rollback, "RollbackConfig")):
        try:
            nanoseconds(config.delay)
        except MalformedDurationError as err:
            reason = f"grpc: error unmarshalling request: {err}"
            yield InvalidSpec("Internal", reason, name, "Delay")


def update_config_problems(config: pb.UpdateConfig) -> Problems:
    """Delay, monitor, failure ratio. A ratio that is not a number passes, as in Go."""
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
