"""The health check of a container. Source: SwarmKit controlapi, validateHealthCheck."""

from swarmwire import pb
from swarmwire.rules._problems import Problems, invalid, unknown
from swarmwire.rules.duration import MILLISECOND, MalformedDurationError, nanoseconds

_DURATIONS = {
    "interval": "Interval",
    "timeout": "Timeout",
    "start_period": "StartPeriod",
    "start_interval": "StartInterval",
}


def health_check_problems(check: pb.HealthConfig) -> Problems:
    """Four durations, each zero or at least a millisecond, and the number of retries."""
    for field, name in _DURATIONS.items():
        try:
            length = nanoseconds(getattr(check, field))
        except MalformedDurationError as err:
            yield unknown(str(err), name)
            continue
        if length != 0 and length < MILLISECOND:
            reason = f"ContainerSpec: {name} in HealthConfig cannot be less than 1ms"
            yield invalid(reason, name)
    if check.retries < 0:
        yield invalid("ContainerSpec: Retries in HealthConfig cannot be negative", "Retries")
