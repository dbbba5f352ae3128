"""A restore that is cut short, by the death of the command or of the manager, and goes on."""

import json
import signal
import subprocess
from pathlib import Path
from types import SimpleNamespace

import pytest

from swarmwire import raftstore
from swarmwire.raftstore import name_of
from tests.support.dockerd import BUSYBOX, Dockerd
from tests.support.documented import commands, is_what_was_printed
from tests.support.listed_swarm import payloads_by_name
from tests.support.shell import Shell
from tests.support.stored_swarm import Filler, fill
from tests.test_howto import is_offline

pytestmark = pytest.mark.engine

RESTORE = "restore bundle --yes"


@pytest.fixture(scope="module")
def dead(engines, tmp_path_factory):
    """A manager with many objects that was killed, and the bundle made of its folder."""
    shell = Shell(tmp_path_factory.mktemp("restore"))
    with Dockerd() as dockerd:
        dockerd.init_swarm()
        dockerd.import_image()
        fill(Filler(dockerd), services=150)
        dockerd.kill()
        shell(f"recover {dockerd.data_root} -o bundle --all")
        yield SimpleNamespace(shell=shell, store=raftstore.read(dockerd.data_root).store)


@pytest.fixture
def living(dead):
    """A new swarm; what is written of restores into another one stays in the bundle."""
    with Dockerd() as dockerd:
        dockerd.init_swarm()
        dockerd.import_image()
        dead.shell.socket = dockerd.control_socket
        yield dockerd


def ids(dockerd):
    """The ids of all services and secrets."""
    return {each["ID"] for kind in ("services", "secrets") for each in dockerd.get(f"/{kind}").json}


def assert_restored(dockerd, store):
    """Every object is there as it was, but for its id and those that it refers to."""
    found = raftstore.read(dockerd.data_root, raftstore.Options(running=True)).store
    assert len(store.services) > 100
    assert payloads_by_name(found) == payloads_by_name(store)
    new = {}
    for kind in ("secret", "config", "network"):
        after = by_name(found, kind)
        assert after.keys() == by_name(store, kind).keys()
        new |= {each.id: after[name].id for name, each in by_name(store, kind).items()}
    for kind in ("service", "config"):
        specs = {name: renewed(each.spec, new) for name, each in by_name(store, kind).items()}
        assert {name: each.spec for name, each in by_name(found, kind).items()} == specs


def by_name(store, kind):
    return {name_of(each): each for each in store.of(kind).values()}


def renewed(spec, new):
    """The same spec with references to the new objects."""
    data = spec.SerializeToString()
    for before, after in new.items():
        data = data.replace(before.encode(), after.encode())
    return type(spec).FromString(data)


def restoring(dead, number):
    """A restore that runs and has created so many objects."""
    running = dead.shell.start(RESTORE)
    created = (line for line in running.stdout if line.startswith(b"created"))
    assert len([line for _, line in zip(range(number), created, strict=False)]) == number
    return running


def test_command_that_is_killed_goes_on_when_run_again(dead, living):
    for number in (5, 50, 40):
        running = restoring(dead, number)
        running.kill()
        running.communicate()
        assert running.returncode == -signal.SIGKILL
    before = ids(living)
    assert 0 < len(before) < len(dead.store.secrets) + len(dead.store.services)
    dead.shell(RESTORE)
    assert before < ids(living)
    assert_restored(living, dead.store)


def test_manager_that_is_killed_and_comes_back_gets_the_rest(dead, living):
    running = restoring(dead, 60)
    living.kill()
    assert running.poll() is None
    living.start()
    printed, _ = running.communicate(timeout=90)
    assert running.returncode == 0, printed.decode()
    assert_restored(living, dead.store)


def test_command_that_is_killed_goes_on_without_a_journal_too(dead, living):
    running = restoring(dead, 150)
    running.kill()
    running.communicate()
    (dead.shell.folder / "bundle/restore.journal").unlink()
    before = ids(living)
    dead.shell(RESTORE)
    assert before < ids(living)
    assert_restored(living, dead.store)


# A stack on a real engine, its only manager killed; recovered, and restored into a new swarm.
#
# All through the command line, as an operator would.


STACK = Path(__file__).with_name("stack")
PASSWORD = (STACK / "password").read_bytes()
SERVICES = ("shop_agent", "shop_api", "shop_web")
TASKS = 4
PAGES = ("README.md", "docs/howto/recover.md")


def documented():
    """What pages show of this way: page, command, output."""
    return [
        pytest.param(page, command, shown, id=f"{page} {command}")
        for page in PAGES
        for command, shown in commands(page)
        if command.startswith(("recover", "restore", "ls")) and not is_offline(command)
    ]


def deploy(dockerd):
    """The stack, on a node with the label that it asks for."""
    dockerd.init_swarm()
    dockerd.import_image()
    (node,) = dockerd.get("/nodes").json
    dockerd.cli("node", "update", "--label-add", "disk=ssd", node["ID"])
    dockerd.cli("stack", "deploy", "--compose-file", str(STACK / "shop.yml"), "shop")
    wait_for_tasks(dockerd)


def wait_for_tasks(dockerd):
    def are_running():
        states = [task["Status"]["State"] for task in dockerd.get("/tasks").json]
        return states.count("running") == TASKS

    dockerd.wait_for("tasks that run", are_running)


@pytest.fixture(scope="module")
def circle(engines, tmp_path_factory):
    """What the commands printed on the way from a dead manager to a living one."""
    shell = Shell(tmp_path_factory.mktemp("circle"))
    with Dockerd() as dead:
        deploy(dead)
        dead.kill()
        subprocess.run(
            ["tar", "-C", dead.data_root, "-Sczf", shell.folder / "swarm.tar.gz", "swarm"],
            check=True,
        )
    shell("recover swarm.tar.gz")
    shell("recover swarm.tar.gz -o shop --all")
    with Dockerd() as living:
        living.init_swarm()
        living.import_image()
        shell.socket = living.control_socket
        shell("restore shop --dry-run")
        after_trial = living.get("/services").json
        shell("restore shop --yes --wait 60")
        shell("ls")
        # The node was labelled by the engine's API, which leaves its membership pending.
        shell("recover swarm.tar.gz --diff live")
        yield SimpleNamespace(
            shell=shell, printed=shell.printed, living=living, after_trial=after_trial
        )


def fetched(dockerd, path):
    """What the published port of the web server answers."""
    command = ["nsenter", f"--target={dockerd.pid}", "--net", BUSYBOX, "wget", "-qO-"]
    return subprocess.check_output([*command, f"http://127.0.0.1:8080/{path}"], timeout=30)


def test_what_was_there_is_listed(circle):
    listed = circle.printed["recover swarm.tar.gz"]
    for name in (*SERVICES, "shop_front", "shop_password", "shop_page", "disk=ssd"):
        assert name in listed
    assert f"{len(PASSWORD)} B" in listed


def test_bundle_is_for_its_owner_alone(circle):
    folder = circle.shell.folder / "shop"
    assert folder.stat().st_mode & 0o777 == 0o700
    for path in folder.rglob("*"):
        assert path.stat().st_mode & 0o077 == 0, path


def test_dry_run_shows_the_same_steps_and_does_nothing(circle):
    assert circle.after_trial == []
    tried = circle.printed["restore shop --dry-run"]
    assert circle.printed["restore shop --yes --wait 60"].startswith(tried)


def test_secret_is_in_the_bundle_and_never_printed(circle):
    assert (circle.shell.folder / "shop/secrets/shop_password.data").read_bytes() == PASSWORD
    assert len(circle.printed) > 5
    for printed in circle.printed.values():
        assert PASSWORD.decode() not in printed


def test_containers_run_and_read_the_secret(circle):
    wait_for_tasks(circle.living)
    log = circle.living.cli("service", "logs", "--raw", "shop_api")
    assert log.splitlines() == [f"the password is {PASSWORD.decode()}"] * 2


def test_published_port_answers_with_secret_and_config(circle):
    assert fetched(circle.living, "password") == PASSWORD
    assert fetched(circle.living, "") == (STACK / "index.html").read_bytes()


def test_networks_are_as_they_were(circle):
    (network,) = circle.living.get('/networks?filters={"name":["shop_front"]}').json
    assert (network["Driver"], network["Scope"]) == ("overlay", "swarm")
    assert "encrypted" in network["Options"]
    assert network["Labels"] == {"com.docker.stack.namespace": "shop"}


def test_node_has_its_labels(circle):
    (node,) = circle.living.get("/nodes").json
    assert node["Spec"]["Labels"] == {"disk": "ssd"}


NEW_IDS = {
    "shop_agent": {"TaskTemplate.Networks[0]"},
    "shop_api": {"TaskTemplate.ContainerSpec.Secrets[0].SecretID", "TaskTemplate.Networks[0]"},
    "shop_web": {
        "TaskTemplate.ContainerSpec.Secrets[0].SecretID",
        "TaskTemplate.ContainerSpec.Configs[0].ConfigID",
        "TaskTemplate.Networks[0]",
    },
}


def new_ids(circle):
    """The id of each object that services refer to, by the one that it had."""
    manifest = json.loads((circle.shell.folder / "shop/manifest.json").read_text())
    before = {each["name"]: each["id"] for each in manifest["contents"]}
    after = {each["Name"]: each["Id"] for each in circle.living.get("/networks").json}
    for kind in ("secrets", "configs"):
        found = circle.living.get(f"/{kind}").json
        after |= {each["Spec"]["Name"]: each["ID"] for each in found}
    return {before[name]: id_ for name, id_ in after.items() if name in before}


@pytest.mark.parametrize("name", SERVICES)
def test_plan_from_recovered_to_restored_shows_nothing_but_new_ids(circle, name):
    (circle.shell.folder / f"{name}.json").write_text(circle.shell(f"inspect --raw {name}"))
    plan = json.loads(
        circle.shell(f"plan --format json shop/services/{name}.pb {name}.json", code=3)
    )
    assert {each["path"] for each in plan["differences"]} == NEW_IDS[name]
    # A network is not changed but removed and added, so that old and new stand apart.
    old = json.dumps([each["old"] for each in plan["differences"] if each["old"] is not None])
    new = [each["new"] for each in plan["differences"] if each["new"] is not None]
    for before, after in new_ids(circle).items():
        old = old.replace(before, after)
    assert json.loads(old) == new


@pytest.mark.parametrize("name", SERVICES)
def test_plan_with_the_new_ids_shows_nothing_at_all(circle, name):
    spec = (circle.shell.folder / f"shop/services/{name}.pb").read_bytes()
    for before, after in new_ids(circle).items():
        spec = spec.replace(before.encode(), after.encode())
    (circle.shell.folder / f"{name}.pb").write_bytes(spec)
    circle.shell(f"plan {name} {name}.pb", code=0)


@pytest.mark.parametrize("name", SERVICES)
def test_service_is_as_it_was_by_the_engine_too(circle, name):
    recovered = json.loads((circle.shell.folder / f"shop/services/{name}.json").read_text())
    restored = circle.living.get(f"/services/{name}").json["Spec"]
    for spec in (recovered, restored):
        for reference in spec["TaskTemplate"]["ContainerSpec"].get("Secrets", []):
            del reference["SecretID"]
        for reference in spec["TaskTemplate"]["ContainerSpec"].get("Configs", []):
            del reference["ConfigID"]
        for attachment in spec["TaskTemplate"]["Networks"]:
            del attachment["Target"]
        # Newer engines have a third field here.
        spec["TaskTemplate"]["ContainerSpec"]["Privileges"].pop("NoNewPrivileges", None)
    assert recovered == restored


@pytest.mark.parametrize(("page", "command", "shown"), documented())
def test_page_shows_what_is_printed(circle, page, command, shown):
    assert is_what_was_printed(shown, circle.printed[command]), circle.printed[command]


def test_pages_show_the_way():
    assert [page for page in PAGES if len(commands(page)) < 5] == []
    assert len(documented()) == 9


def test_restored_again_nothing_is_done(circle):
    before = circle.living.get("/services").json
    assert "nothing to create" in circle.shell("restore shop --yes")
    assert [each["ID"] for each in circle.living.get("/services").json] == [
        each["ID"] for each in before
    ]
