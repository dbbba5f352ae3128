"""The text of exported files: every value is read as it was, and looks as people write it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swarmwire import export, pb
from swarmwire.export.values import duration, processors, size, words
from swarmwire.stack.texts.go_values import parse_duration, parse_nano_cpus, parse_size
from swarmwire.stack.texts.shell_words import split_words
from tests.export.support import exported, stored, unsaid
from tests.support.strategies import messages

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
ODD = [
    "",
    "yes",
    "n",
    "~",
    "1e3",
    "0o10",
    "010",
    "1_000",
    "12:30",
    "2024-01-01",
    "<<",
    "=",
    "- a",
    "a: b",
    "#",
    "a #b",
    "$HOME",
    "${X",
    "$$",
    "a\nb",
    "a\n",
    "\n",
    " a",
    "a ",
    "\t",
    "é",
    "\x7f",
    "{",
    "*a",
    "&a",
    "!x",
    "|",
    ">",
    "%",
    "@",
    "`",
    "null",
    "0x1f",
    ".inf",
    "a\rb",
    "\ufeff",
    "\x85",
    "\u2028",
    "😀",
]


def held(swarm):
    """Whether the file says all of the service."""
    found = exported(swarm)
    return found.proof.services[0].verdict == "kept" and unsaid(found) == []


@pytest.mark.parametrize("text", ODD)
def test_an_odd_text_is_read_as_it_was(text):
    def change(spec):
        container = spec.task.container
        container.env.append(f"A={text}")
        container.args.extend(["x", text])
        container.labels["own"] = text
        container.user = text

    assert held(stored(change))


@given(TEXTS, st.lists(TEXTS, max_size=3))
def test_any_text_is_read_as_it_was(text, arguments):
    def change(spec):
        spec.task.container.env.append(f"A={text}")
        spec.task.container.args.extend(arguments)
        spec.task.container.labels[f"k{text}"] = text

    assert held(stored(change))


@pytest.mark.parametrize(
    ("value", "written"),
    [(0, "0s"), (90_000_000_000, "1m30s"), (500_000_000, "500ms"), (3_600_000_000_000, "1h"),
     (1, "1ns"), (-10_000_000_000, "-10s")],
)  # fmt: skip
def test_durations(value, written):
    assert duration(value) == written
    assert parse_duration(written) == value


@given(st.integers(-(2**63) + 1, 2**63 - 1))
def test_any_duration(value):
    assert parse_duration(duration(value)) == value


@pytest.mark.parametrize(
    ("value", "written"), [(512 << 20, "512M"), (1 << 30, "1G"), (1000, "1000b"), (0, None)]
)
def test_sizes(value, written):
    assert size(value) == written
    assert written is None or parse_size(written) == value


@given(st.integers(-(2**62), 2**62).filter(bool))
def test_any_share_of_processors(value):
    assert parse_nano_cpus(processors(value)) == value


def test_command_lines():
    assert words(["nginx", "-g"]) == "nginx -g"
    assert words(["sh", "-c", "a b"]) == ["sh", "-c", "a b"]
    assert words(["#x"]) == ["#x"]
    assert words([]) is None


@given(st.lists(TEXTS, min_size=1))
def test_a_command_line_in_one_text_is_the_same_words(arguments):
    written = words(arguments)
    if isinstance(written, str):
        assert split_words(written) == arguments
    else:
        assert list(written) == arguments


def test_short_forms():
    def change(spec):
        container = spec.task.container
        container.mounts.add(type=pb.Mount.BIND, source="/a", target="/b", readonly=True)
        container.secrets.add(secret_id="i", secret_name="st_key").file.CopyFrom(
            pb.FileTarget(name="key", uid="0", gid="0", mode=0o444)
        )
        container.healthcheck.test.extend(["CMD-SHELL", "true"])
        spec.endpoint.ports.add(target_port=80, published_port=8080)
        spec.endpoint.ports.add(target_port=1, published_port=8081, publish_mode=pb.PortConfig.HOST)

    text = exported(stored(change)).text
    for line in ("- /a:/b:ro", "- key", 'test: "true"', '- "8080:80"', "mode: host"):
        assert f" {line}\n" in text
    assert 'version: "3.8"\n' in text
    assert "networks:" not in text


def test_the_version_is_the_oldest_that_will_do():
    def change(spec):
        spec.task.container.healthcheck.test.append("NONE")
        spec.task.container.healthcheck.start_interval.seconds = 5

    assert 'version: "3.12"\n' in exported(stored(change)).text


def test_images_are_called_as_they_are_stored_or_by_their_tag():
    digest = "nginx:1.27@sha256:" + "a" * 64

    def pinned(spec):
        spec.task.container.image = digest

    found = exported(stored(pinned))
    assert f"image: {digest}\n" in found.text
    assert found.proof.holds
    assert unsaid(found) == ["Labels[com.docker.stack.image]"]
    tagged = exported(stored(pinned), choice=export.ExportChoice(tags=True))
    assert "image: nginx:1.27\n" in tagged.text
    assert tagged.proof.holds
    assert unsaid(tagged) == []
    assert any("--resolve-image" in note for note in tagged.proof.notes)


def test_an_empty_variable_is_told():
    found = exported(stored(lambda spec: spec.task.container.env.append("TOKEN=")))
    assert any("TOKEN of web" in note for note in found.proof.notes)


@given(messages(pb.ServiceSpec))
def test_whatever_is_stored_there_is_a_file_and_a_verdict(spec):
    service = pb.Service(id="s", spec=spec)
    found = export.export(export.KnownSwarm((service,)), "st", (service,))
    [told] = found.proof.services
    assert told.verdict in ("kept", "restarts", "created", "refused", "left out")
    assert found.proof.holds == (told.verdict == "kept")


def test_stacks_are_told_apart():
    swarm = stored()
    other = pb.Service()
    other.spec.annotations.name = "alone"
    found = export.stacks_of((other, *swarm.services))
    assert {stack: len(services) for stack, services in found.items()} == {"": 1, "st": 1}


def test_payloads_are_never_shown():
    swarm = stored(
        lambda spec: spec.task.container.secrets.add(
            secret_id="i", secret_name="st_key"
        ).file.CopyFrom(pb.FileTarget(name="key", uid="0", gid="0", mode=0o444)),
        secrets=(pb.Secret(id="i", spec=pb.SecretSpec(data=b"s3cret")),),
    )
    secret = swarm.secrets[0]
    secret.spec.annotations.name = "st_key"
    secret.spec.annotations.labels["com.docker.stack.namespace"] = "st"
    found = exported(swarm, choice=export.ExportChoice(folder="./f"))
    assert [each.data for each in found.payloads.values()] == [b"s3cret"]
    assert "s3cret" not in repr((swarm, found))
    assert "s3cret" not in found.text
