"""Findings end up in logs: nothing that may be a secret is in them."""

import json
from base64 import b64encode
from typing import Any

import pytest

from swarmwire import engine
from swarmwire.check import check
from swarmwire.check._finding import shown

MARK = "s3cr3t"
DATA = b64encode(MARK.encode()).decode()


def service(**container):
    return {"Name": "a", "TaskTemplate": {"ContainerSpec": {"Image": "a", **container}}}


CASES = [
    (engine.SecretSpec, {"Name": "a b", "Data": DATA * 200_000}),
    (engine.SecretSpec, {"Name": "a", "Data": MARK + "!"}),
    (engine.SecretSpec, {"Name": "a", "Data": [1, MARK]}),
    (engine.SecretSpec, {"Name": "a", "Data": DATA, "Driver": {"Options": {"a": MARK}}}),
    (engine.ConfigSpec, {"Name": "a b", "Data": DATA}),
    (
        engine.SwarmSpec,
        {"Name": "x", "CAConfig": {"SigningCAKey": MARK, "SigningCACert": MARK}},
    ),
    (
        engine.SwarmSpec,
        {"Name": "x", "TaskDefaults": {"LogDriver": {"Name": "l", "Options": {"password": MARK}}}},
    ),
    (engine.ServiceSpec, service(Env=[f"={MARK}"])),
    (engine.ServiceSpec, service(Env=[f"A={MARK}{{{{.Nope}}}}"])),
    (engine.ServiceSpec, service(Env=[f"A={MARK}{{{{"])),
    (engine.ServiceSpec, service(Env=[f'A={{{{{MARK} "{MARK}"}}}}'])),
    (engine.ServiceSpec, service(Env=[f'A="{MARK}"\n{{{{x}}}}'])),
    (engine.ServiceSpec, service(Env=[{"A": MARK}])),
    (
        engine.ServiceSpec,
        service(
            Mounts=[
                {
                    "Type": "volume",
                    "Target": "/a",
                    "VolumeOptions": {
                        "Labels": {"a": f"{MARK}{{{{x}}}}"},
                        "DriverConfig": {"Options": {"o": f"password={MARK}{{{{x}}}}"}},
                    },
                }
            ]
        ),
    ),
    (
        engine.ServiceSpec,
        {
            "Name": "a",
            "TaskTemplate": {
                "Runtime": "plugin",
                "PluginSpec": {"name": "p", "remote": "p", "env": [f"A={MARK}"]},
                "ContainerSpec": {"Env": [f"A={MARK}"], "Args": [MARK]},
            },
        },
    ),
]


@pytest.mark.parametrize(("type_", "spec"), CASES)
def test_no_secret_is_told(type_, spec):
    findings = check(json.dumps(spec), type_=type_)
    assert findings
    assert MARK not in repr(findings)
    assert DATA not in repr(findings)


def test_a_number_in_the_place_of_a_secret_is_not_told():
    (finding,) = check('{"Name": "a", "Data": 123456}', type_=engine.SecretSpec)
    assert "123456" not in repr(finding)
    assert finding.rule == "invalid JSON: cannot unmarshal number into base64 string"


def test_no_secret_of_a_hand_built_object_is_told():
    container: Any = engine.ContainerSpec(image="a")
    container.env = [f"{MARK}\ud800", {MARK: MARK}]
    container.command = [MARK.encode()]
    container.privileges = engine.Privileges(seccomp=engine.SeccompOpts())
    container.privileges.seccomp.mode = MARK.encode()
    container.privileges.seccomp.profile = MARK
    spec = engine.ServiceSpec(name="a", task_template=engine.TaskSpec(container_spec=container))
    findings = check(spec)
    assert len(findings) == 5
    assert MARK not in repr(findings)


@pytest.mark.parametrize(
    ("value", "steps", "want"),
    [
        (None, ("A",), ""),
        (True, ("A",), "true"),
        (1.5, ("A",), "1.5"),
        ("a\x1bb", ("A",), '"a\\x1bb"'),
        ("a" * 100, ("A",), '"' + "a" * 58 + "…"),
        (b"abc", ("A",), "3 bytes"),
        (["a"], ("A",), "1 item"),
        ({"k": "v"}, ("Labels",), "{k}"),
        ("NAME=x", ("Env", 0), "NAME=…"),
        ("x", ("Env", 0), "…"),
        ("x", ("Args", 0), "…"),
        ("x", ("SigningCAKey",), "…"),
        (engine.Mount(target="/a"), ("A",), "{Target}"),
    ],
)
def test_values_are_short(value, steps, want):
    assert shown(value, steps) == want
