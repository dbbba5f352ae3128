"""Services of an embedded swarm created, settled, listed and rolled out: is the cost linear?

Each figure is the processor's time for one service of 3 tasks, in microseconds; the last column is
how much more it is with 5,000 services than with 1,000. Linear cost is 1.0.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator

from swarmwire import embedded, pb

FEW, MANY = 1_000, 5_000
TASKS = 3
NODES = 20


def spec_of(name: str) -> pb.ServiceSpec:
    """A service of ``TASKS`` tasks, whose roll-out does not wait."""
    spec = pb.ServiceSpec()
    spec.annotations.name = name
    spec.task.container.image = "shop/web:1"
    spec.replicated.replicas = TASKS
    spec.update.parallelism = 0
    spec.update.monitor.nanos = 1_000_000
    return spec


async def create(swarm: embedded.Swarm, count: int) -> None:
    """Create all services."""
    for number in range(count):
        await swarm.create_service(pb.CreateServiceRequest(spec=spec_of(f"web-{number}")))


async def settle(swarm: embedded.Swarm, count: int) -> None:
    """Let time pass until all tasks run."""
    await swarm.settle()
    assert len(swarm.store.all("task")) >= count * TASKS


async def list_all(swarm: embedded.Swarm, count: int) -> None:
    """List services and tasks."""
    services = await swarm.list_services(pb.ListServicesRequest())
    tasks = await swarm.list_tasks(pb.ListTasksRequest())
    assert len(services.services) == count
    assert len(tasks.tasks) >= count * TASKS


async def roll_out(swarm: embedded.Swarm, count: int) -> None:
    """Update all services, and let time pass until all have the new spec."""
    for service in swarm.objects("service"):
        service.spec.task.container.image = "shop/web:2"
        request = pb.UpdateServiceRequest(service_id=service.id, spec=service.spec)
        request.service_version.CopyFrom(service.meta.version)
        await swarm.update_service(request)
    await swarm.settle()
    done = [each.update_status.state for each in swarm.store.all("service")]
    assert done == [pb.UpdateStatus.COMPLETED] * count


WORK: dict[str, Callable[[embedded.Swarm, int], Awaitable[None]]] = {
    "create": create,
    "settle": settle,
    "list": list_all,
    "roll out": roll_out,
}


def costs(count: int) -> Iterator[float]:
    """Seconds of the processor for each piece of work, one after the other on one swarm."""
    swarm = embedded.Swarm(nodes=NODES)
    for work in WORK.values():
        before = time.process_time()
        asyncio.run(_awaited(work(swarm, count)))
        yield time.process_time() - before


async def _awaited(work: Awaitable[None]) -> None:
    await work


def main() -> None:
    """Print a row for each piece of work."""
    few, many = list(costs(FEW)), list(costs(MANY))
    print(f"embedded swarm, {NODES} nodes, services of {TASKS} tasks; per service")
    for name, small, large in zip(WORK, few, many, strict=True):
        each = [1e6 * small / FEW, 1e6 * large / MANY]
        row = f"  {name:<10}{FEW:>6}: {each[0]:>7.0f} us {MANY:>6}: {each[1]:>7.0f} us"
        print(f"{row}   {each[1] / each[0]:.2f}")
    print(f"  all of {MANY}: {sum(many):.1f} s")


if __name__ == "__main__":
    main()
