"""Names and labels: to which stack an object belongs, and whom its labels speak to."""

from collections.abc import Mapping
from typing import Final

from swarmwire import pb
from swarmwire.errors import MapKey
from swarmwire.policy.patterns import any_matches
from swarmwire.policy.scope import STACK_LABEL, Scope
from swarmwire.policy.violation import Violations, violation
from swarmwire.spec import Steps

_RESERVED: Final = ("com.docker.swarm.*", "com.docker.network.*")
_AUTOMATION: Final = (
    "traefik.*",
    "swarm.cronjob.*",
    "ofelia.*",
    "bunkerweb.*",
    "caddy*",
    "chadburn.*",
    "co.elastic.*",
    "com.centurylinklabs.*",
    "com.datadoghq.*",
    "com.df.*",
    "com.docker.lb.*",
    "com.docker.ucp.*",
    "deck-chores.*",
    "diun.*",
    "docker-volume-backup.*",
    "dockflare.*",
    "easyhaproxy.*",
    "gantry.*",
    "io.portainer.*",
    "kuma.*",
    "sablier.*",
    "shepherd.*",
    "swarm.autoscaler*",
    "swarmpit.*",
    "tsdproxy.*",
    "wud.*",
)
"""Labels that others obey: proxies, schedulers, updaters, backups, managers of access, agents that
watch what they are told to."""
_LARGEST: Final = 64 * 1024


def judge_annotations(
    annotations: pb.Annotations, scope: Scope, *, kind: str, is_new: bool, old: str = ""
) -> Violations:
    """The name and the labels of an object of a stack.

    Args:
        annotations: those of its spec.
        scope: what it is judged by.
        kind: what it is; services have rules of their own.
        is_new: whether it is being made.
        old: the stack that it belongs to already; nothing if it is new.
    """
    of = "" if kind == "service" else f"{kind}."
    yield from _namespace(annotations, scope, f"{of or 'label.'}namespace", old)
    yield from _labels(annotations.labels, ("Labels",), f"{of}label-reserved" if of else "")
    if is_new:
        yield from _name(annotations.name, scope, f"{of}name")
    if of:
        rule = f"{of}label-size"
        yield from _size(annotations.labels, ("Labels",), rule, scope)


def judge_service_labels(spec: pb.ServiceSpec, scope: Scope) -> Violations:
    """What is particular to services: labels of containers, and labels that others obey."""
    at = ("TaskTemplate", "ContainerSpec", "Labels")
    inner = spec.task.container.labels
    stack = inner.get(STACK_LABEL)
    if stack is not None and stack != spec.annotations.labels.get(STACK_LABEL):
        where = (*at, MapKey(STACK_LABEL))
        yield violation("label.namespace", where, "not the stack of the service")
    yield from _labels(inner, at, "")
    for labels, place in ((spec.annotations.labels, ("Labels",)), (inner, at)):
        for key in sorted(labels):
            if any_matches(_AUTOMATION, key.lower()) and not scope.rules.opens_value(
                "label.automation", key, labels[key]
            ):
                where, opening = (*place, MapKey(key)), f"label:{key}"
                yield violation("label.automation", where, f"label {key}", "allow", opening)
    both = {f"service {key}": value for key, value in spec.annotations.labels.items()}
    both |= {f"container {key}": value for key, value in inner.items()}
    yield from _size(both, ("Labels",), "label.size", scope)


def _namespace(annotations: pb.Annotations, scope: Scope, rule: str, old: str) -> Violations:
    where = ("Labels", MapKey(STACK_LABEL))
    stack = annotations.labels.get(STACK_LABEL, "")
    if not stack:
        yield violation(rule, where, "must be the stack that it belongs to")
    elif not any_matches(scope.stacks, stack):
        reason = f"stack {stack} is none of the client's"
        yield violation(rule, where, reason, "stacks", stack)
    elif old and stack != old:
        yield violation(rule, where, f"stays {old}: an object does not change its stack")


def _labels(labels: Mapping[str, str], at: Steps, rule: str) -> Violations:
    for key in sorted(labels):
        if any_matches(_RESERVED, key):
            where = (*at, MapKey(key))
            yield violation(rule or "label.reserved", where, f"label {key} is the engine's own")


def _name(name: str, scope: Scope, rule: str) -> Violations:
    prefix = f"{scope.stack}_"
    if not scope.stack:
        if not name:
            yield violation(rule, ("Name",), "is empty")
    elif not name.startswith(prefix) or name == prefix:
        yield violation(rule, ("Name",), f"must begin with {prefix}")
    elif scope.rivals.claim(name):
        reason = f"{name} is a name of another stack, whose own name begins with {prefix}"
        yield violation(rule, ("Name",), reason)


def _size(labels: Mapping[str, str], at: Steps, rule: str, scope: Scope) -> Violations:
    size = sum(len(key.encode()) + len(value.encode()) for key, value in labels.items())
    if size > _LARGEST and not scope.rules.opens(rule):
        reason = f"labels of {size} bytes, {_LARGEST} at most"
        yield violation(rule, at, reason, "allow", rule)
