"""The benchmarks. Every figure is a ratio to the floor that was measured in the same run.

The floor of writing is msgspec's decode of the document into the same Structs plus protobuf's
serialise of the finished message: what no converter in Python can save. The floor of reading is
protobuf's parse plus msgspec's encode of the finished Struct. Subject and floor take turns, round
by round, and the median of the rounds' ratios is printed: these hold when a machine is noisy.
"""

import argparse
import gc
import json
import platform
import statistics
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

_spec_decoder = msgspec.json.Decoder(engine.ServiceSpec)
_encoder = msgspec.json.Encoder()


class Result(NamedTuple):
    name: str
    microseconds: float
    ratio: float
    target: float | None


def seconds(work: Callable[[], object], times: int) -> float:
    start = time.perf_counter()
    for _ in range(times):
        work()
    return (time.perf_counter() - start) / times


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
    ratio = statistics.median(subject / base for subject, base in took)
    return Result(name, min(subject for subject, _ in took) * 1e6, ratio, target)


def results(rounds: int) -> list[Result]:
    spec_json = (DOCUMENTS / "web-service-spec.json").read_bytes()
    service_bytes = (DOCUMENTS / "web-service.pb").read_bytes()
    spec = engine.decode(spec_json, engine.ServiceSpec)
    spec_message = convert.service_spec_to_grpc(spec)
    message = pb.parse(pb.Service, service_bytes)
    service = convert.service_from_grpc(message)

    def write() -> bytes:
        decoded = engine.decode(spec_json, engine.ServiceSpec)
        return convert.service_spec_to_grpc(decoded).SerializeToString()

    def write_floor() -> bytes:
        _spec_decoder.decode(spec_json)
        return spec_message.SerializeToString()

    def read() -> bytes:
        parsed = pb.parse(pb.Service, service_bytes)
        return engine.encode(convert.service_from_grpc(parsed))

    def read_floor() -> bytes:
        pb.Service.FromString(service_bytes)
        return _encoder.encode(service)

    list_bytes = pb.ListServicesResponse(services=[message] * LIST_LENGTH).SerializeToString()
    services = [service] * LIST_LENGTH

    def read_list() -> bytes:
        parsed = pb.parse(pb.ListServicesResponse, list_bytes)
        return engine.encode([convert.service_from_grpc(item) for item in parsed.services])

    def read_list_floor() -> bytes:
        pb.ListServicesResponse.FromString(list_bytes)
        return _encoder.encode(services)

    def step(name: str, work: Callable[[], object], floor: Callable[[], object]) -> Result:
        return against(f"  {name}", work, floor, times=200, rounds=rounds)

    return [
        against("spec JSON -> message", write, write_floor, times=200, rounds=rounds, target=4.5),
        step("decode", lambda: engine.decode(spec_json, engine.ServiceSpec), write_floor),
        step("convert", lambda: convert.service_spec_to_grpc(spec), write_floor),
        step("serialise", spec_message.SerializeToString, write_floor),
        against("service message -> JSON", read, read_floor, times=200, rounds=rounds, target=4.0),
        step("parse", lambda: pb.parse(pb.Service, service_bytes), read_floor),
        step("convert", lambda: convert.service_from_grpc(message), read_floor),
        step("encode", lambda: engine.encode(service), read_floor),
        against(
            f"list of {LIST_LENGTH} -> JSON",
            read_list,
            read_list_floor,
            times=1,
            rounds=max(3, rounds // 4),
            target=4.0,
        ),
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
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--json", action="store_true", help="for programs")
    arguments = parser.parse_args()
    measured = results(arguments.rounds)
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
    print(f"{'':28}{'µs':>10}{'x floor':>10}{'at most':>10}")
    for result in measured:
        limit = f"{result.target:10.1f}" if result.target else ""
        print(f"{result.name:28}{result.microseconds:10.1f}{result.ratio:10.2f}{limit}")
    for name, size in memory().items():
        print(f"{name:28}{size:10} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
