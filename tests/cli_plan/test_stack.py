"""``plan --stack`` and ``apply --stack`` on a manager in memory, as users run them."""

import json
import os
import signal
import time
from pathlib import Path

import click
import pytest

from swarmwire import pb
from swarmwire.cli.planning.stack import applying, inputs
from swarmwire.control import DeadlinePassed, InvalidArgument, sync
from swarmwire.deployment import StepDone
from tests.support.clocks import Moving
from tests.support.inmemory import created

CASES = Path(__file__).parents[1] / "cases"
STACK = """
services:
  web:
    image: busybox:1
    configs: [conf]
    secrets: [key]
    networks: [inner]
    deploy: {replicas: 2}
  api: {image: "busybox:1", networks: [inner], environment: {A: "%s"}}
networks: {inner: {}}
configs: {conf: {file: ./conf}}
secrets: {key: {file: ./key}}
"""


@pytest.fixture(autouse=True)
def quick(monkeypatch, tmp_path):
    monkeypatch.setattr(applying, "CLOCK", Moving().clock())
    monkeypatch.setattr(inputs, "ENGINE_SOCKET", str(tmp_path / "none.sock"))


@pytest.fixture
def file(tmp_path):
    (tmp_path / "conf").write_text("content")
    (tmp_path / "key").write_text("s3cret")

    def write(text=STACK % "1", name="stack.yml"):
        path = tmp_path / name
        path.write_text(text)
        return path

    return write


@pytest.fixture
def plan(invoke, fake):
    return lambda *words: invoke("plan", "--stack", "st", *words)


@pytest.fixture
def apply(invoke, fake):
    """Not followed: in memory, no task ever runs."""
    return lambda *words: invoke("apply", "--stack", "st", "--yes", "--detach", *words)


def names(fake, kind):
    return sorted(one.spec.annotations.name for one in fake.fake.objects(kind))


def test_everything_is_new(plan, file, fake):
    done = plan("-c", file())
    assert done.code == 2, done.stderr
    assert "stack st: 2 services: 2 created\n" in done.text
    assert "st_web: is new, with 2 tasks\n" in done.text
    assert "network st_inner: is new\nsecret st_key: is new\nconfig st_conf: is new\n" in done.text
    assert "s3cret" not in done.text
    assert names(fake, "service") == []


def test_all_of_it_is_deployed_and_then_unchanged(plan, apply, file, fake):
    done = apply("-c", file())
    assert done.code == 0, done.stderr
    assert [line for line in done.text.splitlines() if line.startswith("  created")] == [
        "  created network st_inner",
        "  created secret st_key",
        "  created config st_conf",
        "  created service st_api",
        "  created service st_web",
    ]
    again = plan("-c", file())
    assert again.code == 0
    assert "2 services unchanged: st_api, st_web (--all shows them)" in again.text
    assert apply("-c", file()).code == 0
    (web,) = (one for one in fake.fake.objects("service") if "web" in one.spec.annotations.name)
    assert not web.HasField("previous_spec")
    (secret,) = fake.fake.objects("secret")
    assert [one.secret_id for one in web.spec.task.container.secrets] == [secret.id]


def test_the_plan_as_json(plan, apply, file):
    apply("-c", file())
    done = plan("-c", file(STACK % "2"), "--format", "json")
    found = json.loads(done.output)
    assert [(one["service"], one["sent"]) for one in found["updates"]] == [
        ("st_api", True),
        ("st_web", False),
    ]
    assert found["new"] == {"networks": [], "secrets": [], "configs": []}
    assert [(one["name"], one["action"]) for one in found["objects"]] == [
        ("st_inner", "kept"),
        ("st_key", "kept"),
        ("st_conf", "kept"),
    ]
    assert found["refused"] == []


@pytest.mark.parametrize("kind", ["conf", "key"])
def test_other_content_under_the_same_name(plan, apply, file, tmp_path, kind, fake):
    apply("-c", file())
    (tmp_path / kind).write_text("other")
    done = plan("-c", file())
    assert done.code == 1
    assert f"st_{kind}: has other content than the stored one: only updates to" in done.text
    assert apply("-c", file()).code == 1
    rotated = plan("-c", file(), "--rotate-names")
    assert rotated.code == 2
    assert f"st_{kind} is called st_{kind}-" in rotated.text
    assert f"{kind} st_{kind}-" in rotated.text.replace("secret", "key").replace("config", "conf")


def test_rotated_names_follow_the_content_and_old_ones_are_pruned(
    apply, plan, file, tmp_path, fake
):
    apply("-c", file(), "--rotate-names")
    (first,) = names(fake, "config")
    assert plan("-c", file(), "--rotate-names").code == 0
    for content in ("second", "third"):
        (tmp_path / "conf").write_text(content)
        done = apply("-c", file(), "--rotate-names", "--prune")
        assert done.code == 0
    assert "removed config " in done.text
    # the one before stays for a rollback
    assert len(names(fake, "config")) == 2
    assert first not in names(fake, "config")
    (web,) = (one for one in fake.fake.objects("service") if "web" in one.spec.annotations.name)
    assert web.spec.task.container.configs[0].config_name in names(fake, "config")


def test_services_that_are_gone_from_the_files(plan, apply, file, fake):
    apply("-c", file())
    one = file("services: {web: {image: 'busybox:1'}}", "one.yml")
    left = plan("-c", one)
    assert "st_api: is not in the files, and stays as it is" in left.text
    pruned = plan("-c", one, "--prune")
    assert "st_api: is not in the files, and is removed" in pruned.text
    assert "secret st_key: is removed" not in pruned.text
    assert apply("-c", one, "--prune").code == 0
    assert names(fake, "service") == ["st_web"]


def test_a_taken_port_frees_when_its_service_is_pruned(plan, apply, file):
    ported = "services: {%s: {image: 'busybox:1', ports: ['80:80']}}"
    apply("-c", file(ported % "old"))
    refused = plan("-c", file(ported % "new"))
    assert refused.code == 1
    assert "port '80' is already in use by service 'st_old'" in refused.text
    assert plan("-c", file(ported % "new"), "--prune").code == 2


WIDE = """
services:
  web: {image: "busybox:1", networks: [inner], deploy: {replicas: 300}}
networks:
  inner: %s
"""


def test_a_new_network_has_as_many_addresses_as_managers_give_one(plan, file):
    crowded = plan("-c", file(WIDE % "{}"))
    assert "48 tasks stay NEW: a network has no address left" in crowded.text
    assert "network st_inner has 253 free addresses of 253" in crowded.text
    larger = plan("-c", file(WIDE % "{ipam: {config: [{subnet: 10.9.0.0/20}]}}"))
    assert "stay NEW" not in larger.text


def test_ports_of_two_new_services(plan, file):
    twice = "services: {%s: {image: x, ports: ['80:80']}, b: {image: x, ports: ['80:80']}}"
    done = plan("-c", file(twice % "a"))
    assert done.code == 1
    assert "port '80' is already in use by service 'st_a' (planned)" in done.text


def network(fake, name, **labels):
    spec = pb.NetworkSpec(annotations={"name": name, "labels": labels})
    spec.driver_config.name = "overlay"
    with sync.blocking(fake.fake) as control:
        control.create_network(pb.CreateNetworkRequest(spec=spec))


def test_case_15_a_network_of_somebody_else(plan, fake):
    network(fake, "foreignnet")
    done = plan("-c", CASES / "15-stack-network-name.yml")
    assert done.code == 1
    assert "refused: network foreignnet: network with name foreignnet already exists" in " ".join(
        done.text.split()
    )


def test_case_20_a_port_that_another_service_has(plan, fake):
    other = pb.ServiceSpec()
    other.annotations.name = "p1"
    other.replicated.replicas = 0
    other.task.container.image = "x:1"
    other.endpoint.ports.add(target_port=80, published_port=8099)
    created(fake.fake, other)
    done = plan("-c", CASES / "20-stack-port-taken.yml")
    assert done.code == 1
    assert "port '8099' is already in use by service 'p1'" in done.text


def test_case_16_hazards_of_new_services(plan):
    done = plan("-c", CASES / "16-stack-creation-hazard.yml")
    assert done.code == 2
    assert "the working directory 'rel/dir' is invalid" in done.text
    assert "Minimum memory limit allowed is 6MB" in done.text


def test_case_14_what_the_docker_command_warns_of(plan):
    done = plan("-c", CASES / "14-stack-warnings.yml")
    assert "Ignoring unsupported options: devices, privileged, restart\n" in done.text
    assert "container_name: Setting the container name is not supported." in done.text


def test_case_19_the_version_is_that_of_the_manager(plan, fake):
    nodes = {"manager": "28.5.2", "worker": "20.10.24"}
    for node in fake.fake.objects("node"):
        node.description.engine.engine_version = nodes["manager"]
        node.manager_status.leader = True
        fake.fake.put(node)
    worker = pb.Node(id="w" * 25)
    worker.description.engine.engine_version = nodes["worker"]
    fake.fake.put(worker)
    text = json.loads(plan("-c", CASES / "19-stack-mixed-versions.yml", "--format", "json").output)
    assert text["creations"][0]["notes"] == []


REFUSED = {
    "a missing external network": (
        "services: {a: {image: x, networks: [nosuch]}}\nnetworks: {nosuch: {external: true}}",
        'network "nosuch" is declared as external, but could not be found',
    ),
    "a missing external secret": (
        "services: {a: {image: x, secrets: [n]}}\nsecrets: {n: {external: true}}",
        "service a: secret not found: n",
    ),
    "a missing external config": (
        "services: {a: {image: x, configs: [n]}}\nconfigs: {n: {external: true}}",
        "service a: config not found: n",
    ),
    "a network that nobody may make": (
        "services: {a: {image: x, networks: [n]}}\nnetworks: {n: {name: host}}",
        "host",
    ),
    "a name that is too long": (
        "services: {a: {image: x, configs: [%s]}}\nconfigs: {%s: {file: ./conf}}"
        % (("n" * 80,) * 2),
        "invalid name, only 64",
    ),
    "a body that the engine refuses": (
        "services: {a: {image: x, healthcheck: {test: [CMD, x], interval: 1us}}}",
        "a",
    ),
}


@pytest.mark.parametrize("title", REFUSED)
def test_what_is_refused_is_said_before(plan, file, title):
    text, reason = REFUSED[title]
    done = plan("-c", file(text))
    assert done.code == 1, done.text
    assert reason in " ".join(done.text.split())
    assert done.text.startswith("stack st: refused, ")


def test_a_network_with_other_content(plan, apply, file):
    apply("-c", file())
    done = plan("-c", file((STACK % "1").replace("inner: {}", "inner: {attachable: true}")))
    assert done.code == 1
    assert "network st_inner: is not what the file says (Attachable)" in " ".join(done.text.split())


def test_the_ingress_network_is_nobody_s(plan, file):
    text = (
        "services: {a: {image: x, networks: [n]}}\nnetworks: {n: {external: true, name: ingress}}"
    )
    done = plan("-c", file(text))
    assert done.code == 1
    assert "Service cannot be explicitly attached to the ingress network" in done.text


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("services: {web: {nonsense: 1}}", "nonsense"),
        ("services: {web: {image: '${A'}}", "stack.yml:1:25: invalid interpolation format"),
        ("services: {web: {image: x, env_file: none}}", "no such file or directory"),
    ],
)
def test_files_that_are_refused(plan, file, text, reason):
    done = plan("-c", file(text))
    assert done.code == 1
    assert reason in done.stderr


def test_variables_and_several_files(plan, file, tmp_path, monkeypatch):
    (tmp_path / "v.env").write_text("A=7\n")
    monkeypatch.delenv("A", raising=False)
    base = file("services: {web: {image: 'busybox:$A'}}")
    over = file("services: {web: {deploy: {replicas: 3}}}", "over.yml")
    done = plan("-c", base, "-c", over, "--env-file", tmp_path / "v.env", "--format", "json")
    assert json.loads(done.output)["creations"][0]["tasks"] == 3


def test_a_missing_file_of_variables_is_an_error(plan, file):
    assert plan("-c", file(), "--env-file", "/nowhere").code == 1


def test_no_restart_writes_nothing(apply, file, fake):
    apply("-c", file())
    (node,) = fake.fake.objects("node")
    (api,) = (one for one in fake.fake.objects("service") if "api" in one.spec.annotations.name)
    task = pb.Task(id="t" * 25, service_id=api.id, slot=1, node_id=node.id, desired_state=512)
    task.status.state = 512
    task.spec.CopyFrom(api.spec.task)
    fake.fake.put(task)
    done = apply("-c", file(STACK % "2"), "--no-restart")
    assert done.code == 3
    assert "nothing written (--no-restart)" in done.stderr
    assert fake.fake.objects("service") == fake.fake.objects("service")


def test_the_first_failure_ends_it_and_the_same_command_goes_on(apply, file, fake):
    fake.before["CreateConfig"] = [InvalidArgument("InvalidArgument", "no more")]
    done = apply("-c", file())
    assert done.code == 6
    assert "stopped: the manager says: no more; what stands: created network st_inner," in (
        done.stderr
    )
    assert names(fake, "service") == []
    again = apply("-c", file())
    assert again.code == 0
    assert names(fake, "service") == ["st_api", "st_web"]


def test_nothing_was_written_if_the_first_step_fails(apply, file, fake):
    fake.before["CreateNetwork"] = [InvalidArgument("InvalidArgument", "no")]
    done = apply("-c", file())
    assert done.code == 1
    assert "stopped: the manager says: no; nothing was written" in done.stderr


def test_a_lost_answer_makes_nothing_twice(apply, file, fake):
    fake.after["CreateService"] = [DeadlinePassed("control.sock", "late", uncertain=True)]
    done = apply("-c", file())
    assert done.code == 0
    assert "created service st_api (it was so already)" in done.text
    assert names(fake, "service") == ["st_api", "st_web"]


@pytest.mark.parametrize("format_", ["text", "json"])
def test_a_reader_that_goes_away_is_told_what_stands(invoke, file, fake, monkeypatch, format_):
    def gone(event):
        if isinstance(event, StepDone):
            raise BrokenPipeError

    monkeypatch.setattr(applying, "_show", gone)
    monkeypatch.setattr(applying, "write_event", gone)
    done = invoke("apply", "--stack", "st", "--yes", "-c", file(), "--format", format_)
    assert done.code == 141
    assert "the output was closed; what stands: created network st_inner" in done.stderr


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_who_ends_it_is_told_what_stands(invoke, file, fake, name):
    number = signal.Signals[name]

    def end(*_):
        raise SystemExit(128 + number)  # as the command takes SIGTERM

    def interrupt():
        os.kill(os.getpid(), number)
        time.sleep(0.2)  # the answer is on its way

    before = signal.signal(number, signal.default_int_handler if name == "SIGINT" else end)
    fake.before["CreateSecret"] = [interrupt]
    done = invoke("apply", "--stack", "st", "--yes", "-c", file())
    signal.signal(number, before)
    assert done.code == 128 + number
    assert "interrupted; what stands: created network st_inner; not known whether secret" in (
        done.stderr
    )


def test_a_deploy_that_somebody_else_takes_back_has_not_converged(invoke, apply, file, fake):
    apply("-c", file())

    def taken_back():
        stored = next(
            one for one in fake.fake.objects("service") if one.spec.annotations.name == "st_api"
        )
        del stored.spec.task.container.env[:]
        stored.spec_version.index += 100
        fake.fake.put(stored)

    # before the first look after the write
    fake.after["UpdateService"] = [taken_back]
    done = invoke("apply", "--stack", "st", "--yes", "--wait", "60", "-c", file(STACK % "2"))
    assert done.code == 6, done.text
    assert "st_api: another update took this change back meanwhile" in done.stderr
    assert "converged" not in done.text


def test_the_rollback_of_a_stack(apply, plan, invoke, file, fake):
    apply("-c", file())
    none = invoke("plan", "--stack", "st", "--rollback")
    assert none.code == 0
    assert "No spec before is stored of st_api, st_web" in none.text
    apply("-c", file(STACK % "2"))
    done = apply("--rollback")
    assert done.code == 0, done.stderr
    assert "rolled back service st_api" in done.text
    assert "No spec before is stored of st_web" in done.text
    (api,) = (one for one in fake.fake.objects("service") if "api" in one.spec.annotations.name)
    assert list(api.spec.task.container.env) == ["A=1"]


def test_a_stack_that_is_not_there_cannot_go_back(invoke, fake):
    done = invoke("apply", "--stack", "nosuch", "--rollback", "--yes")
    assert done.code == 1
    assert "there is no stack nosuch" in done.text


def test_who_says_no_is_heard(invoke, file, fake, monkeypatch):
    monkeypatch.setattr(applying, "is_terminal", lambda _: True)
    monkeypatch.setattr(click, "confirm", lambda text, err: text != "Apply this to the stack st?")
    assert invoke("apply", "--stack", "st", "-c", file()).code == 1
    assert "st_inner" not in names(fake, "network")


def test_nobody_to_ask(invoke, file, fake):
    done = invoke("apply", "--stack", "st", "-c", file())
    assert done.code == 1
    assert "--yes agrees beforehand" in done.stderr


def test_where_no_engine_can_be_asked_it_is_said(plan, file):
    done = plan("-c", file())
    assert "Tags are not looked up, because there is no engine at" in done.text
    assert "Tags" not in plan("-c", file(), "--resolve-image", "never").text


@pytest.mark.parametrize(
    "words",
    [
        ("--all", "web", "new.json"),
        ("--prune", "web", "new.json"),
        ("--stack", "st"),
        ("--stack", "st", "-c", "x", "web"),
        ("--stack", "st", "-c", "x", "--rollback"),
    ],
)
def test_options_that_do_not_go_together(invoke, words):
    done = invoke("plan", *words)
    assert done.code == 1
    assert "Usage" in done.stderr or "--stack" in done.stderr


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("--stack", "st", "-c", "x", "--base", "y"), "--base goes with a single SERVICE"),
        (("--stack", "st", "-c", "x", "--resume"), "--resume goes with a single SERVICE"),
        (("--stack", "st", "-c", "x", "--detach", "--wait", "5"), "it goes without --wait"),
        (("web", "new.json", "--detach", "--wait", "5"), "it goes without --wait"),
    ],
)
def test_the_option_that_does_not_fit_is_named(invoke, words, reason):
    done = invoke("apply", *words)
    assert done.code == 1
    assert reason in done.stderr
