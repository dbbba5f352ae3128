"""``export``: out of every source, to every place, with the exit code that the proof has."""

import json
import stat

import click
import pytest

from swarmwire import engine, pb
from swarmwire.convert import service_from_grpc
from swarmwire.rules import with_defaults
from tests.cli_export.conftest import PAYLOAD, stack_service
from tests.support.raft_folder import network
from tests.support.raft_folder.samples import tar_of

HOLDS = "re-deploying this file restarts 0 of 2 tasks"


def add_group(service):
    service.spec.task.container.groups.append("1000")


def mode_of(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_a_managers_folder(stacks, invoke):
    done = invoke("export", stacks("shop"))
    assert done.code == 0
    assert done.text.startswith("# docker stack deploy ")
    assert "\nservices:\n  web:\n    image: nginx:1.27\n" in done.text
    assert "    name: shop_secret\n" in done.text
    assert f"shop: {HOLDS}" in done.stderr


def test_a_file_and_its_proof(stacks, invoke, tmp_path):
    target = tmp_path / "new" / "shop.yml"
    done = invoke("export", stacks("shop"), "-o", target)
    assert done.code == 0
    assert done.text.startswith(f"shop: {HOLDS}\n")
    assert target.read_text().startswith("# docker stack deploy ")


def test_what_cannot_be_said_costs_the_exit_code(stacks, invoke, tmp_path):
    target = tmp_path / "shop.yml"
    done = invoke("export", stacks("shop", change=add_group), "-o", target)
    assert done.code == 3
    assert "restarts 2 of 2 tasks" in done.text
    assert "not said: TaskTemplate.ContainerSpec.Groups[0] (removed: restarts)" in done.text
    assert "# Not said here: TaskTemplate.ContainerSpec.Groups[0]" in target.read_text()


def test_the_proof_alone(stacks, invoke, tmp_path):
    done = invoke("export", stacks("shop"), "--proof-only")
    assert done.code == 0
    assert done.text.startswith(f"shop: {HOLDS}\n")
    assert "services:" not in done.text
    with pytest.raises(click.UsageError, match="writes no file"):
        invoke("export", tmp_path / "swarm", "--proof-only", "-o", "x")


def test_payloads_become_files(stacks, invoke, tmp_path):
    target, files = tmp_path / "git" / "shop.yml", tmp_path / "files"
    done = invoke("export", stacks("shop"), "-o", target, "--files", files)
    assert done.code == 0
    assert "    file: ../files/secrets/secret\n" in target.read_text()
    assert (files / "secrets/secret").read_bytes() == PAYLOAD
    assert mode_of(files / "secrets/secret") == 0o600
    assert (files / "configs/config").read_bytes() == b"listen 80\n"
    assert PAYLOAD.decode() not in done.text + done.stderr + target.read_text()
    # and again, over what is there
    (files / "secrets/secret").chmod(0o644)
    assert invoke("export", tmp_path / "swarm", "-o", target, "--files", files).code == 0
    assert mode_of(files / "secrets/secret") == 0o600


def test_a_link_is_replaced_and_not_followed(stacks, invoke, tmp_path):
    files, elsewhere = tmp_path / "files", tmp_path / "elsewhere"
    (files / "secrets").mkdir(parents=True)
    elsewhere.write_text("untouched")
    (files / "secrets/secret").symlink_to(elsewhere)
    target = tmp_path / "shop.yml"
    assert invoke("export", stacks("shop"), "-o", target, "--files", files).code == 0
    assert elsewhere.read_text() == "untouched"
    assert (files / "secrets/secret").read_bytes() == PAYLOAD


def test_several_stacks_need_a_folder(stacks, invoke, tmp_path):
    swarm = stacks("shop", "blog")
    with pytest.raises(click.UsageError, match="these are 2 stacks: blog, shop; choose one with"):
        invoke("export", swarm)
    out, files = tmp_path / "out", tmp_path / "files"
    done = invoke("export", swarm, "-o", f"{out}/", "--files", files)
    assert done.code == 0
    assert sorted(path.name for path in out.iterdir()) == ["blog.yml", "shop.yml"]
    assert (files / "blog/secrets/secret").read_bytes() == PAYLOAD
    assert invoke("export", swarm, "--stack", "shop").code == 0
    assert invoke("export", swarm, "--service", "blog_web").code == 0


def test_json(stacks, invoke, tmp_path):
    done = invoke("export", stacks("shop", "blog"), "--format", "json", "--files", tmp_path / "f")
    assert done.code == 0
    found = json.loads(done.output)["stacks"]
    assert [each["proof"]["stack"] for each in found] == ["blog", "shop"]
    assert all(each["proof"]["holds"] for each in found)
    assert found[0]["text"].startswith("# docker stack deploy ")
    assert PAYLOAD.decode() not in done.text


def test_a_bundle(stacks, invoke, tmp_path):
    swarm, out = stacks("shop"), tmp_path / "bundle"
    assert invoke("recover", swarm, "-o", out, "--all").code == 0
    target = tmp_path / "shop.yml"
    done = invoke("export", out, "-o", target, "--files", tmp_path / "files")
    assert done.code == 0
    assert HOLDS in done.text
    assert (tmp_path / "files/secrets/secret").read_bytes() == PAYLOAD


def inspected(tmp_path):
    """What docker service inspect and docker network inspect print."""
    service = pb.Service()
    service.CopyFrom(stack_service("shop", "web"))
    service.spec.CopyFrom(with_defaults(service.spec))
    services = tmp_path / "services.json"
    services.write_bytes(b"[" + engine.encode(service_from_grpc(service)) + b"]")
    networks = tmp_path / "networks.json"
    found = {"Name": "shop_default", "Id": network("shop_default").id, "Scope": "swarm"}
    found |= {"Driver": "overlay", "Labels": {"com.docker.stack.namespace": "shop"}}
    networks.write_text(json.dumps([found]))
    return services, networks


def test_what_inspect_prints(invoke, tmp_path):
    services, networks = inspected(tmp_path)
    done = invoke("export", services, networks)
    assert done.code == 0
    assert "stop_grace_period" not in done.text  # a default that inspect spells out
    assert "networks:" not in done.text
    assert HOLDS in done.stderr
    assert "A guess." in done.stderr
    # without its name, the network is no longer the default one
    done = invoke("export", services)
    assert f"    - {network('shop_default').id}\n" in done.text
    told = f"nothing here tells its name; docker network inspect {network('shop_default').id} does"
    assert told in " ".join(done.stderr.split())


@pytest.mark.parametrize(
    ("sample", "code"),
    [("01-plain-2010", 3), ("02-rich-2010", 3), ("06-leader-uncommitted-2010", 3)],
)
def test_folders_of_real_managers(sample, code, invoke):
    done = invoke("export", tar_of(sample), "--running")
    assert done.code == code
    assert "belongs to no stack" in done.text
    assert "not said: TaskTemplate.ContainerSpec.Labels" in done.stderr


def test_what_cannot_be_read(invoke, tmp_path, stacks):
    assert invoke("export", tmp_path / "nowhere").code == 1
    other = tmp_path / "other.json"
    other.write_text("[]")
    assert invoke("export", other).code == 1
    other.write_text('{"Id": "x", "Names": ["/web"]}')
    assert invoke("export", other).code == 1
    other.write_text("services: {}\n")
    assert invoke("export", other).code == 1
    swarm = stacks("shop")
    assert invoke("export", swarm, other).code == 1
    done = invoke("export", swarm, "--stack", "other")
    assert done.code == 1
    assert "there is no stack other; there are shop" in done.stderr
    assert invoke("export", swarm, "--service", "other").code == 1
    blocked = tmp_path / "blocked"
    blocked.write_text("")
    assert invoke("export", swarm, "-o", blocked / "x.yml").code == 1
    assert invoke("export", swarm, "--files", blocked / "f").code == 1


def test_bad_usage(run, stacks):
    swarm = stacks("shop")
    for wrong in ((swarm, "--socket", "x"), ("--at", "5"), ("--nonsense",)):
        done = run("export", *wrong)
        assert done.returncode == 2
        assert b"Usage: " in done.stderr


def test_no_manager(run, tmp_path, monkeypatch):
    monkeypatch.setenv("SWARMWIRE_SOCKET", str(tmp_path / "nothing"))
    done = run("export")
    assert done.returncode == 1
    assert b"Traceback" not in done.stderr


def test_a_file_for_managers_of_an_older_release(stacks, invoke):
    def with_init(service):
        service.spec.task.container.init.value = True

    folder = stacks("shop", change=with_init)
    assert invoke("export", folder, "--proof-only").code == 0
    done = invoke("export", folder, "--proof-only", "--engine", "17.12")
    assert done.code == 3
    assert "TaskTemplate.ContainerSpec.Init" in done.text
