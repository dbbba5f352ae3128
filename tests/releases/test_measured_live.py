"""What real engines of older releases showed, beyond the vectors."""

import json

import pytest

from swarmwire import convert, engine, pb, rules

OLDER = [release.name for release in engine.RELEASES if not release.has("29.0")]


def network(**fields):
    labels = {"annotations": {"name": "n", "labels": {"a": "b"}}}
    return pb.Network(id="i", spec=labels, driver_state={"options": {"o": "p"}}, **fields)


def keys(shown, release):
    return list(json.loads(engine.encode(shown, release=release)))


@pytest.mark.parametrize(
    "from_grpc", [convert.network_from_grpc, convert.network_inspect_from_grpc]
)
@pytest.mark.parametrize("release", OLDER)
def test_networks_are_shown_with_containers_before_their_options(from_grpc, release):
    shown = from_grpc(network(), release=release)
    names = keys(shown, release)
    assert names[names.index("ConfigOnly") :] == ["ConfigOnly", "Containers", "Options", "Labels"]
    assert json.loads(engine.encode(shown, release=release))["Containers"] is None
    assert ("EnableIPv4" in names) is (release == "28.5")


@pytest.mark.parametrize("release", ["29.0", "29"])
def test_networks_are_shown_with_containers_last_and_only_one_by_one(release):
    assert keys(convert.network_from_grpc(network(), release=release), release)[-1] == "Labels"
    names = keys(convert.network_inspect_from_grpc(network(), release=release), release)
    assert names[-2:] == ["Labels", "Containers"]


def test_containers_in_a_list_are_read_and_written_back():
    text = '{"Name":"n","Id":"i","Containers":{"c":{"Name":"x"}}}'
    found = engine.decode(text, engine.NetworkResource, release="20.10")
    assert json.loads(engine.encode(found, release="20.10"))["Containers"]["c"]["Name"] == "x"


@pytest.mark.parametrize(
    ("release", "written"),
    [
        ("20.10", r"\u0008\u000c\\b\n"),
        ("23.0", r"\b\f\\b\n"),
        ("24.0", r"\u0008\u000c\\b\n"),
        ("26.1", r"\u0008\u000c\\b\n"),
        ("28.5", r"\b\f\\b\n"),
        (None, r"\b\f\\b\n"),
    ],
)
def test_escapes_are_those_of_the_go_that_it_is_built_with(release, written):
    text = engine.encode(engine.ContainerSpec(image="\b\f\\b\n"), release=release).decode()
    assert f'"Image":"{written}"' in text


@pytest.mark.parametrize("release", ["20.10", "26.1", "27.5", "29"])
@pytest.mark.parametrize(
    ("image", "longest"),
    [("reg.io/{}", 248), ("{}", 237), ("docker.io/{}", 237), ("a/{}", 243)],
)
def test_host_counts_in_the_length_of_an_image_s_name(release, image, longest):
    counts = release in ("20.10", "26.1")
    host = "reg.io/" if image.startswith("reg") else "docker.io/"
    limit = longest + (0 if counts else len(host))
    assert is_taken(image.format("b" * limit), release)
    assert not is_taken(image.format("b" * (limit + 1)), release)


def is_taken(image, release):
    spec = pb.ServiceSpec(annotations={"name": "a"}, task={"container": {"image": image}})
    spec.replicated.SetInParent()
    problems = rules.service_spec_problems(spec, release=release)
    assert all(each.reason.endswith("is not a valid repository/tag") for each in problems)
    return not problems


def test_an_older_release_merges_a_swarm_s_spec_with_the_existing_one():
    existing = rules.default_cluster_spec()
    merged = convert.swarm_spec_to_grpc(engine.SwarmSpec(name="x"), existing, release="20.10")
    assert merged.annotations.name == "x"
    assert merged.raft == existing.raft
