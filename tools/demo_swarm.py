"""A swarm in memory with services to look at: for tests, pictures and ``make run``."""

from collections.abc import Mapping, Sequence

from swarmwire import pb
from swarmwire.control import Control
from swarmwire.embedded import NodeSetup, Swarm
from swarmwire.stack.body.building import NAMESPACE

SEED = 13
SECOND = 1_000_000_000
MEBIBYTE = 1 << 20


def demo_swarm(*, speed: float = 1.0, nodes: int = 5) -> Swarm:
    """Nodes of different kinds, and nothing on them yet."""
    setups = [
        NodeSetup(
            name=f"node-{number}",
            manager=number <= 3,
            cpus=4,
            memory=8192 * MEBIBYTE,
            labels={"disk": "ssd"} if number % 2 else {},
        )
        for number in range(1, nodes + 1)
    ]
    return Swarm(nodes=setups, seed=SEED, speed=speed)


def service(  # noqa: PLR0913 - a service has so much that shows
    name: str,
    image: str,
    replicas: int = 2,
    *,
    cpus: float = 0.0,
    memory: int = 0,
    labels: Mapping[str, str] | None = None,
    constraints: Sequence[str] = (),
    env: Sequence[str] = (),
    delay: float = 0.0,
    monitor: float = 2.0,
    parallelism: int = 1,
    action: str = "PAUSE",
) -> pb.ServiceSpec:
    """A service; what comes before the first ``_`` of its name is its stack."""
    stack, is_in_stack, _ = name.partition("_")
    spec = pb.ServiceSpec()
    spec.annotations.name = name
    spec.annotations.labels.update({NAMESPACE: stack} if is_in_stack else {})
    spec.annotations.labels.update(labels or {})
    spec.task.container.image = image
    spec.task.container.env.extend(env)
    spec.task.placement.constraints.extend(constraints)
    spec.task.resources.reservations.nano_cpus = int(cpus * SECOND)
    spec.task.resources.reservations.memory_bytes = memory * MEBIBYTE
    spec.replicated.replicas = replicas
    spec.update.parallelism = parallelism
    spec.update.MergeFrom(pb.UpdateConfig(failure_action=action))
    spec.update.delay.FromNanoseconds(int(delay * SECOND))
    spec.update.monitor.FromNanoseconds(int(monitor * SECOND))
    return spec


def demo_services() -> list[pb.ServiceSpec]:
    """A shop, its monitoring, and a service that finds no place."""
    return [
        service(
            "shop_web",
            "shop/web:1",
            6,
            cpus=0.5,
            memory=256,
            labels={"tier": "front"},
            env=["MODE=live", "API_TOKEN=hidden"],
            delay=2,
        ),
        service("shop_api", "shop/api:1", 4, cpus=0.5, memory=512, labels={"tier": "back"}),
        service(
            "shop_db", "shop/db:9", 1, cpus=2, memory=4096, constraints=["node.labels.disk==ssd"]
        ),
        service("watch_metrics", "watch/metrics:3", 2, cpus=0.25, memory=1024),
        service("batch_gpu", "batch/train:1", 2, cpus=16, constraints=["node.labels.gpu==yes"]),
    ]


async def deploy(control: Control, specs: Sequence[pb.ServiceSpec]) -> None:
    """Create services."""
    for spec in specs:
        await control.create_service(pb.CreateServiceRequest(spec=spec))


async def update_image(control: Control, name: str, image: str) -> None:
    """Give a service another image."""
    filters = pb.ListServicesRequest.Filters(names=[name])
    found = (await control.list_services(pb.ListServicesRequest(filters=filters))).services[0]
    spec = pb.ServiceSpec()
    spec.CopyFrom(found.spec)
    spec.task.container.image = image
    await control.update_service(
        pb.UpdateServiceRequest(service_id=found.id, service_version=found.meta.version, spec=spec)
    )
