"""What makes two elements of a list the same thing: told as a change, and joined as one."""

import pytest

from swarmwire import pb
from swarmwire.plan import merge
from swarmwire.spec import field_differences

TASK, CONTAINER = "task", "task.container"

# Where the list is; an element, the same with another value; and the path that then differs.
LISTS = {
    "env": ("ServiceSpec", f"{CONTAINER}.env", "A=1", "A=2", ""),
    "mounts": (
        "ServiceSpec",
        f"{CONTAINER}.mounts",
        {"target": "/a", "source": "x"},
        {"target": "/a", "source": "y"},
        ".Source",
    ),
    "secrets": (
        "ServiceSpec",
        f"{CONTAINER}.secrets",
        {"file": {"name": "f"}, "secret_name": "s", "secret_id": "1"},
        {"file": {"name": "f"}, "secret_name": "t", "secret_id": "1"},
        ".SecretName",
    ),
    "secrets without a file": (
        "ServiceSpec",
        f"{CONTAINER}.secrets",
        {"secret_name": "s", "secret_id": "1"},
        {"secret_name": "s", "secret_id": "2"},
        ".SecretID",
    ),
    "configs": (
        "ServiceSpec",
        f"{CONTAINER}.configs",
        {"file": {"name": "f"}, "config_name": "s", "config_id": "1"},
        {"file": {"name": "f"}, "config_name": "t", "config_id": "1"},
        ".ConfigName",
    ),
    "configs without a file": (
        "ServiceSpec",
        f"{CONTAINER}.configs",
        {"config_name": "s", "config_id": "1"},
        {"config_name": "s", "config_id": "2"},
        ".ConfigID",
    ),
    "ulimits": (
        "ServiceSpec",
        f"{CONTAINER}.ulimits",
        {"name": "nofile", "soft": 1},
        {"name": "nofile", "soft": 2},
        ".Soft",
    ),
    "networks": (
        "ServiceSpec",
        f"{TASK}.networks",
        {"target": "n", "aliases": ["a"]},
        {"target": "n", "aliases": ["a", "b"]},
        ".Aliases[1]",
    ),
    "old networks": (
        "ServiceSpec",
        "networks",
        {"target": "n"},
        {"target": "n", "aliases": ["b"]},
        ".Aliases[0]",
    ),
    "ports": (
        "ServiceSpec",
        "endpoint.ports",
        {"target_port": 80, "published_port": 1},
        {"target_port": 80, "published_port": 2},
        ".PublishedPort",
    ),
    "indices": (
        "ServiceSpec",
        "annotations.indices",
        {"key": "k", "val": "1"},
        {"key": "k", "val": "2"},
        ".Val",
    ),
    "plugin env": ("PluginSpec", "env", "A=1", "A=2", ""),
    "plugin privileges": (
        "PluginSpec",
        "privileges",
        {"name": "mount", "value": ["/a"]},
        {"name": "mount", "value": ["/a", "/b"]},
        ".value[1]",
    ),
    "pools": (
        "NetworkSpec",
        "ipam.configs",
        {"subnet": "10.0.0.0/24", "gateway": "10.0.0.1"},
        {"subnet": "10.0.0.0/24", "gateway": "10.0.0.2"},
        ".Gateway",
    ),
    "authorities": (
        "ClusterSpec",
        "ca_config.external_cas",
        {"url": "https://ca", "ca_cert": b"1"},
        {"url": "https://ca", "ca_cert": b"2"},
        ".CACert",
    ),
    "volume secrets": (
        "VolumeSpec",
        "secrets",
        {"key": "k", "secret": "1"},
        {"key": "k", "secret": "2"},
        ".Secret",
    ),
}


def spec_with(kind, where, *elements):
    out = getattr(pb, kind)()
    holder = out
    *steps, name = where.split(".")
    for step in steps:
        holder = getattr(holder, step)
    for each in elements:
        if isinstance(each, str):
            getattr(holder, name).append(each)
        else:
            getattr(holder, name).add(**each)
    return out


@pytest.mark.parametrize("case", LISTS)
def test_an_element_with_another_value_has_changed_wherever_it_stands(case):
    kind, where, before, after, within = LISTS[case]
    more = "Z=0" if isinstance(before, str) else {}
    old = spec_with(kind, where, before)
    new = spec_with(kind, where, more, after)
    found = [each for each in field_differences(old, new) if each.path.endswith(f"[1]{within}")]
    assert [each.operation for each in found] == ["added" if within.endswith("]") else "changed"]
    assert sum(1 for _ in field_differences(old, new)) == 2


@pytest.mark.parametrize("case", [case for case in LISTS if LISTS[case][0] == "ServiceSpec"])
def test_two_changes_of_one_element_meet_there(case):
    kind, where, before, after, _ = LISTS[case]
    base = spec_with(kind, where, before)
    more = "Z=0" if isinstance(before, str) else {}
    ours, theirs = spec_with(kind, where, after), spec_with(kind, where, before, more)
    merged = merge(base, ours, theirs)
    assert merged.conflicts == ()
    assert merged.spec == spec_with(kind, where, after, more)


def test_of_two_elements_of_one_name_each_has_one_partner():
    old = spec_with("ServiceSpec", "endpoint.ports", {"target_port": 80, "published_port": 1})
    new = spec_with(
        "ServiceSpec",
        "endpoint.ports",
        {"target_port": 80, "published_port": 2},
        {"target_port": 80, "published_port": 3},
    )
    assert [(each.operation, each.path) for each in field_differences(old, new)] == [
        ("changed", "EndpointSpec.Ports[0].PublishedPort"),
        ("added", "EndpointSpec.Ports[1]"),
    ]


@pytest.mark.parametrize("field", ["protocol", "publish_mode"])
def test_a_port_of_another_protocol_or_mode_is_another_port(field):
    old = spec_with("ServiceSpec", "endpoint.ports", {"target_port": 80})
    new = spec_with("ServiceSpec", "endpoint.ports", {"target_port": 80, field: 1})
    assert [each.operation for each in field_differences(old, new)] == ["added", "removed"]


def test_equal_elements_are_one_another_before_those_of_one_name():
    old = spec_with("ServiceSpec", f"{CONTAINER}.env", "A=1", "A=2")
    new = spec_with("ServiceSpec", f"{CONTAINER}.env", "A=2")
    (only,) = field_differences(old, new)
    assert (only.operation, only.path) == ("removed", "TaskTemplate.ContainerSpec.Env[0]")


@pytest.mark.parametrize(
    ("where", "path"),
    [
        (f"{CONTAINER}.command", "TaskTemplate.ContainerSpec.Command"),
        (f"{CONTAINER}.args", "TaskTemplate.ContainerSpec.Args"),
        (f"{CONTAINER}.healthcheck.test", "TaskTemplate.ContainerSpec.Healthcheck.Test"),
    ],
)
def test_words_of_a_command_go_by_place(where, path):
    old = spec_with("ServiceSpec", where, "run", "a", "b")
    new = spec_with("ServiceSpec", where, "run", "c", "b")
    (only,) = field_differences(old, new)
    assert (only.operation, only.path) == ("changed", f"{path}[1]")
    ours = spec_with("ServiceSpec", where, "run", "a", "b", "d")
    assert merge(old, new, ours).conflicts == (path,)
