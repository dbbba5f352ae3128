"""--engine: each command judges and converts as that release does."""

import json

import pytest

from swarmwire import convert, engine, pb

NEWER = {"Healthcheck": {"Test": ["CMD", "true"]}, "OomScoreAdj": 5}
SPEC = {"Name": "web", "TaskTemplate": {"ContainerSpec": {"Image": "nginx:1"} | NEWER}}
BODY = json.dumps(SPEC).encode()


def message(release):
    spec = engine.decode(BODY, engine.ServiceSpec, release=release)
    return convert.service_spec_to_grpc(spec, release=release)


@pytest.mark.parametrize("release", ["20.10", "26.1", "29"])
def test_to_grpc(invoke, release):
    done = invoke("to-grpc", "--engine", release, data=BODY)
    assert pb.ServiceSpec.FromString(done.output) == message(release)


def test_releases_differ():
    assert message("20.10") != message("26.1") != message("29")


@pytest.mark.parametrize("release", ["20.10", "29"])
def test_from_grpc(invoke, release):
    service = pb.Service(id="s", spec=message("29"))
    done = invoke("from-grpc", "--engine", release, data=service.SerializeToString())
    shown = convert.service_from_grpc(service, release=release)
    assert done.output == engine.encode(shown, release=release) + b"\n"
    assert (b"OomScoreAdj" in done.output) is (release == "29")


def test_a_version_is_taken_for_its_release_and_a_difference_is_told(invoke):
    done = invoke("to-grpc", "--engine", "v26.0.2", data=BODY)
    assert pb.ServiceSpec.FromString(done.output) == message("26.0.2")
    assert "warning: --engine: 26.0 knows VolumeOptions.Subpath" in done.stderr
    quiet = invoke("to-grpc", "--engine", "v26.0.2", "--quiet", data=BODY)
    assert (quiet.output, quiet.stderr) == (done.output, "")


@pytest.mark.parametrize("command", ["to-grpc", "from-grpc", "check", "plan", "apply", "inspect"])
def test_a_release_that_nobody_knows(run, command):
    done = run(command, "--engine", "latest", "web", input=BODY)
    # 2 of plan says that something changes
    assert done.returncode == (1 if command in ("plan", "apply") else 2)
    assert b"no release of the engine: 'latest'; known are 17.12, " in done.stderr
    assert b"Traceback" not in done.stderr


def test_an_api_version_that_the_release_does_not_serve(run):
    done = run("to-grpc", "--engine", "20.10", "--api-version", "1.44", input=BODY)
    assert done.returncode == 2
    assert b"20.10 serves API versions 1.12 to 1.41, not 1.44" in done.stderr


def test_a_refusal_of_that_release_alone(invoke, run):
    mount = {"Type": "cluster", "Target": "/a"}
    spec = {"Name": "a", "TaskTemplate": {"ContainerSpec": {"Image": "x", "Mounts": [mount]}}}
    data = json.dumps(spec).encode()
    assert invoke("to-grpc", data=data).code == 0
    done = invoke("to-grpc", "--engine", "20.10", data=data)
    assert done.code == 1
    assert 'Mounts[0].Type: invalid MountType: "cluster"' in done.stderr


def test_plan_of_two_files(invoke, tmp_path):
    old, new = tmp_path / "old.json", tmp_path / "new.json"
    old.write_bytes(BODY)
    changed = json.loads(BODY)
    changed["TaskTemplate"]["ContainerSpec"]["OomScoreAdj"] = 7
    new.write_text(json.dumps(changed))
    assert invoke("plan", old, new).code == 3
    done = invoke("plan", "--engine", "20.10", old, new)
    assert done.code == 0
    assert "unknown key, passed over" in done.stderr
