"""A policy file: what it says, and everything that is wrong with it at once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swarmwire.policy import Policy, PolicyError
from swarmwire.policy.patterns import is_under, matches
from swarmwire.policy.toml_lines import read_toml
from swarmwire.policy.violation import toml_value
from tests.policy.examples import CI, TEAM, TRAEFIK


def test_the_reader():
    policy = Policy.load(TRAEFIK)
    assert list(policy.clients) == ["traefik", "prometheus"]
    traefik = policy.clients["traefik"]
    assert traefik.may_read("services")
    assert traefik.may_read("service")
    assert not traefik.may_read("secrets")
    assert not traefik.may_write("services")
    assert traefik.rules.name == "strict"


def test_the_deployer():
    policy = Policy.load(CI)
    assert policy.audit_file == "/var/log/swarmwire/audit.jsonl"
    rules = policy.clients["ci-shop"].rules
    assert (rules.maxima.replicas, rules.maxima.services, rules.maxima.memory) == (8, 12, None)
    assert rules.mounts.volumes
    assert not rules.mounts.bind


def test_the_team():
    client = Policy.load(TEAM).clients["data-team"]
    assert (client.mode, client.group) == (0o660, "data")
    assert client.rules.maxima.memory == 16 * 2**30
    assert client.rules.maxima.cpus == 8 * 10**9
    assert client.rules.mounts.tmpfs == 2**30
    assert client.rules.ports == (range(9000, 9100),)
    assert client.rate[:2] == (50, 20)


def test_what_is_bounded_and_looked_at_besides():
    policy = Policy.load("""
version = 1
[audit]
file = "/a"
reads = true
[clients.a]
uid = [1]
rate = { body = "1MiB", connections = 7 }
rules = "b"
[rules.base]
deny = ["outage"]
[rules.b]
extends = "base"
deny = ["restart-all"]
require = ["plan"]
max = { secrets = 3, configs = 4, networks = 5 }
""")
    assert policy.audit == ("/a", True)
    client = policy.clients["a"]
    assert client.rate == (50, 20, 2**20, 7)
    assert client.rules.deny == {"outage", "restart-all"}
    assert client.judges_effects
    maxima = client.rules.maxima
    assert (maxima.secrets, maxima.configs, maxima.networks, maxima.services) == (3, 4, 5, 100)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('deny = ["restart"]', "must be one of restart-all, outage"),
        ('require = ["plans"]', "must be one of digest"),
        ("max = { secrets = -1 }", "must be 0 or more"),
    ],
)
def test_what_is_wrong_with_it(line, reason):
    text = f'version = 1\n[clients.a]\nuid = [1]\nrules = "b"\n[rules.b]\n{line}\n'
    with pytest.raises(PolicyError, match=reason):
        Policy.load(text)


BROKEN = """\
version = 2
colour = "red"

[clients.a]
uid = [1, "x"]
reads = ["services"]
read = ["services",
        "pods"]
write = ["services"]
rules = "none"
rate = { request = 1, streams = 0 }

[clients.b]
hide = ["env"]

[rules.c]
extends = "d"
images = ["nginx"]
require = ["speed", "constraint:a"]
max = { replicas = -1, memory = "1GB", cpus = 0 }
ports = ["99999"]
mounts = { bind = ["srv"], tmpfs = true }
allow = [
    "cap.ad:X",
    "mount.npipe",
    "cap.add",
    "oom:x",
    "ulimit:nofile",
    "image:x",
]

[rules.d]
extends = "c"
"""


def test_everything_that_is_wrong_is_told_at_once_with_lines():
    with pytest.raises(PolicyError) as caught:
        Policy.load(BROKEN)
    told = {(one.line, one.path): one.reason for one in caught.value.problems}
    assert set(told) == {
        (1, "version"),
        (2, "colour"),
        (5, "clients.a.uid[1]"),
        (6, "clients.a.reads"),
        (8, "clients.a.read[1]"),
        (9, "clients.a.write"),
        (10, "clients.a.rules"),
        (11, "clients.a.rate.request"),
        (11, "clients.a.rate.streams"),
        (13, "clients.b"),
        (18, "rules.c.images[0]"),
        (19, "rules.c.require[0]"),
        (19, "rules.c.require[1]"),
        (20, "rules.c.max.replicas"),
        (20, "rules.c.max.memory"),
        (20, "rules.c.max.cpus"),
        (21, "rules.c.ports[0]"),
        (22, "rules.c.mounts.bind[0]"),
        (22, "rules.c.mounts.tmpfs"),
        *((line, f"rules.c.allow[{line - 24}]") for line in range(24, 30)),
        (33, "rules.d.extends"),
    }
    assert "did you mean read?" in told[6, "clients.a.reads"]
    assert "docker.io/library/nginx" in told[18, "rules.c.images[0]"]
    assert "did you mean 'cap.add'?" in told[24, "rules.c.allow[0]"]
    assert "nothing opens it" in told[25, "rules.c.allow[1]"]
    lines = [one.line for one in caught.value.problems]
    assert lines == sorted(lines)
    assert str(caught.value).splitlines()[0] == "line 1: version: must be 1"


def wrong(text):
    with pytest.raises(PolicyError) as caught:
        Policy.load(text)
    return [(one.line, one.path, one.reason) for one in caught.value.problems]


@pytest.mark.parametrize(
    ("text", "line", "path", "reason"),
    [
        ("version = 1\nversion = 1", 2, "", "not TOML"),
        ("a = [", 1, "", "not TOML"),
        ("a = " + "[" * 5000, 0, "", "not TOML"),
        ("", 0, "version", "must be 1"),
        ("version = 1", 0, "clients", "names no client"),
        ("version = true\n[clients.a]\nuid = [1]", 1, "version", "must be"),
        ("version = 1\n[clients]\na = 5", 3, "clients.a", "must be a table"),
        ("version = 1\n[clients.a]\nuid = []", 3, "clients.a.uid", "empty"),
        ("version = 1\n[clients.a]\nuid = [-1]", 3, "clients.a.uid[0]", "number of a user"),
        ("version = 1\n[clients.a]\nsocket = 'x'", 3, "clients.a.socket", "whole path"),
        ("version = 1\n[clients.a]\ncert = ['ci']", 3, "clients.a.cert[0]", "CN=NAME"),
        ("version = 1\n[clients.'a b']\nuid = [1]", 2, "clients.a b", "must be a name"),
        ("version = 1\n[clients.a]\nuid = [1]\nmode = '0660'", 4, "clients.a.mode", "socket"),
        ("version = 1\n[clients.a]\nuid=[1]\nsee = ['x']", 4, "clients.a.see[0]", "stack:NAME"),
        ("version = 1\n[clients.a]\nuid=[1]\n[rules.strict]", 4, "rules.strict", "built in"),
        ("version = 1\n[clients.a]\nuid=[1]\n[audit]\nfile='x'", 5, "audit.file", "whole path"),
    ],
)
def test_one_thing_that_is_wrong(text, line, path, reason):
    assert any((line, path) == one[:2] and reason in one[2] for one in wrong(text)), wrong(text)


@pytest.mark.parametrize(
    ("word", "written"),
    [
        ("env", "services"),
        ("args", "services"),
        ("options", "services"),
        ("config-data", "configs"),
    ],
)
def test_who_writes_is_not_shown_what_would_be_written_back(word, written):
    text = f"""version = 1
[clients.a]
uid = [1]
write = ["{written}"]
stacks = ["s"]
hide = ["{word}"]
"""
    ((line, path, _),) = wrong(text)
    assert (line, path) == (6, "clients.a.hide")


def test_two_clients_that_nobody_could_tell_apart():
    text = """version = 1
[clients.a]
socket = "/x"
[clients.b]
socket = "/x"
uid = [1]
"""
    assert [one[:2] for one in wrong(text)] == [(4, "clients.b")]


def test_a_set_of_rules_takes_over_from_another():
    policy = Policy.load(
        """version = 1
[clients.a]
uid = [1]
rules = "narrow"
[rules.narrow]
extends = "wide"
images = ["b.example/*"]
require = ["digest"]
max = { pids = 5 }
mounts = { tmpfs = 1024 }
allow = ["oom"]
[rules.wide]
images = ["a.example/*"]
ports = ["80"]
require = ["limits"]
max = { replicas = 3 }
mounts = { volumes = true, bind = ["/srv/"] }
allow = ["swap"]
"""
    )
    rules = policy.clients["a"].rules
    assert rules.images == ("b.example/*",)
    assert rules.ports == (range(80, 81),)
    assert rules.require == {"digest", "limits"}
    assert (rules.maxima.pids, rules.maxima.replicas) == (5, 3)
    assert rules.mounts.volumes
    assert rules.mounts.tmpfs == 1024
    assert [folder.path for folder in rules.mounts.bind] == ["/srv"]
    assert rules.opens("oom")
    assert rules.opens("swap")


WORDS = st.text("ab\"'\\ #[]{}.=,\n\té", max_size=6)
VALUES = st.recursive(
    st.one_of(st.integers(0, 9), st.booleans(), WORDS),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(WORDS, inner, max_size=3)),
    max_leaves=8,
)


def toml(value):
    if isinstance(value, dict):
        return "{" + ", ".join(f"{toml_value(k)} = {toml(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[ # ]\n" + ",\n".join(map(toml, value)) + "]"
    return toml_value(value)


@given(st.dictionaries(WORDS, VALUES, max_size=4))
def test_every_value_has_a_line(values):
    text = "".join(f"# x\n{toml_value(key)} = {toml(value)}\n" for key, value in values.items())
    document = read_toml(text)
    assert document.values == values
    paths = set()

    def walk(value, path):
        paths.add(path)
        for key, inner in (
            value.items()
            if isinstance(value, dict)
            else enumerate(value)
            if isinstance(value, list)
            else ()
        ):
            walk(inner, (*path, key))

    for key, value in values.items():
        walk(value, (key,))
    assert set(document.lines) == paths
    lines = text.split("\n")
    for key in values:
        assert lines[document.lines[key,] - 1].startswith(toml_value(key))


@pytest.mark.parametrize(
    ("pattern", "text", "is_like"),
    [
        ("a*", "a", True),
        ("*a", "ba", True),
        ("a*a", "a", False),
        ("a*b*c", "axxbyyc", True),
        ("a*b*c", "acb", False),
        ("*", "", True),
        ("a", "A", False),
        ("a.c", "abc", False),
        ("**", "x\ny", True),
    ],
)
def test_patterns(pattern, text, is_like):
    assert matches(pattern, text) is is_like


def test_names_begin_with_a_stack():
    assert is_under(["data-*"], "data-x_y")
    assert is_under(["shop"], "shop_a_b")
    assert not is_under(["shop"], "shop_")
    assert not is_under(["shop"], "shopping_x")
    assert not is_under([""], "x")
