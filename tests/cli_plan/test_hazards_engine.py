"""Hazards against deeds: what a real worker says of the tasks that the rules warn of."""

import re

import pytest

from swarmwire import engine, pb
from swarmwire.rules import service_spec_hazards
from tests.cli_plan import running
from tests.support.installations import MACHINE, either

# the words are those of a container's runtime
pytestmark = pytest.mark.parametrize("either", either(MACHINE)[:-1], indirect=True, scope="session")

STARTING = 448
ENDED = range(600, 800)
"""Shut down, failed, rejected."""
EXPLAINED = r": (the text holds|the soft limit|the kernel refuses|Linux has no|the container) .*"
"""What the rules say beyond the engine's words."""


def log(name, **options):
    def change(_container, spec):
        spec.task.log_driver.name = name
        for option, value in options.items():
            spec.task.log_driver.options[option.replace("_", "-")] = value

    return change


def mount(**fields):
    return lambda c, s: c.mounts.add(**fields)


CASES = {
    "signal": lambda c, s: setattr(c, "stop_signal", "SIGFOO"),
    "capability": lambda c, s: c.capability_drop.append("net_foo"),
    "soft-above-hard": lambda c, s: c.ulimits.add(name="nofile", soft=2048, hard=1024),
    "no-ulimit": lambda c, s: c.ulimits.add(name="nofiles", soft=1, hard=1),
    "sysctl": lambda c, s: c.sysctls.update({"vm.swappiness": "10"}),
    "sysctl-of-hostname": lambda c, s: c.sysctls.update({"kernel.hostname": "x"}),
    "long-hostname": lambda c, s: setattr(c, "hostname", "h" * 65),
    "hosts": lambda c, s: c.hosts.append("web 10.0.0.1"),
    "directory": lambda c, s: setattr(c, "dir", "rel/dir"),
    "isolation": lambda c, s: setattr(c, "isolation", 2),
    "credentials": lambda c, s: setattr(c.privileges.credential_spec, "file", "a.json"),
    "tmpfs-size": mount(type=pb.Mount.TMPFS, target="/t", tmpfs_options={"size_bytes": -1}),
    "log-option": log("json-file", max_sizes="1"),
    "log-mode": log("json-file", mode="nonblocking"),
    "log-size": log("json-file", max_size="ten"),
    "log-files": log("json-file", max_file="0"),
    "log-rotation": log("local", max_file="1"),
    "target-port": lambda c, s: s.endpoint.ports.add(
        target_port=70000, publish_mode=pb.PortConfig.HOST
    ),
    "nul-env": lambda c, s: c.env.append("A=a\0b"),
    "nul-hostname": lambda c, s: setattr(c, "hostname", "a\0b"),
    "nul-directory": lambda c, s: setattr(c, "dir", "/a\0b"),
    "nul-user": lambda c, s: setattr(c, "user", "a\0b"),
    "nul-target": mount(type=pb.Mount.TMPFS, target="/a\0b"),
}


def create(manager, title, change):
    spec = running.spec_of(f"hazard-{title}")
    spec.task.restart.condition = pb.RestartPolicy.NONE
    change(spec.task.container, spec)
    return manager.create_service(pb.CreateServiceRequest(spec=spec)).service


def status(manager, service):
    tasks = running.tasks_of(manager, service.id)
    return tasks[0].status if tasks else pb.TaskStatus()


def engines_words(service, release):
    hazards = service_spec_hazards(service.spec, release=release)
    (hazard,) = (each for each in hazards if each.severity == "error")
    assert hazard.who == "worker"
    return re.sub(EXPLAINED, "", hazard.reason)


def version_of(manager):
    (node,) = manager.list_nodes(pb.ListNodesRequest()).nodes
    return engine.release(node.description.engine.engine_version)


def test_a_real_worker_says_the_same(manager, remove):
    release = version_of(manager)
    services = {title: create(manager, title, change) for title, change in CASES.items()}
    for service in services.values():
        remove(service.id)
    for title, service in services.items():
        words = engines_words(service, release)
        running.wait_until(
            lambda service=service: status(manager, service).state in ENDED, f"the end of {title}"
        )
        assert words in status(manager, service).err, title


def test_a_health_check_of_no_kind_is_never_passed(manager, remove):
    service = create(manager, "health", lambda c, s: c.healthcheck.test.extend(["curl", "x"]))
    remove(service.id)
    running.wait_until(lambda: status(manager, service).state == STARTING, "the start")
    with pytest.raises(AssertionError, match="waited in vain"):
        running.wait_until(lambda: status(manager, service).state > STARTING, "more", timeout=3)
    words = "Unknown healthcheck type 'curl' (expected 'CMD')"
    assert engines_words(service, version_of(manager)) == words
