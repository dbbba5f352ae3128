"""Networks, secrets and configs of a stack; changes of nodes and of the swarm."""

from collections.abc import Callable
from ipaddress import ip_network
from typing import Any, Final

from swarmwire import pb
from swarmwire.policy.judging.naming import judge_annotations
from swarmwire.policy.judging.templates import judge_file_template
from swarmwire.policy.judging.unknown import judge_unknown
from swarmwire.policy.scope import Scope
from swarmwire.policy.violation import Violations, violation
from swarmwire.spec import field_differences

_ANY_SUBNET: Final = "*"


def judge_object(
    kind: str, spec: Any, scope: Scope, *, is_new: bool = False, old_stack: str = ""
) -> Violations:
    """Everything that the spec of a network, a secret or a config breaks.

    Args:
        kind: which of them.
        spec: what will be sent, or is stored.
        scope: what it is judged by.
        is_new: whether the object is being made.
        old_stack: the stack that it belongs to already; nothing if it is new.
    """
    yield from judge_unknown(kind, spec)
    yield from _OWN[kind](spec, scope)
    annotations = spec.annotations
    yield from judge_annotations(annotations, scope, kind=kind, is_new=is_new, old=old_stack)
    if annotations.indices:
        reason = "a field that the Engine API does not have"
        yield violation(f"{kind}.internal", ("Indices",), reason)


def _network(spec: pb.NetworkSpec, scope: Scope) -> Violations:
    rules, driver = scope.rules, spec.driver_config
    if driver.name not in {"", "overlay"} and not rules.opens("network.create.driver", driver.name):
        reason, opening = f"driver {driver.name}", f"network.create.driver:{driver.name}"
        yield violation("network.create.driver", ("Driver",), reason, "allow", opening)
    for name in sorted(driver.options):
        if name != "encrypted" and not rules.opens("network.create.option", name):
            reason, opening = f"option {name}", f"network.create.option:{name}"
            yield violation("network.create.option", ("Options",), reason, "allow", opening)
    yield from _addresses(spec.ipam, scope)
    if spec.ingress:
        reason = "the network of published ports"
        yield violation("network.create.ingress", ("Ingress",), reason)
    if spec.attachable and not rules.opens("network.create.attachable"):
        rule, reason = "network.create.attachable", "containers beside the swarm could join"
        yield violation(rule, ("Attachable",), reason, "allow", rule)
    if spec.HasField("network"):
        where = ("ConfigFrom", "Network")
        yield violation("network.create.config-from", where, "a configuration of the nodes")


def _addresses(ipam: pb.IPAMOptions, scope: Scope) -> Violations:
    rules = scope.rules
    given = ipam.driver
    if given.name not in {"", "default"} and not rules.opens("network.create.ipam", given.name):
        reason, opening = f"IPAM driver {given.name}", f"network.create.ipam:{given.name}"
        yield violation("network.create.ipam", ("IPAM", "Driver"), reason, "allow", opening)
    for name in sorted(given.options):
        if not rules.opens("network.create.ipam", name):
            reason, opening = f"IPAM option {name}", f"network.create.ipam:{name}"
            yield violation("network.create.ipam", ("IPAM", "Options"), reason, "allow", opening)
    pools = [item.name for item in rules.allow if item.rule == "network.create.subnet"]
    for index, config in enumerate(ipam.configs):
        for name, text in (("Subnet", config.subnet), ("IPRange", config.range)):
            if text and not any(_is_in(text, pool) for pool in pools):
                where, opening = ("IPAM", "Config", index, name), f"network.create.subnet:{text}"
                reason = f"{text} is in no pool of the policy"
                yield violation("network.create.subnet", where, reason, "allow", opening)
        if not config.subnet and (config.gateway or config.range or config.reserved):
            where = ("IPAM", "Config", index, "Gateway")
            yield violation("network.create.subnet", where, "addresses without a subnet")


def _is_in(subnet: str, pool: str) -> bool:
    if pool == _ANY_SUBNET:
        return True
    try:
        inner, outer = ip_network(subnet, strict=False), ip_network(pool, strict=False)
    except ValueError:
        return False
    return inner.version == outer.version and inner.subnet_of(outer)  # type: ignore[arg-type]


def _secret(spec: pb.SecretSpec, scope: Scope) -> Violations:
    driver = spec.driver
    if driver.ListFields() and not scope.rules.opens("secret.driver", driver.name):
        reason, opening = f"driver {driver.name}", f"secret.driver:{driver.name}"
        yield violation("secret.driver", ("Driver",), reason, "allow", opening)
    yield from judge_file_template("secret", spec, scope)


def _config(spec: pb.ConfigSpec, scope: Scope) -> Violations:
    yield from judge_file_template("config", spec, scope)


_OWN: Final[dict[str, Callable[[Any, Scope], Violations]]] = {
    "network": _network,
    "secret": _secret,
    "config": _config,
}


def judge_node(new: pb.NodeSpec, old: pb.NodeSpec, scope: Scope) -> Violations:
    """What changes of a node."""
    yield from judge_unknown("node", new)
    for found in field_differences(old, new):
        key = str(found.new_steps[-1]) if len(found.new_steps) > 1 else ""
        if found.new_steps == ("Membership",) and new.membership == pb.NodeSpec.PENDING:
            continue  # the Engine API has no word for it: each first update does that
        if found.new_steps[:1] == ("Availability",):
            if not scope.rules.opens("node.availability"):
                rule, reason = "node.availability", f"becomes {found.new}"
                yield violation(rule, found.new_steps, reason, "allow", rule)
        elif found.new_steps[:1] == ("Labels",):
            if not scope.rules.opens("node.labels", key):
                opening = f"node.labels:{key}"
                yield violation("node.labels", found.new_steps, f"label {key}", "allow", opening)
        else:
            yield violation("node.role", found.new_steps, "is not changed through a policy")


def judge_swarm(new: pb.ClusterSpec, old: pb.ClusterSpec, scope: Scope) -> Violations:
    """What changes of the swarm."""
    yield from judge_unknown("swarm", new)
    closed = {"CAConfig", "AcceptancePolicy", "Name", "Indices"}
    for found in field_differences(old, new):
        part = str(found.new_steps[0])
        if part in closed:
            yield violation("swarm.ca", found.new_steps, "is not changed through a policy")
        elif not scope.rules.opens("swarm.update", part):
            opening = f"swarm.update:{part}"
            yield violation("swarm.update", found.new_steps, f"{part} changes", "allow", opening)
