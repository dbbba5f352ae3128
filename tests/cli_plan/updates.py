"""Updates of running services: what is changed, and how many seconds a hopeless one may take.

Each changes the spec that the one before it left behind. Every chain has a service of its own, so
that chains run at the same time.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from swarmwire import pb
from tests.support.dockerd import IMAGE

HOPELESS = 2.5


class Update(NamedTuple):
    title: str
    change: Callable[[Any], object]
    timeout: float = 15.0


class Chain(NamedTuple):
    name: str
    updates: tuple[Update, ...]
    replicas: int = 1
    mode: Mapping[str, Any] = MappingProxyType({})


def _container(change):
    return lambda spec: change(spec.task.container)


def _set(path, value):
    """Set the field at a dotted path of the spec."""
    *parts, name = path.split(".")

    def change(spec):
        for part in parts:
            spec = getattr(spec, part)
        setattr(spec, name, value)

    return change


def _there(path):
    """Make the message at a path present, and nothing in it."""

    def change(spec):
        for part in path.split("."):
            spec = getattr(spec, part)
        spec.SetInParent()

    return change


def _gone(path):
    *parts, name = path.split(".")

    def change(spec):
        for part in parts:
            spec = getattr(spec, part)
        spec.ClearField(name)

    return change


def _label(value):
    return lambda spec: spec.annotations.labels.update({"a": value})


def _env(*variables):
    def change(spec):
        del spec.task.container.env[:]
        spec.task.container.env.extend(variables)

    return change


def _constraints(*constraints):
    def change(spec):
        del spec.task.placement.constraints[:]
        spec.task.placement.constraints.extend(constraints)

    return change


def _all(*changes):
    return lambda spec: [change(spec) for change in changes]


def _port(spec, target, published, mode):
    spec.endpoint.ports.add(target_port=target, published_port=published, publish_mode=mode)


def _swap_ports(spec):
    ports = list(
        reversed([pb.PortConfig.FromString(p.SerializeToString()) for p in spec.endpoint.ports])
    )
    del spec.endpoint.ports[:]
    spec.endpoint.ports.extend(ports)


HERE = "node.role==manager"
NOWHERE = "node.labels.nowhere==true"

METADATA = Chain(
    "metadata",
    (
        Update("the same spec again", lambda spec: None),
        Update("service label added", _label("1")),
        Update("service label changed", _label("2")),
        Update("service label removed", lambda spec: spec.annotations.labels.clear()),
        Update("update parallelism", _set("update.parallelism", 1)),
        Update("update order", _set("update.order", pb.UpdateConfig.START_FIRST)),
        Update("rollback config removed", _gone("rollback")),
        Update("rollback config added", _set("rollback.parallelism", 2)),
        Update("registry credentials", _set("task.container.pull_options.registry_auth", "e30=")),
        Update("other credentials", _set("task.container.pull_options.registry_auth", "e31=")),
        Update("two replicas more", _set("replicated.replicas", 4)),
        Update("three replicas fewer", _set("replicated.replicas", 1)),
        Update("more replicas and a label", _all(_set("replicated.replicas", 2), _label("3"))),
        Update("no replica", _set("replicated.replicas", 0)),
        Update("variable while there are no tasks", _env("Z=1")),
        Update("replicas again", _set("replicated.replicas", 2)),
        Update("more replicas and a variable", _all(_set("replicated.replicas", 3), _env("Z=2"))),
        Update("fewer replicas and a variable", _all(_set("replicated.replicas", 1), _env("Z=3"))),
    ),
    replicas=2,
)
PLACEMENT = Chain(
    "placement",
    (
        Update("empty placement", _there("task.placement")),
        Update("constraint that fits", _constraints(HERE)),
        Update("another that fits", _constraints("node.platform.os==linux")),
        Update(
            "spread preference",
            lambda spec: spec.task.placement.preferences.add().spread.MergeFrom(
                pb.SpreadOver(spread_descriptor="node.labels.rack")
            ),
        ),
        Update("most replicas per node", _set("task.placement.max_replicas", 5)),
        Update("platform", lambda spec: spec.task.placement.platforms.add(os="linux")),
        Update("placement and label", _all(_constraints(HERE), _label("p"))),
        Update("placement and variable", _all(_constraints(), _env("P=1"))),
        Update(
            "placement and credentials",
            _all(_constraints(HERE), _set("task.container.pull_options.registry_auth", "e30=")),
        ),
        Update("endpoint and placement at once", _all(_constraints(), _there("endpoint"))),
        Update("label after that", _label("q")),
        Update("constraint that fits nowhere", _constraints(NOWHERE), HOPELESS),
        Update("constraint removed again", _constraints()),
    ),
    replicas=2,
)
PROCESS = Chain(
    "process",
    (
        Update("variable added", _env("A=1", "B=2")),
        Update("order of variables", _env("B=2", "A=1")),
        Update("variable removed", _env("B=2")),
        Update(
            "image by its full name", _set("task.container.image", f"docker.io/library/{IMAGE}")
        ),
        Update("container label", lambda spec: spec.task.container.labels.update({"x": "y"})),
        Update("command", lambda spec: spec.task.container.command.__setitem__(1, "100001")),
        Update("arguments", lambda spec: spec.task.container.args.append("1")),
        Update("working directory", _set("task.container.dir", "/")),
        Update("user", _set("task.container.user", "0")),
        Update("host name", _set("task.container.hostname", "h")),
        Update("terminal", _set("task.container.tty", True)),
        Update("standard input", _set("task.container.open_stdin", True)),
        Update("read-only", _set("task.container.read_only", True)),
        Update("hosts", lambda spec: spec.task.container.hosts.append("10.1.1.1 db")),
        Update("groups", lambda spec: spec.task.container.groups.append("0")),
    ),
)
PRESENCE = Chain(
    "presence",
    (
        Update(
            "init absent to false",
            lambda spec: (
                spec.task.container.init.MergeFrom(pb.BoolValue())
                or spec.task.container.init.SetInParent()
            ),
        ),
        Update("init false to absent", _gone("task.container.init")),
        Update("privileges absent to empty", _there("task.container.privileges")),
        Update("privileges empty to absent", _gone("task.container.privileges")),
        Update("DNS absent to empty", _there("task.container.dns_config")),
        Update("DNS empty to absent", _gone("task.container.dns_config")),
        Update("health check that says nothing", _there("task.container.healthcheck")),
        Update(
            "start interval absent to zero", _there("task.container.healthcheck.start_interval")
        ),
        Update("no health check", _gone("task.container.healthcheck")),
        Update("resources absent to empty", _there("task.resources")),
        Update("limits absent to empty", _there("task.resources.limits")),
        Update("resources to absent", _gone("task.resources")),
        Update("log driver by name", _set("task.log_driver.name", "json-file")),
        Update("log driver without a name", _set("task.log_driver.name", "")),
        Update("log driver to absent", _gone("task.log_driver")),
    ),
)
TASK = Chain(
    "task",
    (
        Update("restart condition", _set("task.restart.condition", pb.RestartPolicy.ON_FAILURE)),
        Update("restart attempts", _set("task.restart.max_attempts", 9)),
        Update("grace period", _set("task.container.stop_grace_period.seconds", 1)),
        Update("memory limit", _set("task.resources.limits.memory_bytes", 64 << 20)),
        Update("memory reservation", _set("task.resources.reservations.memory_bytes", 6 << 20)),
        Update("limit of processes", _set("task.container.pidsLimit", 50)),
        Update("forced", _set("task.force_update", 1)),
        Update("forced again", _set("task.force_update", 2)),
        Update(
            "capability", lambda spec: spec.task.container.capability_add.append("CAP_SYS_NICE")
        ),
        Update(
            "ulimit", lambda spec: spec.task.container.ulimits.add(name="nofile", soft=64, hard=64)
        ),
        Update(
            "tmpfs", lambda spec: spec.task.container.mounts.add(type=pb.Mount.TMPFS, target="/t")
        ),
        Update(
            "tmpfs options as newer engines write none",
            lambda spec: setattr(spec.task.container.mounts[0].tmpfs_options, "options", "null"),
        ),
        Update("mount removed", _gone("task.container.mounts")),
        Update("secret", lambda spec: _refer(spec, "secret")),
        Update(
            "mode of the secret's file",
            lambda spec: setattr(spec.task.container.secrets[0].file, "mode", 0o400),
        ),
        Update("config", lambda spec: _refer(spec, "config")),
    ),
)
ENDPOINT = Chain(
    "endpoint",
    (
        Update("endpoint absent to empty", _there("endpoint")),
        Update("DNS round robin", _set("endpoint.mode", pb.EndpointSpec.DNSRR)),
        Update("virtual address", _set("endpoint.mode", pb.EndpointSpec.VIP)),
        Update("port of the host", lambda spec: _port(spec, 80, 18080, pb.PortConfig.HOST)),
        Update("second port", lambda spec: _port(spec, 81, 18081, pb.PortConfig.HOST)),
        Update("ports in another order", _swap_ports),
        Update("label after that", _label("e")),
        Update("name of a port", lambda spec: setattr(spec.endpoint.ports[0], "name", "www")),
        Update(
            "published port", lambda spec: setattr(spec.endpoint.ports[0], "published_port", 18082)
        ),
        Update("no endpoint", _gone("endpoint")),
        Update("network", lambda spec: spec.task.networks.add(target="<network>")),
        Update("alias in the network", lambda spec: spec.task.networks[0].aliases.append("db")),
        Update("no network", _gone("task.networks")),
    ),
)
EVERYWHERE = Chain(
    "everywhere",
    (
        Update("global: label", _label("g")),
        Update("global: variable", _env("G=1")),
        Update("global: constraint that fits", _constraints(HERE)),
        Update("global: constraint that fits nowhere", _constraints(NOWHERE), HOPELESS),
        Update("global: constraint removed", _constraints()),
    ),
    mode={"global": pb.GlobalService()},
)
JOB = Chain(
    "job",
    (
        Update("job: label", _label("j")),
        Update("job: the same spec again", lambda spec: None),
    ),
    mode={"replicated_job": pb.ReplicatedJob(max_concurrent=1, total_completions=1)},
)


def _refer(spec, kind):
    references = getattr(spec.task.container, f"{kind}s")
    reference = references.add(**{f"{kind}_id": f"<{kind}>", f"{kind}_name": f"a-{kind}"})
    reference.file.name = f"a-{kind}"
    reference.file.uid = reference.file.gid = "0"
    reference.file.mode = 0o444


CHAINS = (METADATA, PLACEMENT, PROCESS, PRESENCE, TASK, ENDPOINT, EVERYWHERE, JOB)
