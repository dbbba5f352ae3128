"""What the command itself costs: CPU time of its process, start to end, children included.

``check FILE`` is measured beside a Python that imports msgspec and protobuf and does nothing, and
``check`` of many services beside ``to-grpc`` of the same. Both sides take turns, and the best round
of each counts: a machine that does other things at the same time makes every process slower.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

ROOT = Path(__file__).parent.parent
SPEC = ROOT / "benchmarks" / "documents" / "web-service-spec.json"
EXAMPLE = ROOT / "examples" / "web-service.json"
COMMAND = [sys.executable, "-m", "swarmwire"]
FLOOR = [sys.executable, "-c", "import msgspec, google.protobuf"]
MILLISECONDS = 125.0
TIMES = 3.0


class Row(NamedTuple):
    name: str
    milliseconds: float
    ratio: float
    target: str
    missed: bool


def cpu(arguments: list[str]) -> float:
    """Milliseconds of CPU that a process takes."""
    # as it is installed: with its bytecode on the disk
    environment = {key: value for key, value in os.environ.items() if key[:10] != "PYTHONDONT"}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(arguments, env=environment, stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) * 1e3


def against(subject: list[str], floor: list[str], rounds: int) -> tuple[float, float]:
    """The best of both sides, in milliseconds; the first round of each only warms up."""
    took = [(cpu(subject), cpu(floor)) for _ in range(rounds + 1)][1:]
    return min(mine for mine, _ in took), min(base for _, base in took)


def one_file(rounds: int) -> Row:
    mine, base = against([*COMMAND, "check", str(EXAMPLE)], FLOOR, rounds)
    target = f"{MILLISECONDS:.0f} ms"
    return Row("check FILE", mine, mine / base, target, mine > MILLISECONDS)


def many_services(number: int, rounds: int) -> Row:
    spec = json.loads(SPEC.read_bytes())
    with TemporaryDirectory(prefix="swarmwire-bench-") as folder:
        file = Path(folder) / "services.json"
        file.write_text(json.dumps([spec | {"Name": f"web-{each}"} for each in range(number)]))
        mine, base = against(
            [*COMMAND, "check", "--fail-on", "never", str(file)],
            [*COMMAND, "to-grpc", "--quiet", str(file)],
            rounds,
        )
    return Row(f"check {number} services", mine, mine / base, f"{TIMES:.0f} x", mine > TIMES * base)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--services", type=int, default=5_000)
    arguments = parser.parse_args()
    rows = [
        one_file(arguments.rounds),
        many_services(arguments.services, max(2, arguments.rounds // 4)),
    ]
    print(f"{'':28}{'ms of CPU':>10}{'ratio':>10}{'at most':>10}")
    for row in rows:
        note = "  missed" if row.missed else ""
        print(f"{row.name:28}{row.milliseconds:10.0f}{row.ratio:10.2f}{row.target:>10}{note}")
    print("ratio: check FILE to an import of msgspec and protobuf, check of many to to-grpc")
    return 0


if __name__ == "__main__":
    sys.exit(main())
