"""How long a live manager's list of services takes, beside the engine's own HTTP list of the same.

Starts Debian's docker.io as the tests do, as root; without that it says why and does nothing. Both
lists are read over a unix socket of the same engine and end as the engine's JSON in our memory,
turn by turn, in one run; the median of the rounds' ratios counts. Memory is what Python allocates.
"""

import argparse
import statistics
import sys
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from swarmwire import control, convert, engine, pb  # noqa: E402 - the tests' engine is not installed
from swarmwire.control import sync  # noqa: E402
from tests.support.dockerd import Dockerd  # noqa: E402
from tests.support.installations import MACHINE  # noqa: E402

SPEC = ROOT / "benchmarks" / "documents" / "web-service-spec.json"


def fill(manager: control.sync.BlockingControl, count: int) -> None:
    """Create ``count`` services of the benchmark's size, with no tasks."""
    spec = engine.decode(SPEC.read_bytes(), engine.ServiceSpec)
    spec.mode = engine.ServiceMode(replicated=engine.ReplicatedService(replicas=0))
    spec.endpoint_spec = None
    spec.task_template.networks = []
    container = spec.task_template.container_spec
    assert container is not None
    container.secrets, container.configs = [], []
    for number in range(count):
        spec.name = f"web-{number}"
        manager.create_service(pb.CreateServiceRequest(spec=convert.service_spec_to_grpc(spec)))
        if number % 100 == 99:
            print(f"\r{number + 1} of {count} services", end="", file=sys.stderr)
    print(file=sys.stderr)


def timed(work: Callable[[], bytes]) -> tuple[float, int]:
    start = time.perf_counter()
    size = len(work())
    return time.perf_counter() - start, size


def peak(work: Callable[[], object]) -> int:
    tracemalloc.start()
    work()
    _, highest = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return highest


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--services", type=int, default=2_000)
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    missing = MACHINE.missing()
    if missing:
        print(f"no list of a live manager: a real engine needs {', '.join(missing)}")
        return 0
    with Dockerd() as daemon:
        daemon.init_swarm()
        with sync.connect(str(daemon.control_socket)) as manager:
            fill(manager, arguments.services)

            def ours() -> bytes:
                answer = manager.list_services(pb.ListServicesRequest())
                return engine.encode([convert.service_from_grpc(one) for one in answer.services])

            def theirs() -> bytes:
                return daemon.get("/services").body

            ours()
            theirs()
            took = [(timed(ours), timed(theirs)) for _ in range(arguments.rounds)]
            ratio = statistics.median(mine[0] / other[0] for mine, other in took)
            mine, other = took[-1]
            print(f"list of {arguments.services} live services, JSON at the end")
            print(f"  ours    {mine[0] * 1e3:8.1f} ms {mine[1] / 1e6:6.1f} MB")
            print(f"  engine  {other[0] * 1e3:8.1f} ms {other[1] / 1e6:6.1f} MB")
            print(f"  ratio   {ratio:8.2f}")
            print(f"  memory  {peak(ours) / 1e6:8.1f} MB, of theirs {peak(theirs) / 1e6:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
