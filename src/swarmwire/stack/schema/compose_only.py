"""Options that `docker compose` knows and a swarm does not, and what a swarm has instead."""

from typing import Final

_DEPLOY = "use deploy.resources"

INSTEAD: Final = {
    "": {
        "include": "give several files instead",
        "models": "a swarm has nothing like it",
        "name": "the name of a stack is given to the command",
    },
    "services": {
        "annotations": "use labels",
        "attach": "a swarm has nothing like it",
        "blkio_config": "a swarm has nothing like it",
        "cpu_count": _DEPLOY,
        "cpu_percent": _DEPLOY,
        "cpu_period": _DEPLOY,
        "cpu_rt_period": "a swarm has nothing like it",
        "cpu_rt_runtime": "a swarm has nothing like it",
        "cpus": _DEPLOY,
        "develop": "a swarm runs images, it does not watch sources",
        "device_cgroup_rules": "a swarm has nothing like it",
        "dns_opt": "a stack file cannot say it",
        "gpus": "use deploy.resources.reservations.generic_resources",
        "group_add": "a stack file cannot say it",
        "label_file": "write the labels into the file",
        "mem_reservation": _DEPLOY,
        "mem_swappiness": "a stack file cannot say it",
        "models": "a swarm has nothing like it",
        "oom_kill_disable": "a swarm has nothing like it",
        "pids_limit": "use deploy.resources.limits.pids",
        "platform": "use deploy.placement.constraints",
        "post_start": "a swarm has nothing like it",
        "pre_stop": "a swarm has nothing like it",
        "profiles": "leave the service out, or set deploy.replicas to 0",
        "provider": "a swarm has nothing like it",
        "pull_policy": "the nodes of a swarm pull what they lack",
        "runtime": "a swarm has nothing like it",
        "scale": "use deploy.replicas",
        "storage_opt": "a swarm has nothing like it",
        "uts": "a swarm has nothing like it",
        "use_api_socket": "a swarm has nothing like it",
    },
    "secrets": {
        "content": "put it into a file",
        "environment": "put it into a file",
    },
    "configs": {
        "content": "put it into a file",
        "environment": "put it into a file",
    },
    "networks": {
        "enable_ipv4": "a stack file cannot say it",
        "enable_ipv6": "a stack file cannot say it",
    },
    "deploy.resources.reservations": {
        "devices": "use generic_resources",
    },
}
"""By the kind of mapping that the option stands in: what to do without it."""

_LONG_FORMS: Final = {
    "depends_on": "a list here, and a swarm starts all services at once",
    "env_file": "name the files",
    "published": "a number here",
}


def shorter(steps: tuple[str, ...]) -> str:
    """What to write where only `docker compose` takes another type; ``""`` if we do not know.

    Args:
        steps: the option, from the root of the file.
    """
    names = [step for step in steps[2:] if not step.isdecimal()]
    advice = _LONG_FORMS.get(names[-1], "") if names and steps[0] == "services" else ""
    return f"only `docker compose` knows this form: {advice}" if advice else ""


def instead(steps: tuple[str, ...], option: str) -> str:
    """What to do instead of an option that only `docker compose` knows; ``""`` if it is none.

    Args:
        steps: the mapping that the option stands in, from the root of the file.
        option: its name.
    """
    if not steps:
        where = ""
    elif len(steps) == 2:
        where = steps[0]
    else:
        where = ".".join(steps[2:])
    advice = INSTEAD.get(where, {}).get(option, "")
    return f"only `docker compose` knows it: {advice}" if advice else ""
