"""Which release a name or a version means."""

import pytest

from swarmwire import convert, engine
from swarmwire.errors import SwarmwireError, UnknownRelease


def test_releases_are_known_oldest_first():
    names = [release.name for release in engine.RELEASES]
    assert names[0] == "87e1464c43"
    assert names[-1] == "29"
    assert len(names) == 13
    versions = [tuple(map(int, release.api_version.split("."))) for release in engine.RELEASES]
    assert versions == sorted(versions)


@pytest.mark.parametrize(
    ("version", "name", "noted"),
    [
        ("20.10", "20.10", False),
        ("20.10.24", "20.10", False),
        ("20.10.24+dfsg1", "20.10", False),
        ("v26.1.5", "26.1", False),
        ("26.0.2", "26.1", True),
        ("18.03.1-ce", "17.12", True),
        ("17.09.0-ce", "17.12", True),
        ("28.5.2+dfsg4", "28.5", False),
        ("29.0.1", "29.0", False),
        ("29.1", "29.0", False),
        ("29.2", "29", True),
        ("29.7.0", "29", False),
        ("31.0", "29", True),
        ("87e1464c43", "87e1464c43", False),
    ],
)
def test_version_finds_its_release(version, name, noted):
    found = engine.release(version)
    assert found.name == name
    assert bool(found.note) is noted


@pytest.mark.parametrize("text", ["", "latest", "1.13.1", "17.03.2-ce", "20", "x20.10"])
def test_what_is_no_release_is_refused(text):
    if text == "20":
        assert engine.release(text).name == "19.03"
        return
    with pytest.raises(UnknownRelease):
        engine.release(text)


def test_unknown_release_is_our_error_everywhere():
    with pytest.raises(SwarmwireError, match="no release"):
        engine.decode("{}", engine.ServiceSpec, release="latest")
    with pytest.raises(SwarmwireError, match="no release"):
        convert.service_spec_to_grpc(engine.ServiceSpec(), release="latest")


def test_newest_is_the_default():
    assert engine.release("29").is_newest
    spec = engine.ServiceSpec(name="a", task_template=engine.TaskSpec())
    spec.task_template.container_spec = engine.ContainerSpec(image="x")
    assert convert.service_spec_to_grpc(spec) == convert.service_spec_to_grpc(spec, release="29")


def test_argument_is_not_changed():
    body = b'{"Name":"a","TaskTemplate":{"ContainerSpec":{"Image":"x","Init":true}}}'
    spec = engine.decode(body, engine.ServiceSpec)
    message = convert.service_spec_to_grpc(spec, release="17.12")
    assert not message.task.container.HasField("init")
    assert spec.task_template.container_spec.init is True
