"""Bad files are refused with a place, in bounded time and memory, and without secrets."""

import pickle
import random
import re
import time

import pytest

from swarmwire import errors, stack
from swarmwire.errors import StackError
from tests.stack.support import Ids, bodies, folder, load
from tests.stack.test_vectors import CASES

SECRET = "hunter2-is-the-word"


def refused(*texts, **around):
    with pytest.raises(StackError) as caught:
        bodies(*texts, **around)
    error = caught.value
    assert isinstance(error, errors.SwarmwireError)
    assert error.reason
    assert str(error).splitlines()
    return error


def bomb(width, depth):
    lines = ["x-0: &a0 [" + ",".join(["x"] * width) + "]"]
    lines += [
        f"x-{level}: &a{level} [" + ",".join([f"*a{level - 1}"] * width) + "]"
        for level in range(1, depth)
    ]
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (bomb(10, 9), "excessive aliasing"),
        ("a: &a [*a]", "anchor 'a' value contains itself"),
        ("x-a: &a {b: {<<: *a}}", "anchor 'a' value contains itself"),
        ("a: *b", "unknown anchor 'b' referenced"),
        ("x-deep: " + "[" * 100_000, "deep|nesting depth"),
        ("x-deep: " + "{a: " * 5000 + "}" * 5000, "levels deep"),
        ("- " * 5000, "levels deep"),
        ("x-many: [" + "a," * 250_000 + "]", "keys and values"),
        ("x-long: " + "a" * (17 * 2**20), "larger than 16 MiB"),
        ("services:\n\ta: {}", "found character that cannot start any token"),
        ("services: {a: {image: x}}\x00", "control characters are not allowed"),
        (b"services: \xff\xfe", "neither UTF-8 nor UTF-16"),
        ("services: \ud800", "invalid Unicode character"),
        ("? [a]\n: b", "invalid map key"),
        ("a: !!int x", "cannot decode !!str `x` as a !!int"),
        ("a: !!binary '*'", "invalid base64"),
        ("a: {<<: [1]}", "map merge requires"),
        ("a: {<<: x}", "map merge requires"),
        ("x: &x {[a]: b}\ny: {c: d, <<: *x}", "cannot unmarshal !!seq into string|invalid map key"),
        ("", "top-level object must be a mapping"),
        ("---\n...", "top-level object must be a mapping"),
    ],
)
def test_files_that_are_no_yaml_of_ours(text, words):
    start = time.perf_counter()
    error = refused(text)
    assert re.search(words, error.reason)
    assert error.stage == "parse"
    assert error.file == "0.yml"
    assert error.line >= 1
    assert error.column >= 1
    assert time.perf_counter() - start < 20


def test_fifty_megabytes_are_refused_at_once():
    start = time.perf_counter()
    assert "larger than" in refused("# " + "a" * 50_000_000).reason
    assert time.perf_counter() - start < 1


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16"])
def test_encodings_that_go_reads(codec):
    text = "services: {a: {image: x, hostname: h\u00e9}}".encode(codec)
    assert bodies(text).services["a"].task_template.container_spec.hostname == "h\u00e9"


def test_a_second_document_is_told():
    loaded = load("services: {a: {image: x}}\n---\nservices: {b: {image: y}}\n")
    assert list(loaded.sections.services) == ["a"]
    assert [str(one) for one in loaded.warnings] == [
        "0.yml:2:1: only the first document of the file is read"
    ]


def test_many_dollars_take_no_time():
    start = time.perf_counter()
    for piece in ("${a-", "${a", "$a-", "$"):
        refused(f"x: '{piece * 100_000}'")
    assert time.perf_counter() - start < 20


def test_ranges_of_ports_are_bounded():
    ports = ", ".join(f"'{first}-65535:{first}-65535'" for first in range(1, 60))
    start = time.perf_counter()
    error = refused(f"services: {{a: {{image: x, ports: [{ports}]}}}}")
    assert "ports" in error.reason
    assert time.perf_counter() - start < 20


def test_all_schema_errors_at_once():
    error = refused(
        """\
services:
  a:
    image: x
    imagee: y
    user: 5
    deploy: {replicas: many, resources: {limits: {cpus: 1}}}
  b:
    image: [x]
    ports: [{published: "80"}]
    ulimits: {nofile: {soft: 1}}
networks: []
"""
    )
    assert [(one.line, one.column, one.reason) for one in error.problems] == [
        (4, 5, "services.a Additional property imagee is not allowed"),
        (5, 11, "services.a.user must be a string"),
        (6, 24, "services.a.deploy.replicas must be a integer"),
        (6, 57, "services.a.deploy.resources.limits.cpus must be a string"),
        (8, 12, "services.b.image must be a string"),
        (9, 25, "services.b.ports.0.published must be a integer"),
        (10, 23, "services.b.ulimits.nofile hard is required"),
        (11, 11, "networks must be a mapping"),
    ]
    # The docker command tells the deepest.
    assert error.reason == "services.a.deploy.resources.limits.cpus must be a string"
    assert str(error).count("\n") == 7


def test_a_file_for_docker_compose_is_told_what_to_do():
    error = refused(
        """\
name: shop
services:
  a: {image: x, profiles: [dev], mem_reservation: 1m, develop: {}}
  b:
    image: x
    deploy: {resources: {reservations: {devices: []}}}
secrets:
  s: {environment: S}
"""
    )
    hints = {one.path or one.reason: one.hint for one in error.problems}
    assert len(error.problems) == 6
    assert all("docker compose" in one.hint for one in error.problems)
    assert "generic_resources" in hints["services.b.deploy.resources.reservations"]
    assert "leave the service out" in str(error)


def test_forbidden_options_are_told_with_their_places():
    error = refused("services:\n  a: {image: x, mem_limit: 1m, extends: {service: b}}\n")
    assert error.stage == "forbidden"
    assert error.reason == "compose file contains unsupported options"
    assert [(one.line, one.path) for one in error.problems] == [
        (2, "services.a.mem_limit"),
        (2, "services.a.extends"),
    ]
    assert "Set resource limits using deploy.resources" in str(error)


def test_forbidden_options_hide_nothing_else():
    error = refused("services:\n  a: {image: x, profiles: [a], mem_limit: 1m, cap_add: 5}\n")
    assert error.stage == "forbidden"
    assert [one.path for one in error.problems] == [
        "services.a",
        "services.a.mem_limit",
        "services.a.cap_add",
    ]
    error = refused("services:\n  a: {image: '${A', mem_limit: 1m}\n")
    assert [one.path for one in error.problems] == ["services.a.image", "services.a.mem_limit"]


STACK = """\
services:
  a: {image: x, secrets: [s], environment: ['P=${PASSWORD}']}
secrets:
  s: {file: s.txt}
"""


@pytest.mark.parametrize(
    ("raised", "words"),
    [
        (FileNotFoundError(2, "No such file"), "open /stack/s.txt: no such file or directory"),
        (IsADirectoryError(21, "Is a directory"), "read /stack/s.txt: is a directory"),
        (PermissionError(13, "Permission denied"), "open /stack/s.txt: permission denied"),
        (NotADirectoryError(20, "Not a directory"), "open /stack/s.txt: not a directory"),
        (OSError(5, "Input/output error"), "open /stack/s.txt: input/output error"),
        (ValueError("embedded null byte"), "open '/stack/s.txt': embedded null byte"),
    ],
)
def test_files_that_cannot_be_read(raised, words):
    def read(_path):
        raise raised

    file = stack.File("f.yml", STACK)
    loaded = stack.load([file], environment={}, read=read, directory="/stack")
    with pytest.raises(StackError) as caught:
        stack.bodies(loaded, "st", secret_ids={}, config_ids={})
    assert caught.value.stage == "convert"
    assert str(caught.value) == f"f.yml:4:13: {words}"


def test_contents_of_secrets_are_never_shown():
    files = {"s.txt": SECRET}
    loaded = load(STACK, environment={"PASSWORD": SECRET}, files=files)
    made = stack.bodies(loaded, "st", secret_ids=Ids("s"), config_ids={})
    assert made.secrets[0].data == SECRET.encode()
    assert SECRET not in repr(loaded)
    assert SECRET not in repr(made.secrets)
    assert SECRET not in repr(made.source_map)
    assert SECRET not in repr(vars(made.source_map))
    error = refused(STACK, environment={"PASSWORD": SECRET}, files={})
    assert SECRET not in str(error) + repr(error)


def test_a_line_of_variables_is_not_shown():
    for line in (f"={SECRET}", f"A B={SECRET}"):
        files = {"e.env": line}
        error = refused("services: {a: {image: x, env_file: e.env}}", files=files)
        assert "invalid env file (/stack/e.env)" in error.reason
        assert SECRET not in str(error)


@pytest.mark.parametrize("name", ["", " ", "'\"", "\t\n"])
def test_a_stack_needs_a_name(name):
    error = refused("services: {a: {image: x}}", name=name)
    assert error.reason.startswith("invalid stack name: ")


def test_ids_that_nobody_knows():
    loaded = load(STACK, files={"s.txt": "x"})
    with pytest.raises(StackError, match="service a: secret not found: st_s") as caught:
        stack.bodies(loaded, "st", secret_ids={}, config_ids={})
    assert (caught.value.line, caught.value.path) == (2, "services.a")


def test_no_file():
    with pytest.raises(StackError, match="specify a Compose file"):
        stack.load([], environment={}, read=folder({}), directory="/")


def test_an_error_can_be_sent_to_another_process():
    error = refused("services: {a: {imag: x}, b: {imag: y}}")
    copy = pickle.loads(pickle.dumps(error))
    assert (str(copy), copy.stage, copy.reason) == (str(error), error.stage, error.reason)
    assert copy.problems == error.problems


def test_a_number_too_large_for_the_api_is_refused():
    text = "services: {a: {image: x, deploy: {update_config: {max_failure_ratio: 1e300}}}}"
    error = refused(text)
    assert (error.stage, error.line) == ("convert", 1)
    assert error.column == text.index("1e300") + 1


PIECES = [
    "null", "1", "-1", "1.5", "1e300", ".nan", "true", "[]", "{}", "[1]", "{1: a}", "{a: b}",
    "2024-01-01", "''", "99999999999999999999", "[null]", "{null: a}", "[[a]]", '"${A"', '"a:b:c"',
    "!!binary aGk=", "&z x", "*z", "'1-65535:1-65535'", "{soft: 1.0, hard: 2}", "'\\0'", "\t",
]  # fmt: skip


def damaged(text, chance):
    """The text with one line changed."""
    lines = text.split("\n")
    at = chance.randrange(len(lines))
    before, colon, _ = lines[at].partition(":")
    if colon and chance.random() < 0.8:
        lines[at] = f"{before}: {chance.choice(PIECES)}"
    else:
        column = chance.randrange(len(lines[at]) + 1)
        lines[at] = (
            lines[at][:column] + chance.choice("{}[]:,&*!|>%@'\"#- $\\") + lines[at][column:]
        )
    return "\n".join(lines)


@pytest.mark.parametrize("seed", range(300))
def test_a_damaged_file_is_read_or_refused(seed):
    chance = random.Random(seed)
    case = chance.choice(CASES)
    texts = [damaged(damaged(text, chance), chance) for text in case["files"]]
    problems = ()
    try:
        bodies(*texts, environment=case["env"], files=case["extra"])
    except StackError as err:
        problems = err.problems
    assert all(one.reason and one.line >= 1 for one in problems)
