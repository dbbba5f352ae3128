"""The restart policy. Source: SwarmKit controlapi, validateRestartPolicy."""

from swarmwire import pb
from swarmwire.rules._problems import Problems
from swarmwire.rules.duration import not_negative


def restart_policy_problems(policy: pb.RestartPolicy) -> Problems:
    """Delay, then window. Any condition and any number of attempts is taken."""
    yield from not_negative(policy, "delay", "Delay", "TaskSpec: restart-delay cannot be negative")
    yield from not_negative(
        policy, "window", "Window", "TaskSpec: restart-window cannot be negative"
    )
