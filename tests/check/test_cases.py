"""Specs that people really wrote, each with what is wrong with it: ``tests/cases`` says what."""

from pathlib import Path

import pytest

from swarmwire import engine
from swarmwire.check import check

CASES = Path(__file__).parents[1] / "cases"
CONTAINER = "TaskTemplate.ContainerSpec"
TEST = f"{CONTAINER}.Healthcheck.Test"


def found(name, type_=engine.ServiceSpec, **options):
    return check((CASES / f"{name}.json").read_bytes(), type_=type_, **options)


def told(name, **options):
    return [(each.severity, each.source, each.path) for each in found(name, **options)]


ERRORS = [
    ("01-health-empty-cmd", TEST, "has no command"),
    (
        "02-health-unknown-type",
        TEST,
        "Unknown healthcheck type 'SOMETHINGINVALID' (expected 'CMD')",
    ),
    ("06-stop-signal", f"{CONTAINER}.StopSignal", "nvalid signal: SIGFOO"),
    (
        "07-capability",
        f"{CONTAINER}.CapabilityAdd[0]",
        'invalid CapAdd: unknown capability: "CAP_FOO"',
    ),
]


@pytest.mark.parametrize("release", ["20.10", "26.1", "28.5", None])
@pytest.mark.parametrize(("name", "path", "words"), ERRORS)
def test_what_workers_refuse_for_ever(name, path, words, release):
    (finding,) = found(name, release=release)
    assert (finding.severity, finding.source, finding.path) == ("error", "worker", path)
    assert words in finding.rule or (name.startswith("01") and release is not None)
    assert finding.code == "worker-hazard"
    assert finding.fix


def test_a_health_check_without_a_command_crashes_older_engines():
    (old,) = found("01-health-empty-cmd", release="20.10.24")
    assert "slice bounds out of range [1:0]" in old.rule
    (new,) = found("01-health-empty-cmd")
    assert "engines before 29.5 crash" in new.rule


def test_the_kind_of_a_health_check_is_advised():
    (finding,) = found("02-health-unknown-type")
    assert finding.fix == 'begin with "CMD", "CMD-SHELL" or "NONE"'


def test_hosts_entries_that_get_lost():
    (turned,) = found("03-hosts-wrong-order")
    assert (turned.severity, turned.path) == ("lost", f"{CONTAINER}.Hosts[0]")
    assert turned.fix == 'write "10.0.0.1 domain.example"'
    (alias,) = found("04-hosts-alias")
    assert (alias.severity, alias.path) == ("lost", f"{CONTAINER}.Hosts[0]")
    assert "www.example.com" in alias.rule


def test_ulimits():
    soft, name = found("10-ulimit")
    assert (soft.severity, soft.path) == ("error", f"{CONTAINER}.Ulimits[0].Soft")
    assert soft.rule.startswith("error setting rlimit type 7: invalid argument")
    assert (name.severity, name.path) == ("error", f"{CONTAINER}.Ulimits[1].Name")
    assert name.rule == "wrong rlimit value: RLIMIT_NOFILES"


def test_a_reservation_above_the_limit_runs():
    resources = "TaskTemplate.Resources.Reservations"
    assert told("11-reservation-above-limit") == [
        ("hint", "scheduler", f"{resources}.NanoCPUs"),
        ("hint", "scheduler", f"{resources}.MemoryBytes"),
    ]


def test_a_predefined_network():
    (finding,) = found("17-network-predefined", engine.NetworkCreateRequest)
    assert (finding.severity, finding.source, finding.path) == ("error", "engine", "Name")
    assert finding.rule == "host is a pre-defined network and cannot be created"


def test_durations_that_were_meant_in_seconds():
    findings = found("18-nanoseconds")
    assert [(each.severity, each.path, each.fix) for each in findings] == [
        ("hint", "TaskTemplate.RestartPolicy.Delay", "did you mean 10s, which is 10000000000?"),
        ("hint", "TaskTemplate.RestartPolicy.Window", "did you mean 30s, which is 30000000000?"),
        ("hint", "UpdateConfig.Delay", "did you mean 10s, which is 10000000000?"),
        ("hint", "UpdateConfig.Monitor", "did you mean 10s, which is 10000000000?"),
    ]
    assert findings[0].rule == "durations are in nanoseconds: 10 is 10 ns"


@pytest.mark.parametrize(
    "name",
    [
        "12-startfirst-hostport-old",
        "12-startfirst-hostport-new",
        "20-live-port-taken",
        "21-live-secret-missing",
    ],
)
def test_what_only_a_plan_can_tell(name):
    assert told(name) == []
