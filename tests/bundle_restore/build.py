"""Bundles of small dead swarms, and managers in memory that they go to."""

import asyncio
from collections.abc import Iterator
from itertools import count
from typing import Any

from swarmwire import pb
from swarmwire.bundle import Bundle, LastPlace, restore
from swarmwire.control import protected
from swarmwire.control.layer import Layer
from swarmwire.control.testing import FakeManager

PAYLOAD = b"hunter2"


def network(name, id_="", **spec):
    out = pb.Network(id=id_ or f"old-{name}", spec=spec)
    out.spec.annotations.name = name
    if "driver_config" not in spec:
        out.spec.driver_config.name = "overlay"
    return out


def predefined(name):
    out = network(name)
    out.spec.driver_config.name = name
    out.spec.annotations.labels["com.docker.swarm.predefined"] = "true"
    return out


def ingress(**spec):
    out = network("ingress", ingress=True, **spec)
    out.spec.driver_config.Clear()
    out.spec.ipam.driver.SetInParent()
    return out


def with_subnet(message, subnet, gateway, *, asked=False):
    ipam = message.spec.ipam if asked else message.ipam
    ipam.driver.name = "default"
    ipam.configs.add(subnet=subnet, gateway=gateway)
    return message


def secret(name, data=PAYLOAD, **labels):
    out = pb.Secret(id=f"old-{name}")
    out.spec.annotations.name = name
    out.spec.annotations.labels.update(labels)
    out.spec.data = data
    return out


def config(name, data=b"level: 3", **labels):
    out = pb.Config(id=f"old-{name}")
    out.spec.annotations.name = name
    out.spec.annotations.labels.update(labels)
    out.spec.data = data
    return out


def node(host, id_="", **labels):
    out = pb.Node(id=id_ or f"old-{host}")
    out.description.hostname = host
    out.spec.annotations.labels.update(labels)
    return out


def service(name, *, networks=(), secrets=(), configs=(), constraints=(), **spec):
    """A service that refers to objects by their names in the dead swarm."""
    out = pb.Service(id=f"old-{name}", spec=spec)
    out.spec.annotations.name = name
    if out.spec.WhichOneof("mode") is None:
        out.spec.replicated.replicas = 2
    container = out.spec.task.container
    container.image = container.image or "busybox:1"
    for each in networks:
        out.spec.task.networks.add(target=f"old-{each}", aliases=[name])
    for each in secrets:
        container.secrets.add(secret_id=f"old-{each}", secret_name=each).file.name = each
    for each in configs:
        container.configs.add(config_id=f"old-{each}", config_name=each).file.name = f"/{each}"
    out.spec.task.placement.constraints.extend(constraints)
    return out


def swarm():
    """A dead swarm with something of every kind."""
    return Bundle(
        cluster_id="old-cluster",
        networks=[predefined("host"), predefined("bridge"), ingress(), network("back")],
        secrets=[secret("password"), secret("token", stack="shop")],
        configs=[config("settings")],
        nodes=[node("manager", zone="a")],
        services=[
            service("db", networks=["back"], secrets=["password"]),
            service("web", networks=["back", "host"], secrets=["token"], configs=["settings"]),
        ],
        ran=[
            LastPlace(
                service=f"old-{each}", image="busybox:1", node="old-manager", hostname="manager"
            )
            for each in ("db", "web")
        ],
    )


class Clock:
    """Time that passes only while somebody waits."""

    def __init__(self, patience=60.0):
        self.time = 0.0
        self.clock = restore.Clock(lambda: self.time, self._sleep, patience)

    async def _sleep(self, seconds):
        self.time += seconds


class Journal:
    """A journal in memory."""

    def __init__(self):
        self.notes: dict[str, dict[restore.Key, str]] = {}

    def known(self, cluster_id):
        return self.notes.get(cluster_id, {})

    def add(self, cluster_id, kind, old_id, new_id):
        self.notes.setdefault(cluster_id, {})[kind, old_id] = new_id


class Cut(BaseException):
    """The end of the process, as kill -9 makes it."""


class Fragile(Layer):
    """A manager in memory; the n-th write ends with ``error``, before or after it is made."""

    def __init__(self, inner, n, error, *, after):
        super().__init__(inner)
        self._n, self._error, self._after = n, error, after
        self._writes = count(1)
        self.is_broken = False

    async def unary(self, method, request):
        name = method.place.partition("/")[2]
        hit = name.startswith(("Create", "Update")) and next(self._writes) == self._n
        if hit and not self._after:
            self._break()
        answer = await super().unary(method, request)
        if hit:
            self._break()
        return answer

    def _break(self):
        self.is_broken = True
        raise self._error


def preview(manager, bundle, **options):
    control = protected(manager, secrets=True)
    return asyncio.run(restore.preview(control, bundle, restore.RestoreOptions(**options)))


def carry_out(manager, bundle, *, journal=None, clock=None, happened=None, **options):
    control = protected(manager, secrets=True)
    return asyncio.run(
        restore.restore(
            control,
            bundle,
            restore.RestoreOptions(**options),
            clock=(clock or Clock()).clock,
            journal=journal,
            happened=happened,
        )
    )


def actions(plan):
    return {(step.kind, step.name): step.action for step in plan.steps}


def results(report):
    return {(each.step.kind, each.step.name): each.result for each in report.outcomes}


def step(plan, kind, name):
    (found,) = [each for each in plan.steps if (each.kind, each.name) == (kind, name)]
    return found


def stored(manager: FakeManager, kind: str, name: str) -> Any:
    (found,) = [one for one in manager.objects(kind) if one.spec.annotations.name == name]
    return found


def names(manager: FakeManager, kind: str) -> list[str]:
    return sorted(_names(manager, kind))


def _names(manager: FakeManager, kind: str) -> Iterator[str]:
    return (one.spec.annotations.name for one in manager.objects(kind))


def ask(manager, method, request):
    """One call, as somebody else makes it."""

    async def call():
        return await getattr(manager, method)(request)

    return asyncio.run(call())
