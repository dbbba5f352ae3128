"""Several files as one: what the docker command's merging makes of each kind of option."""

import pytest

from swarmwire.errors import StackError
from tests.stack.support import bodies, load, service


def merged(first, second):
    texts = (f"services: {{a: {{image: x, {options}}}}}" for options in (first, second))
    return service(*texts)


def container(first, second):
    return merged(first, second).task_template.container_spec


def test_scalars_replace_each_other_unless_empty():
    assert container("user: u, tty: true", "user: '', tty: false").user == "u"
    assert container("user: u, tty: true", "user: v, tty: false").tty is True
    assert container("init: true", "init: false").init is True
    assert container("init: false", "tty: true").init is False
    assert (
        container("stop_grace_period: 9s", "stop_grace_period: 0s").stop_grace_period == 9 * 10**9
    )


def test_replicas_and_retries_can_become_nothing():
    assert merged("deploy: {replicas: 2}", "deploy: {replicas: 0}").mode.replicated.replicas == 0


def test_commands_replace_and_lists_grow():
    assert container("command: a b", "command: [c]").args == ["c"]
    assert container("command: a b", "command: []").args == ["a", "b"]
    both = container("healthcheck: {test: [CMD, a]}", "healthcheck: {test: [b]}")
    assert both.healthcheck.test == ["CMD", "a", "b"]
    assert container("dns_search: a", "dns_search: [b]").dns_config.search == ["a", "b"]


def test_environment_cannot_be_emptied_but_labels_can():
    both = container("environment: {A: a, B: b, C: c}", "environment: {A: '', B: n, C: }")
    assert both.env == ["A=a", "B=n", "C=c"]
    assert container("labels: {A: a}", "labels: {A: ''}").labels["A"] == ""


def test_ports_of_one_published_port_are_one():
    spec = merged("ports: ['80', '81', '8080:82']", "tty: true").endpoint_spec
    assert [(one.published_port, one.target_port) for one in spec.ports] == [(0, 81), (8080, 82)]


def test_volumes_go_by_target_and_secrets_by_source():
    mounts = container("volumes: ['/b:/x', '/a:/y']", "volumes: ['/c:/x:ro']").mounts
    assert [(one.source, one.target, one.read_only) for one in mounts] == [
        ("/c", "/x", True),
        ("/a", "/y", False),
    ]


@pytest.mark.parametrize(
    ("first", "second", "name", "options"),
    [
        ("{driver: a, options: {x: 1}}", "{options: {y: 2}}", "a", {"x": "1", "y": "2"}),
        ("{driver: a, options: {x: 1}}", "{driver: b}", "b", {}),
        ("{driver: a}", "{driver: a, options: {y: 2}}", "a", {}),
        ("{options: {x: 1}}", "{driver: b, options: {x: 2}}", "b", {"x": "2"}),
    ],
)
def test_log_drivers(first, second, name, options):
    driver = merged(f"logging: {first}", f"logging: {second}").task_template.log_driver
    assert (driver.name, driver.options) == (name, options)


def test_ulimits_are_replaced_by_name():
    limits = container("ulimits: {nofile: 1, core: 2}", "ulimits: {nofile: {soft: 3, hard: 4}}")
    assert [(one.name, one.soft, one.hard) for one in limits.ulimits] == [
        ("core", 2, 2),
        ("nofile", 3, 4),
    ]


def test_other_objects_replace_each_other():
    first = "services: {a: {image: x}}\nnetworks: {default: {driver: d, labels: {a: b}}}"
    second = "networks: {default: {internal: true}}"
    network = bodies(first, second).networks["st_default"]
    assert (network.driver, network.internal, "a" in network.labels) == ("", True, False)


def test_versions_must_be_the_same():
    with pytest.raises(StackError) as caught:
        load("version: '3.8'", "version: '3.9'")
    assert caught.value.reason == "version mismatched between two composefiles : 3.8 and 3.9"
    load("version: '3'", "version: '3.13'", "services: {}")
