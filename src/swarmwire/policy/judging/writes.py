"""A write as a whole: whose object it is about, what was stored, what will be."""

from itertools import islice
from typing import Any, Final

from swarmwire import pb
from swarmwire.policy.catalogue import RULES
from swarmwire.policy.fields import set_fields
from swarmwire.policy.judging.objects import judge_node, judge_object, judge_swarm
from swarmwire.policy.judging.references import judge_credentials
from swarmwire.policy.judging.services import judge_service
from swarmwire.policy.patterns import any_matches
from swarmwire.policy.scope import STACK_LABEL, Scope
from swarmwire.policy.violation import Violations, violation

_CLOSED: Final = {
    "swarm": "swarm.membership",
    "network": "network.connect",
    "volume": "volumes",
}
"""Which rule refuses the operations of a kind that no policy opens."""
_OF_STACKS: Final = frozenset({"service", "network", "secret", "config"})
_LARGEST: Final = 256 * 1024
_MOST_VALUES: Final = 10_000
_MOST_STACKS: Final = 100
_ENDS: Final = frozenset({"limit", "require"})
"""Rules that what is stored may break: they bound, and they can be met by the update itself."""


def judge(operation: str, kind: str, new: Any, old: Any, scope: Scope) -> Violations:
    """Everything that a write breaks.

    Args:
        operation: ``service.update``: the kind, and what is done.
        kind: the kind of object.
        new: the spec that will be sent; None for what sends none.
        old: the stored object, or its spec; None if there is none.
        scope: what it is judged by, without the stack.
    """
    named, _, verb = operation.partition(".")
    if named != kind:
        yield violation("write", (), f"{operation} is nothing that is done to a {kind}")
        return
    if isinstance(old, pb.ServiceSpec):
        old = pb.Service(spec=old)
    stored = _spec_of(old)
    if kind in _OF_STACKS and verb in {"create", "update", "rollback", "remove"}:
        yield from _of_stack(verb, kind, new, old, scope)
    elif operation == "node.update" and new is not None and stored is not None:
        yield from judge_node(new, stored, scope)
    elif operation == "node.remove":
        if not scope.rules.opens("node.remove"):
            yield violation("node.remove", (), "nodes are not removed", "allow", "node.remove")
    elif operation == "swarm.update" and new is not None and stored is not None:
        yield from judge_swarm(new, stored, scope)
    else:
        rule = operation if operation in RULES else _CLOSED.get(kind, "write")
        yield violation(rule, (), f"{operation} is not done through a policy")


def _spec_of(message: Any) -> Any:
    """The spec of a stored object; a spec itself as it is."""
    return getattr(message, "spec", message)


def _of_stack(verb: str, kind: str, new: Any, old: Any, scope: Scope) -> Violations:
    stored = _spec_of(old)
    if verb == "create":
        yield from _create(kind, new, scope)
    elif stored is None or not scope.owns(stored.annotations.labels):
        yield violation("update.foreign", (), f"the {kind} is of no stack of the client")
    elif verb != "remove":
        stack = stored.annotations.labels[STACK_LABEL]
        yield from _update(verb, kind, new, old, scope._replace(stack=stack))


def _create(kind: str, new: Any, scope: Scope) -> Violations:
    if new is None:
        yield violation("write", (), "there is nothing to create")
        return
    stack = new.annotations.labels.get(STACK_LABEL, "")
    inner = scope._replace(stack=stack if any_matches(scope.stacks, stack) else "")
    yield from _count(kind, inner)
    yield from _count_stacks(inner)
    yield from _judge_spec(kind, new, inner, is_new=True)


def _update(verb: str, kind: str, new: Any, old: Any, scope: Scope) -> Violations:
    """What an update breaks; ``scope`` has the stack that the stored object belongs to."""
    if verb == "rollback":
        new = old.previous_spec if _has_previous(old) else None
    if new is None:
        rule = "rollback" if verb == "rollback" else "update.foreign"
        yield violation(rule, (), "there is no spec to go to")
        return
    yield from _judge_spec(kind, new, scope, old_stack=scope.stack)
    if kind == "service" and verb == "update":
        yield from judge_credentials(new, old)
    for found in _judge_spec(kind, _spec_of(old), scope, old_stack=scope.stack):
        if RULES[found.rule].default not in _ENDS:
            reason = f"what is stored would not pass {found.rule}: {found.text}"
            yield found._replace(rule="update.foreign", text=reason)


def _has_previous(old: Any) -> bool:
    return isinstance(old, pb.Service) and old.HasField("previous_spec")


def _count(kind: str, scope: Scope) -> Violations:
    word = f"{kind}s"
    most, count = getattr(scope.rules.maxima, word), getattr(scope.counts, word)
    if count >= most:
        reason = f"{count + 1} {word} in the stack, {most} at most"
        rule = "stack.services" if kind == "service" else "stack.objects"
        yield violation(rule, (), reason, f"max.{word}", count + 1)


def _count_stacks(scope: Scope) -> Violations:
    """Whether the client may have one more stack, if what is made is the first of one."""
    is_open = any("*" in pattern for pattern in scope.stacks)
    most = scope.rules.maxima.stacks
    if most is None and is_open:
        most = _MOST_STACKS
    if most is None or not scope.stack or scope.stack in scope.counts.stacks:
        return
    count = sum(1 for stack in scope.counts.stacks if any_matches(scope.stacks, stack))
    if count >= most:
        reason = f"{count + 1} stacks of the client, {most} at most"
        yield violation("stack.count", (), reason, "max.stacks", count + 1)


def _judge_spec(
    kind: str, spec: Any, scope: Scope, *, is_new: bool = False, old_stack: str = ""
) -> Violations:
    if reason := _excess(spec, scope):
        # nothing else is looked at: that alone would take long
        yield violation("spec.size", (), reason, "allow", "spec.size")
    elif kind == "service":
        yield from judge_service(spec, scope, is_new=is_new, old_stack=old_stack)
    else:
        yield from judge_object(kind, spec, scope, is_new=is_new, old_stack=old_stack)


def _excess(spec: Any, scope: Scope) -> str:
    """What is too much of a spec; nothing if it is not. Data of secrets and configs is not meant.

    Managers, and whoever follows them, hold the spec of a service once more for each task.
    """
    if scope.rules.opens("spec.size"):
        return ""
    size = spec.ByteSize() - len(getattr(spec, "data", b""))
    if size > _LARGEST:
        return f"a spec of {size} bytes, {_LARGEST} at most"
    if any(True for _ in islice(set_fields(spec), _MOST_VALUES, None)):
        return f"a spec of more than {_MOST_VALUES} values"
    return ""
