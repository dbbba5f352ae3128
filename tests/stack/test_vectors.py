"""481 answers of the docker command's own reader: the same bodies, the same refusals."""

import json
import re
from pathlib import Path

import pytest

from swarmwire import engine, stack
from swarmwire.errors import StackError
from tests.stack.support import DIRECTORY, Ids, folder

VECTORS = Path(__file__).parents[1] / "vectors" / "stack.jsonl"
# The answers were recorded in a folder deeper than ours, which a path to its parent shows.
PARENT = re.compile(r'"(?:/\w+)+(/up")')
LINES = PARENT.sub(r'"\1', VECTORS.read_text(encoding="utf-8")).splitlines()
CASES = [json.loads(line) for line in LINES]

by_number = pytest.mark.parametrize("number", range(len(CASES)))


def made(case):
    loaded = stack.load(
        [stack.File(f"{number}.yml", text) for number, text in enumerate(case["files"])],
        environment=case["env"],
        read=folder(case["extra"]),
        directory=DIRECTORY,
    )
    ids = {"secret_ids": Ids("s"), "config_ids": Ids("c")}
    return loaded, stack.bodies(loaded, case["stack"], **ids)


def decoded(type_, body):
    return engine.decode(json.dumps(body).encode(), type_)


@by_number
def test_the_answer_is_the_docker_commands(number):
    case, want = CASES[number], CASES[number]["want"]
    if "error" in want:
        with pytest.raises(StackError) as caught:
            made(case)
        assert caught.value.stage == want["stage"]
        assert caught.value.reason == want["error"]
        assert caught.value.problems
        return
    loaded, bodies = made(case)
    assert loaded.ignored == tuple(want.get("ignored", ()))
    assert loaded.deprecated == want.get("deprecated", {})
    assert bodies.external_networks == tuple(sorted(want.get("external_networks", ())))
    assert bodies.services == {
        name: decoded(engine.ServiceSpec, body) for name, body in want.get("services", {}).items()
    }
    # What the command's converter gives is not yet the request: its name stands beside it.
    assert bodies.networks == {
        name: decoded(engine.NetworkCreateRequest, {**body, "Name": name, "ConfigFrom": None})
        for name, body in want.get("networks", {}).items()
    }
    for kind, type_ in (("secrets", engine.SecretSpec), ("configs", engine.ConfigSpec)):
        wanted = {body["Name"]: decoded(type_, body) for body in want.get(kind, ())}
        assert {spec.name: spec for spec in getattr(bodies, kind)} == wanted


@by_number
def test_every_field_knows_its_place(number):
    case = CASES[number]
    if "error" in case["want"]:
        return
    _, bodies = made(case)
    lines = [text.splitlines() for text in case["files"]]
    for kind in ("services", "networks", "secrets", "configs"):
        found = getattr(bodies, kind)
        named = found.items() if isinstance(found, dict) else [(one.name, one) for one in found]
        for name, body in named:
            places = bodies.source_map.places(kind, name)
            for path in filled(json.loads(engine.encode(body))):
                place = places[path]
                text = lines[int(place.file[0])]
                assert 1 <= place.line <= len(text)
                assert 1 <= place.column <= len(text[place.line - 1])


def filled(value, path=""):
    """The paths of all fields that are not at their zero value, and of no empty containers."""
    if isinstance(value, dict):
        for key, entry in value.items():
            is_map = path.rpartition(".")[2] in {"Labels", "Options", "DriverOpts", "Sysctls"}
            inner = f"{path}[{key}]" if is_map else f"{path}.{key}" if path else key
            yield from filled(entry, inner)
    elif isinstance(value, list):
        for index, entry in enumerate(value):
            yield from filled(entry, f"{path}[{index}]")
    elif value:
        yield path
