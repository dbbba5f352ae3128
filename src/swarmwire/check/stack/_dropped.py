"""What the docker command ignores or drops silently: what the files say and no body holds.

No table says which options are dropped. Every value that is sent knows its place, so a value whose
place is in no body was dropped.
"""

from collections.abc import Iterator
from typing import Any, Final

from swarmwire.check._finding import Finding, Severity, shown
from swarmwire.check.stack._places import SECTIONS, Path, Spot, entries, finding
from swarmwire.errors import MapKey
from swarmwire.stack import Place
from swarmwire.stack.options import DEPRECATED, UNSUPPORTED
from swarmwire.stack.places import Located

_FOLLOWED: Final = frozenset(
    {
        ("services", "env_file"),
        ("services", "healthcheck", "disable"),
        ("services", "secrets", "source"),
        ("services", "configs", "source"),
        ("services", "credential_spec", "config"),
        ("services", "volumes", "source"),
        *((section, "external") for section in SECTIONS),
    }
)
"""What is obeyed, though no body holds it: names of what another option says, and switches."""

_PRIVATE: Final = frozenset(
    {
        *("args", "build", "command", "driver_opts", "entrypoint", "environment", "labels"),
        *("options", "sysctls", "test"),
    }
)
"""Options whose values may be secrets, or hold them."""

_INSTEAD: Final = {
    ("services", "build"): "build and push the image before: a swarm only pulls",
    ("services", "container_name"): "leave it out: each task has a name of its own",
    ("services", "depends_on"): "let the service wait by itself: a swarm starts all at once",
    ("services", "devices"): "a service of a swarm has no devices",
    ("services", "expose"): "leave it out: services reach all ports of each other",
    ("services", "links"): "use a network: services find each other there by name",
    ("services", "external_links"): "use a network that both join",
    ("services", "network_mode"): "use networks; the host's is the external network host",
    ("services", "networks", "ipv4_address"): "use a name: tasks have no fixed addresses",
    ("services", "networks", "ipv6_address"): "use a name: tasks have no fixed addresses",
    ("services", "oom_score_adj"): (
        "docker service update --oom-score-adj can say it, a stack file cannot"
    ),
    ("services", "privileged"): "use cap_add; a service of a swarm is never privileged",
    ("services", "restart"): "use deploy.restart_policy",
    ("services", "shm_size"): "mount a volume of type tmpfs at /dev/shm",
    ("services", "tmpfs"): "use volumes with type: tmpfs",
    ("services", "volumes", "bind", "create_host_path"): (
        "leave it out: the path must be there on every node that runs the service"
    ),
    ("services", "volumes", "tmpfs", "mode"): (
        "docker service create --mount type=tmpfs,tmpfs-mode=… can say it, a stack file cannot"
    ),
    ("volumes", "x-cluster-spec"): "create the volume with docker volume create --type",
}


def dropped(
    roots: tuple[Located, ...], held: frozenset[Place], skipped: frozenset[Path]
) -> Iterator[Finding]:
    """What is dropped of each file.

    Args:
        roots: the mapping of each file.
        held: the places of all that is sent.
        skipped: objects of which it is not known what would be sent, or of which it is told
            elsewhere.
    """
    for number, root in enumerate(roots):
        later = roots[number + 1 :]
        for section in SECTIONS:
            for path, one in entries(root.value.get(section, root.with_value({})), (section,)):
                if path not in skipped and isinstance(one.value, dict):
                    for found in _Walk(held).within(one, path):
                        if not any(_is_replaced(other, found.path) for other in later):
                            yield found.told()


class _Value:
    """A value that nothing of the bodies came from."""

    def __init__(self, path: Path, located: Located, *, is_used: bool = False) -> None:
        self.path = path
        self._located = located
        self._is_used = is_used

    def told(self) -> Finding:
        """The finding about it."""
        at, option = self._located, pattern(self.path)
        spot = Spot(self.path, at.key or at.place if self.path[-1][:1] != "[" else at.place)
        rule, code = self._rule(option[-1] if len(option) == 2 else "")
        severity: Severity = "hint" if self._is_used else "lost"
        is_private = bool(_PRIVATE.intersection(self.path[2:]))
        steps = (MapKey("value"),) if is_private and not isinstance(at.value, dict) else ()
        value = shown(_plain(at.value), steps)
        fix = _INSTEAD.get(option, "")
        return finding(severity, spot, rule, code=code, value=value, fix=fix)

    def _rule(self, option: str) -> tuple[str, str]:
        if self.path[0] == "services" and option in UNSUPPORTED:
            more = ", and using it all the same" if self._is_used else ""
            return f"Ignoring unsupported options: {option}{more}", "unsupported-option"
        if self.path[0] == "services" and option in DEPRECATED:
            text = f"Ignoring deprecated options: {option}: {DEPRECATED[option]}"
            return text, "deprecated-option"
        return "the docker command reads this and silently drops it", "dropped-option"


class _Walk:
    def __init__(self, held: frozenset[Place]) -> None:
        self._held = held

    def within(self, located: Located, path: Path) -> Iterator[_Value]:
        """The outermost values within that are dropped."""
        for inner, entry in entries(located, path):
            option = pattern(inner)
            if _says_nothing(entry.value) or _is_extension(option) or option in _FOLLOWED:
                continue
            if not self._is_held(entry):
                yield _Value(inner, entry)
                continue
            if option[0] == "services" and len(option) == 2 and option[1] in UNSUPPORTED:
                yield _Value(inner, entry, is_used=True)
            yield from self.within(entry, inner)

    def _is_held(self, located: Located) -> bool:
        return located.place in self._held or any(
            self._is_held(entry) for _, entry in entries(located, ())
        )


def pattern(path: Path) -> Path:
    """The option without names and numbers: ``("services", "ports", "mode")``."""
    section, *rest = path
    steps = [step for step in rest[1:] if not step.startswith("[")]
    if section == "services" and steps[:1] in (["networks"], ["ulimits"]):
        del steps[1:2]
    return (section, *steps)


def _is_extension(option: Path) -> bool:
    return option[-1].startswith("x-") and option not in _INSTEAD


def _says_nothing(value: object) -> bool:
    return value is None or value in ("", [], {})


def _is_replaced(later: Located, path: Path) -> bool:
    """Whether a later file says something in place of a value; objects are replaced as a whole."""
    located: Located | None = later
    for number, step in enumerate(path):
        value: Any = None if located is None else located.value
        if not isinstance(value, dict):
            # A list or a text in place of a mapping, or entries of lists, which go by a key. Of an
            # entry that is replaced nothing is held; where some of it is, the rest is dropped.
            return 2 < number == len(path) - 1
        located = value.get(step)
        if located is None:
            return False
        if number == 1 and path[0] != "services":
            return True
    return True


def _plain(value: Any) -> Any:
    """A value as ``shown`` takes it: of what is large, the size counts."""
    return value if isinstance(value, str | int | float | list | dict) else str(value)
