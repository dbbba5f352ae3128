"""The fuzz target holds: on its seeds, on small changes of them, and guided for some seconds."""

import importlib.util
import json
import random
import subprocess
import sys
from pathlib import Path

import pytest

from swarmwire import engine
from tests.support.fill import fill, fill_object

FUZZ = Path(__file__).resolve().parent.parent / "fuzz"


def load():
    spec = importlib.util.spec_from_file_location("fuzz_target", FUZZ / "target.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


target = load()


def seeds():
    """One filled and one empty input for each target; the byte in front chooses it."""
    structs = [struct for struct, _ in target.TO_GRPC]
    messages = [message_type for message_type, _ in target.FROM_GRPC]
    filled = [engine.encode(fill_object(struct)) for struct in structs]
    filled += [fill(message_type).SerializeToString() for message_type in messages]
    filled += [engine.encode(fill_object(struct)) for struct in target.OBJECTS]
    return [bytes([chosen]) + data for chosen, data in enumerate(filled)]


@pytest.mark.parametrize("seed", seeds(), ids=lambda seed: str(seed[0]))
def test_seed_is_converted(seed):
    target.run(seed)
    target.run(seed[:1])
    target.run(b"")


PIECES = [
    b"",
    b"null",
    b"-1",
    b"1e999",
    b"18446744073709551616",
    b'"\xff"',
    b'"\\ud800"',
    b"[]",
    b"{}",
    b"[null]",
    b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01",
    b"\x00",
    b"\xff",
]


@pytest.mark.parametrize("seed", seeds(), ids=lambda seed: str(seed[0]))
def test_seed_with_small_changes_is_converted_or_refused(seed):
    numbers = random.Random(seed[0])  # the same changes on each run
    for _ in range(60):
        start = numbers.randrange(1, len(seed))
        end = min(len(seed), start + numbers.choice([0, 1, 2, 8, 40]))
        target.run(seed[:start] + numbers.choice(PIECES) + seed[end:])


@pytest.mark.parametrize("value", [1e999, "x", None, [], {}, 10**30, -1, True, 1.5, "\ud800"])
def test_json_with_a_wrong_value_anywhere_is_converted_or_refused(value):
    for seed in seeds()[: len(target.TO_GRPC)]:
        document = json.loads(seed[1:])
        for holder, key in list(places(document)):
            saved = holder[key]
            holder[key] = value
            if key == "Name" or isinstance(saved, dict | list):
                text = json.dumps(document).replace("Infinity", "1e999")
                target.run(seed[:1] + text.encode())
            holder[key] = saved


def places(value):
    keys = value.keys() if isinstance(value, dict) else range(len(value))
    for key in keys:
        yield value, key
        if isinstance(value[key], dict | list):
            yield from places(value[key])


@pytest.mark.fuzz
def test_guided_run_finds_nothing(tmp_path):
    pytest.importorskip("atheris", reason="atheris is not installed: pip install atheris")
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    for seed in seeds():
        (corpus / f"seed-{seed[0]}").write_bytes(seed)
    run = subprocess.run(
        [
            sys.executable,
            str(FUZZ / "conversions.py"),
            str(corpus),
            "-max_total_time=10",
            "-seed=1",
            "-max_len=8192",
            "-rss_limit_mb=0",
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert run.returncode == 0, run.stderr[-4000:]
    assert "Done " in run.stderr
