"""A running engine against a copy of its own folder."""

import shutil

import pytest

from swarmwire import raftstore
from swarmwire.cli.recovery.differences import DiffRun, run_diff
from tests.support.dockerd import Dockerd
from tests.support.stored_swarm import Filler

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def filler(engines):
    """A manager with one of each that people make."""
    with Dockerd() as dockerd:
        dockerd.init_swarm()
        found = Filler(dockerd)
        network = found.network("front", Attachable=True, Labels={"tier": "front"})
        config = found.config("nginx", b"server {}\n")
        secret = found.secret("tls", b"a payload that nobody sees")
        found.service(
            "web",
            container={
                "Env": ["A=1"],
                "Secrets": [_reference("Secret", secret, "tls")],
                "Configs": [_reference("Config", config, "nginx")],
            },
            TaskTemplate={"Networks": [{"Target": network}]},
        )
        yield found


def _reference(kind, id_, name):
    file = {"Name": name, "UID": "0", "GID": "0", "Mode": 0o444}
    return {f"{kind}ID": id_, f"{kind}Name": name, "File": file}


def test_an_engine_equals_the_copy_of_its_folder_until_it_is_changed(filler, tmp_path, capsys):
    dockerd = filler.dockerd
    shutil.copytree(dockerd.data_root / "swarm", tmp_path / "swarm")
    here = raftstore.read(tmp_path / "swarm")
    run = DiffRun(str(dockerd.control_socket), raftstore.Options())
    assert run_diff(here, "copy", run) == 0
    out = capsys.readouterr().out
    assert out.startswith("equal, as far as it can be told: nothing differs\n")
    assert ["services", "1", "1", "1", "0", "0", "0", "0"] in map(str.split, out.splitlines())
    assert ["networks", "4", "4", "4", "0", "0", "0", "0"] in map(str.split, out.splitlines())
    assert "the payload of 1 secret\n" in out

    (service,) = dockerd.get("/services").json
    filler.update(
        *("services", service["ID"]),
        lambda spec: spec["TaskTemplate"]["ContainerSpec"]["Env"].append("DB_PASSWORD=hush"),
    )
    filler.secret("new", b"x")
    assert run_diff(here, "copy", run) == 1
    out = capsys.readouterr().out
    assert '    + TaskTemplate.ContainerSpec.Env[1]: "DB_PASSWORD=…"\n' in out
    assert "+ secret new  only there" in out
    assert "hush" not in out

    # by now the folder itself has what the manager has
    now = raftstore.read(dockerd.data_root / "swarm", raftstore.Options(running=True))
    assert run_diff(now, "folder", run) == 0
