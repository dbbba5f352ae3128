"""What is deployed on a real swarm of three nodes, one step after another.

The first node is the manager, in zone a, with two GPUs by number; the second one, in zone b, has
two by name; the third one, in zone b, has none. All have the memory and the CPUs of the machine.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from swarmwire import pb
from tests.support.dockerd import IMAGE

ZONE_A = "node.labels.zone==a"
ZONE_B = "node.labels.zone==b"
DRAIN, PAUSE = pb.NodeSpec.DRAIN, pb.NodeSpec.PAUSE
Change = Callable[[pb.ServiceSpec], object]


@dataclass(frozen=True)
class Case:
    """One thing that is done, after others.

    ``before`` are services that run when it is done, as keywords of ``spec_of``, and ``wanted`` is
    the new one or, if ``update`` is true, what the last of them becomes. Memory and CPUs are parts
    of what a node has. ``nodes`` gives nodes, by their number, another availability. ``stuck``
    tells that the node gets no address in the network, so that the tasks there do not run.
    """

    name: str
    wanted: dict[str, Any] = field(default_factory=dict)
    before: tuple[dict[str, Any], ...] = ()
    update: bool = False
    nodes: dict[int, Any] = field(default_factory=dict)
    network: str = ""
    stuck: bool = False


def spec_of(
    name="web",
    replicas=1,
    *,
    env="",
    constraints=(),
    most=0,
    memory=0.0,
    cpus=0.0,
    generic=(),
    ports=(),
    platform=None,
    log="",
    volume=None,
    spread=(),
    everywhere=False,
    job=None,
    networks=(),
    dnsrr=False,
    order="STOP_FIRST",
    parallelism=1,
    node=None,
):
    """A spec whose containers start and stop at once, for a machine like ``node``."""
    spec = pb.ServiceSpec()
    spec.annotations.name = name
    container = spec.task.container
    container.image = IMAGE
    container.command.extend(["sleep", "100000"])
    container.stop_signal = "SIGKILL"
    container.env.extend(filter(None, [env]))
    if volume:
        mount = container.mounts.add(type="VOLUME", source="data", target="/data")
        mount.volume_options.driver_config.name = volume
    if log:
        spec.task.log_driver.name = log
    for network in networks:
        spec.task.networks.add(target=network)
    _reserve(spec.task.resources.reservations, node, memory, cpus, generic)
    placement = spec.task.placement
    placement.MergeFrom(pb.Placement(constraints=constraints, max_replicas=most))
    for label in spread:
        placement.preferences.add().spread.spread_descriptor = label
    if platform:
        placement.platforms.add(os=platform[0], architecture=platform[1])
    for number in ports:
        spec.endpoint.ports.add(target_port=80, published_port=number, publish_mode="HOST")
    if dnsrr:
        spec.endpoint.MergeFrom(pb.EndpointSpec(mode="DNSRR"))
    if job:
        spec.replicated_job.MergeFrom(
            pb.ReplicatedJob(max_concurrent=job[0], total_completions=job[1])
        )
        return spec
    if everywhere:
        getattr(spec, "global").SetInParent()
    else:
        spec.replicated.replicas = replicas
    spec.update.MergeFrom(pb.UpdateConfig(order=order, parallelism=parallelism))
    spec.update.monitor.nanos = 1_000_000
    return spec


def _reserve(reserved, node, memory, cpus, generic):
    """Parts of what a node has."""
    resources = node.description.resources
    reserved.memory_bytes = int(memory * resources.memory_bytes)
    reserved.nano_cpus = int(cpus * resources.nano_cpus)
    for kind, value in generic:
        discrete = pb.DiscreteGenericResource(kind=kind, value=value)
        reserved.generic.add().discrete_resource_spec.CopyFrom(discrete)


def new(name, *, before=(), nodes=None, network="", stuck=False, **wanted):
    return Case(name, wanted, before, nodes=nodes or {}, network=network, stuck=stuck)


def update(name, before, *others, network="", nodes=None, **changes):
    """The last service becomes another one: its keywords with changes, and another variable."""
    wanted = {**before, "env": "A=2", **changes}
    return Case(name, wanted, (*others, before), update=True, nodes=nodes or {}, network=network)


FULL = {"replicas": 3, "memory": 0.6}
START = {"order": "START_FIRST"}

CASES = (
    new("one"),
    new("one each", replicas=3),
    new("four", replicas=4),
    new("seven", replicas=7),
    new("zone a", replicas=2, constraints=[ZONE_A]),
    new("not zone a", replicas=2, constraints=["node.labels.zone!=a"]),
    new("workers", replicas=4, constraints=["node.role==worker"]),
    new("managers", replicas=2, constraints=["node.role == Manager"]),
    new("case does not count", replicas=2, constraints=["node.labels.zone==B"]),
    new("no such key", replicas=2, constraints=["region==eu"]),
    new("no such label", replicas=2, constraints=["node.labels.zone==c"]),
    new("no node meets both", constraints=[ZONE_A, "node.role==worker"]),
    new("one per node", replicas=5, most=1),
    new("two per node", replicas=4, most=2),
    new("one per node of zone b", replicas=3, most=1, constraints=[ZONE_B]),
    new("too much memory", replicas=2, memory=1.5),
    new("more than half of the memory", replicas=4, memory=0.6),
    new("two fifths of the memory", replicas=7, memory=0.4),
    new("memory of zone b", replicas=3, memory=0.6, constraints=[ZONE_B]),
    new("all CPUs", replicas=4, cpus=1),
    new("too many CPUs", cpus=2),
    new("CPUs and memory", replicas=4, cpus=0.6, memory=0.3),
    new("one GPU", replicas=5, generic=[("gpu", 1)]),
    new("two GPUs", replicas=3, generic=[("gpu", 2)]),
    new("three GPUs", generic=[("gpu", 3)]),
    new("no such resource", replicas=2, generic=[("fpga", 1)]),
    new("a host port", replicas=3, ports=[8101]),
    new("a host port too often", replicas=5, ports=[8102]),
    new("two host ports of zone b", replicas=3, ports=[8103, 8104], constraints=[ZONE_B]),
    new("another system", replicas=2, platform=("plan9", "mips")),
    new("no such log driver", replicas=2, log="loki"),
    new("a log driver", replicas=2, log="json-file"),
    new("no such volume driver", volume="nfs"),
    new("volumes of the engine", replicas=2, volume="local"),
    new("spread over zones", replicas=4, spread=["node.labels.zone"]),
    new("spread, and one branch is full", replicas=5, spread=["node.labels.zone"], memory=0.4),
    new("spread over nothing", replicas=3, spread=["engine.labels.none"]),
    new("everywhere", everywhere=True),
    new("everywhere in zone b", everywhere=True, constraints=[ZONE_B]),
    new("everywhere with GPUs", everywhere=True, generic=[("gpu", 2)]),
    new("everywhere too much memory", everywhere=True, memory=1.5),
    new("everywhere but one that is drained", everywhere=True, nodes={3: DRAIN}),
    new("one node is drained", replicas=3, nodes={3: DRAIN}),
    new("one node is paused", replicas=5, most=2, nodes={2: PAUSE}),
    new("all that fit are drained", replicas=2, constraints=[ZONE_B], nodes={2: DRAIN, 3: DRAIN}),
    new("a job", job=(2, 5)),
    new("a job that is too large", job=(3, 3), memory=1.5),
    new("a job that fits in part", job=(5, 5), memory=0.6),
    new("others have the port", ports=[8105], before=({"everywhere": True, "ports": [8105]},)),
    new(
        "one has the memory",
        replicas=3,
        memory=0.6,
        before=({"constraints": [ZONE_A], "memory": 0.6},),
    ),
    new("nodes with less come first", replicas=3, before=({"replicas": 2, "most": 1},)),
    new(
        "an imbalance is filled up",
        replicas=4,
        before=({"replicas": 4, "constraints": [ZONE_A]},),
    ),
    new("a small network", replicas=3, network="10.9.1.0/29", constraints=[ZONE_A]),
    new("too small a network", replicas=7, network="10.9.2.0/29", constraints=[ZONE_A], stuck=True),
    new("no room for a virtual address", replicas=2, network="10.9.3.0/30", constraints=[ZONE_A]),
    new(
        "no virtual address",
        replicas=6,
        network="10.9.4.0/29",
        constraints=[ZONE_A],
        dnsrr=True,
        stuck=True,
    ),
    update("stop first on full nodes", FULL),
    update("start first on full nodes", FULL | START),
    update("start first, two at a time", FULL | START | {"parallelism": 2}),
    update("start first with room", {"replicas": 3, "memory": 0.3} | START),
    update("start first with a free node", {"replicas": 2, "memory": 0.6} | START),
    update("stop first with a host port", {"replicas": 3, "ports": [8106]}),
    update("start first with a host port", {"replicas": 3, "ports": [8107]} | START),
    update("start first, one per node", {"replicas": 3, "most": 1} | START),
    update("stop first, one per node", {"replicas": 3, "most": 1}),
    update("start first, one per node, one free", {"replicas": 2, "most": 1} | START),
    update("more memory than there is", FULL, memory=1.5),
    update("the same, two at a time", FULL | {"parallelism": 2}, memory=1.5),
    update("the same, all at once", FULL | {"parallelism": 0}, memory=1.5),
    update("half of the memory has to wait", FULL, {"name": "old", **FULL, "memory": 0.3}),
    update("a label that no node has", {"replicas": 2}, constraints=["node.labels.zone==c"]),
    update("more replicas", FULL, env="", replicas=5),
    update("more replicas of another spec", {"replicas": 2, "memory": 0.3}, replicas=4),
    update("fewer replicas of another spec", FULL, replicas=1, memory=0.9),
    update("everywhere, start first with a port", {"everywhere": True, "ports": [8108]} | START),
    update("everywhere, stop first with a port", {"everywhere": True, "ports": [8109]}),
    update(
        "start first in a full network",
        {"replicas": 3, "constraints": [ZONE_A]} | START,
        network="10.9.5.0/29",
    ),
    update(
        "stop first in a full network",
        {"replicas": 3, "constraints": [ZONE_A]},
        network="10.9.6.0/29",
    ),
)
