"""The benchmarks. Every figure is a ratio to the floor that was measured in the same run.

The floor of writing is msgspec's decode of the document into the same Structs plus protobuf's
serialise of the finished message: what no converter in Python can save. The floor of reading is
protobuf's parse plus msgspec's encode of the finished Struct. Subject and floor take turns in short
rounds, in the process's own CPU time, and the best round of each counts. A machine that does other
things at the same time still makes the ratios larger: a converter needs more of the processor's
caches than its floor.
"""

import argparse
import gc
import json
import platform
import sys
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import google.protobuf
import msgspec
from google.protobuf.internal import api_implementation

from swarmwire import convert, engine, pb

DOCUMENTS = Path(__file__).parent / "documents"
LIST_LENGTH = 1_000
TIMES = 20

_spec_decoder = msgspec.json.Decoder(engine.ServiceSpec)
_encoder = msgspec.json.Encoder()


class Result(NamedTuple):
    name: str
    microseconds: float
    ratio: float
    target: float | None


def seconds(work: Callable[[], object], times: int) -> float:
    start = time.process_time()
    for _ in range(times):
        work()
    return (time.process_time() - start) / times


def against(  # noqa: PLR0913 - the two sides, and how often
    name: str,
    work: Callable[[], object],
    floor: Callable[[], object],
    *,
    times: int,
    rounds: int,
    target: float | None = None,
) -> Result:
    work()
    floor()
    took = [(seconds(work, times), seconds(floor, times)) for _ in range(rounds)]
    best = min(subject for subject, _ in took)
    return Result(name, best * 1e6, best / min(base for _, base in took), target)


def writing(rounds: int) -> list[Result]:
    """A spec from JSON to the message, whole and by its steps."""
    spec_json = (DOCUMENTS / "web-service-spec.json").read_bytes()
    spec = engine.decode(spec_json, engine.ServiceSpec)
    message = convert.service_spec_to_grpc(spec)

    def write() -> bytes:
        decoded = engine.decode(spec_json, engine.ServiceSpec)
        return convert.service_spec_to_grpc(decoded).SerializeToString()

    def floor() -> bytes:
        _spec_decoder.decode(spec_json)
        return message.SerializeToString()

    def row(name: str, work: Callable[[], object], target: float | None = None) -> Result:
        return against(name, work, floor, times=TIMES, rounds=rounds, target=target)

    return [
        row("spec JSON -> message", write, 4.5),
        row("  decode", lambda: engine.decode(spec_json, engine.ServiceSpec)),
        row("  convert", lambda: convert.service_spec_to_grpc(spec)),
        row("  serialise", message.SerializeToString),
    ]


def updated(message: pb.Service) -> pb.Service:
    """The service after ``docker stack deploy`` with another image: its two specs differ."""
    out = pb.Service()
    out.CopyFrom(message)
    previous = out.previous_spec
    previous.annotations.labels["com.docker.stack.image"] = "nginx:1.24"
    previous.task.container.image = "nginx:1.24@sha256:" + "0" * 64
    previous.task.container.env[0] = "A=0"
    previous.task.force_update += 1
    return out


def reading(rounds: int) -> list[Result]:
    """A service from the message to JSON: with equal specs, by its steps, with two specs."""
    message = pb.parse(pb.Service, (DOCUMENTS / "web-service.pb").read_bytes())
    service = convert.service_from_grpc(message)
    return [
        *read_rows("service message -> JSON", message, rounds, target=6.0),
        step("  convert", message, lambda: convert.service_from_grpc(message), rounds),
        step("  encode", message, lambda: engine.encode(service), rounds),
        *read_rows("  previous spec differs", updated(message), rounds, target=7.5),
    ]


def read_rows(name: str, message: pb.Service, rounds: int, target: float) -> list[Result]:
    """From bytes to JSON, the short way and by an object of one's own."""
    data = message.SerializeToString()

    def read() -> bytes:
        return convert.service_json_from_grpc(pb.parse(pb.Service, data))

    def read_object() -> bytes:
        return engine.encode(convert.service_from_grpc(pb.parse(pb.Service, data)))

    assert read() == read_object()
    return [
        step(name, message, read, rounds, target),
        step("    by an engine.Service", message, read_object, rounds),
    ]


def step(
    name: str,
    message: pb.Service,
    work: Callable[[], object],
    rounds: int,
    target: float | None = None,
) -> Result:
    """A row against the floor of reading ``message``."""
    data = message.SerializeToString()
    service = convert.service_from_grpc(message)

    def floor() -> bytes:
        pb.Service.FromString(data)
        return _encoder.encode(service)

    return against(name, work, floor, times=TIMES, rounds=rounds, target=target)


def lists(rounds: int) -> list[Result]:
    """A list of services, of which each is a message of its own."""
    message = pb.parse(pb.Service, (DOCUMENTS / "web-service.pb").read_bytes())
    data = pb.ListServicesResponse(services=[message] * LIST_LENGTH).SerializeToString()
    services = [convert.service_from_grpc(message)] * LIST_LENGTH

    def floor() -> bytes:
        pb.ListServicesResponse.FromString(data)
        return _encoder.encode(services)

    def read() -> bytes:
        return convert.service_list_json_from_grpc(data)

    def read_objects() -> bytes:
        parsed = pb.parse(pb.ListServicesResponse, data)
        return engine.encode([convert.service_from_grpc(item) for item in parsed.services])

    assert read() == read_objects()
    rounds = max(3, rounds // 20)
    return [
        against(f"list of {LIST_LENGTH} -> JSON", read, floor, times=1, rounds=rounds, target=7.0),
        against("    by engine.Services", read_objects, floor, times=1, rounds=rounds),
    ]


def memory() -> dict[str, int]:
    """Bytes that one converted object holds, averaged over a list, and the peak on the way."""
    service_bytes = (DOCUMENTS / "web-service.pb").read_bytes()
    message = pb.parse(pb.Service, service_bytes)
    gc.collect()
    tracemalloc.start()
    kept = [convert.service_from_grpc(message) for _ in range(LIST_LENGTH)]
    held, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(kept) == LIST_LENGTH
    return {"held per service": held // LIST_LENGTH, "peak per service": peak // LIST_LENGTH}


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--json", action="store_true", help="for programs")
    arguments = parser.parse_args()
    rounds = arguments.rounds
    measured = [*writing(rounds), *reading(rounds), *lists(rounds)]
    versions = {
        "python": platform.python_version(),
        "msgspec": msgspec.__version__,
        "protobuf": f"{google.protobuf.__version__} ({api_implementation.Type()})",
    }
    if arguments.json:
        rows = [result._asdict() for result in measured]
        print(json.dumps({"versions": versions, "results": rows, "memory": memory()}, indent=2))
        return 0
    print(", ".join(f"{name} {version}" for name, version in versions.items()))
    print(f"{'':28}{'µs':>10}{'x floor':>10}{'target':>10}")
    for result in measured:
        limit = f"{result.target:10.1f}" if result.target else ""
        if result.target and result.ratio > result.target:
            limit += f"  missed by {result.ratio - result.target:.1f}"
        print(f"{result.name:28}{result.microseconds:10.1f}{result.ratio:10.2f}{limit}")
    for name, size in memory().items():
        print(f"{name:28}{size:10} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
