"""Options of services that the docker command ignores, warns of, or refuses.

Source: docker/cli cli/compose/types/types.go; cli/command/stack/loader.go.
"""

from typing import Final

from swarmwire.errors import StackProblem
from swarmwire.stack.places import GeneralMap, Located

UNSUPPORTED: Final = (
    "build",
    "cgroup_parent",
    "cgroupns_mode",
    "devices",
    "domainname",
    "external_links",
    "ipc",
    "links",
    "mac_address",
    "network_mode",
    "pid",
    "privileged",
    "restart",
    "security_opt",
    "shm_size",
    "userns_mode",
)
"""Read, and ignored with a warning."""

DEPRECATED: Final = {
    "container_name": "Setting the container name is not supported.",
    "expose": (
        "Exposing ports is unnecessary - services on the same network can access each other's "
        "containers on any port."
    ),
}
"""Ignored with a warning of their own."""

_LIMITS: Final = "Set resource limits using deploy.resources"
_DEFINE: Final = "using the top-level `volumes` option and"
FORBIDDEN: Final = {
    "extends": "Support for `extends` is not implemented yet.",
    "volume_driver": (
        "Instead of setting the volume driver on the service, define a volume using the top-level "
        "`volumes` option and specify the driver there."
    ),
    "volumes_from": (
        f"To share a volume between services, define it {_DEFINE} reference it from each service "
        "that shares it using the service-level `volumes` option."
    ),
    "cpu_quota": _LIMITS,
    "cpu_shares": _LIMITS,
    "cpuset": _LIMITS,
    "mem_limit": _LIMITS,
    "memswap_limit": _LIMITS,
}
"""Refused."""


def ignored(roots: list[Located]) -> tuple[str, ...]:
    """The unsupported options that any service of the files has, sorted."""
    used = {option for root in roots for _, service in _services(root) for option in service}
    return tuple(sorted(used & set(UNSUPPORTED)))


def deprecated(roots: list[Located]) -> dict[str, str]:
    """The deprecated options that any service of the files has, and what is said of each."""
    used = {option for root in roots for _, service in _services(root) for option in service}
    return {option: text for option, text in DEPRECATED.items() if option in used}


def forbidden(root: Located) -> list[StackProblem]:
    """Each place where an option stands that no stack file may have."""
    return [
        _forbidden(name, option, entry)
        for name, service in _services(root)
        for option, entry in service.items()
        if option in FORBIDDEN
    ]


def _forbidden(name: str, option: str, entry: Located) -> StackProblem:
    path = f"services.{name}.{option}"
    return StackProblem(*(entry.key or entry.place), path, f"{option}: {FORBIDDEN[option]}")


def _services(root: Located) -> list[tuple[str, dict[str, Located]]]:
    section = root.value.get("services")
    if section is None or not _is_text_map(section):
        return []
    return [(name, one.value) for name, one in section.value.items() if _is_text_map(one)]


def _is_text_map(located: Located) -> bool:
    return isinstance(located.value, dict) and not isinstance(located.value, GeneralMap)
