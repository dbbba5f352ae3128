"""``swarmwire policy``: what it reads, what it says, and its exit codes."""

import json

import pytest

from swarmwire.policy import RULES, STACK_LABEL

POLICY = """
version = 1
[clients.ci]
uid = [1]
write = ["services", "networks", "secrets", "configs"]
stacks = ["shop"]
rules = "shop"
[clients.many]
uid = [2]
write = ["services"]
stacks = ["data-*"]
[rules.shop]
images = ["*"]
max = { services = 1, secrets = 1 }
"""
SPEC = {
    "Name": "shop_web",
    "Labels": {STACK_LABEL: "shop"},
    "TaskTemplate": {"ContainerSpec": {"Image": "nginx:1"}},
}
HOLE = {"Source": "/etc", "Target": "/x"}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "policy.toml").write_text(POLICY)
    return tmp_path


@pytest.fixture
def try_spec(folder, invoke):
    def tried(spec, *more, client="ci"):
        text = spec if isinstance(spec, str) else json.dumps(spec)
        (folder / "spec").write_text(text)
        return invoke("policy", "test", "policy.toml", "spec", "--client", client, *more)

    return tried


def holed(**container):
    return SPEC | {"TaskTemplate": {"ContainerSpec": {"Image": "nginx:1", **container}}}


def test_a_file_with_a_byte_order_mark_and_lines_of_windows(folder, invoke):
    lines = POLICY.replace("\n", "\r\n").encode("utf-8-sig")
    (folder / "windows.toml").write_bytes(lines)
    done = invoke("policy", "check", "windows.toml")
    assert done.code == 0, done.text


def test_allowed(try_spec):
    done = try_spec(SPEC)
    assert (done.code, done.text) == (0, "allowed: 1 object for client ci\n")


def test_refused_with_rule_and_path(try_spec):
    done = try_spec(holed(Mounts=[HOLE], CapabilityAdd=["ALL"]))
    assert done.code == 1
    assert "mount.bind" in done.text
    assert "TaskTemplate.ContainerSpec.Mounts[0].Source" in done.text
    assert "cap.add" in done.text
    assert 'allow = ["cap.add:ALL"]' in done.text


def test_the_same_as_json(try_spec):
    done = try_spec(holed(Mounts=[HOLE]), "--format", "json")
    assert done.code == 1
    told = json.loads(done.text)
    assert (told["client"], told["allowed"]) == ("ci", False)
    (one,) = told["objects"][0]["violations"]
    assert one == {
        "rule": "mount.bind",
        "path": "TaskTemplate.ContainerSpec.Mounts[0].Source",
        "text": "bind mount of /etc",
        "place": "",
        "opened_by": 'mounts.bind = ["/etc"]',
    }
    assert json.loads(try_spec(SPEC, "--format", "json").text)["allowed"] is True


def test_what_inspect_prints(try_spec):
    assert try_spec([{"ID": "x", "Spec": holed(Mounts=[HOLE])}]).code == 1
    assert try_spec([{"ID": "x", "Spec": SPEC}]).code == 0


def test_an_update_of_what_is_stored(try_spec, folder):
    stored = folder / "stored.json"
    stored.write_text(json.dumps([{"ID": "x", "Spec": holed(Mounts=[HOLE])}]))
    done = try_spec(SPEC, "--stored", "stored.json")
    assert done.code == 1
    assert "update.foreign" in done.text
    stored.write_text(json.dumps([{"ID": "x", "Spec": SPEC, "PreviousSpec": SPEC}]))
    assert try_spec(SPEC, "--stored", "stored.json").code == 0


def test_networks_of_older_clients(try_spec):
    spec = SPEC | {"Networks": [{"Target": "host"}]}
    assert try_spec(spec).code == 0  # the newest engine passes over them
    done = try_spec(spec, "--api-version", "1.41")
    assert done.code == 1
    assert "network.host" in done.text


@pytest.mark.parametrize("kind", ["network", "secret", "config"])
def test_other_kinds(try_spec, kind):
    body = {"Name": "shop_x", "Labels": {STACK_LABEL: "shop"}}
    assert try_spec(body, "--kind", kind).code == 0
    assert try_spec(body | {"Name": "bank_x"}, "--kind", kind).code == 1


def test_other_kinds_are_counted(try_spec):
    body = {"Name": "shop_x", "Labels": {STACK_LABEL: "shop"}}
    done = try_spec([body] * 2, "--kind", "secret")
    assert (done.code, "2 secrets in the stack, 1 at most" in done.text) == (1, True)


STACK = """
services:
  web: {image: nginx, networks: {net: {}}}
  db: {image: nginx, cap_add: [SYS_ADMIN]}
networks:
  net: {}
"""


def test_a_stack_file(try_spec):
    done = try_spec(STACK)
    assert done.code == 1
    lines = {line.split()[2]: line for line in done.text.splitlines() if line.startswith("service")}
    assert lines["cap.add"].endswith("spec:4")
    assert "stack.services" in lines
    assert "network" not in done.text.partition("would be")[0]


def test_the_name_of_a_stack(try_spec):
    done = try_spec(STACK, "--stack", "bank")
    assert done.code == 1
    assert "stack bank is none of the client's" in done.text


@pytest.mark.parametrize(
    ("spec", "more", "said"),
    [
        ("{", (), "spec"),
        ("", (), "empty"),
        ('{"Name": 5}', (), "spec"),
        ("services: [", (), "spec"),
        ('{"HostConfig": {}}', (), "a container"),
        (json.dumps(SPEC | {"Mode": {"Global": {}, "GlobalJob": {}}}), (), "Mode"),
        (SPEC, ("--stored", "nope"), "nope"),
    ],
)
def test_what_cannot_be_judged(try_spec, spec, more, said):
    done = try_spec(spec, *more)
    assert done.code == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("policy.toml", "spec", "--client", "nobody"), "it has ci, many"),
        (("policy.toml", "spec"), "--client"),
        (("nope.toml", "spec", "--client", "ci"), "nope.toml"),
        (("broken.toml", "spec", "--client", "ci"), "broken.toml: line 1"),
        (("policy.toml", "stack.yml", "--client", "many"), "--stack NAME"),
        (("policy.toml", "stack.yml", "--client", "ci", "--stored", "spec"), "--stored"),
        (("policy.toml", "nope", "--client", "ci"), "nope"),
    ],
)
def test_bad_usage(folder, run, arguments, said):
    (folder / "spec").write_text(json.dumps(SPEC))
    (folder / "stack.yml").write_text(STACK)
    (folder / "broken.toml").write_text("version = 9\n")
    done = run("policy", "test", *arguments)
    assert done.returncode == 2
    assert said in done.stderr.decode()


def test_check_says_what_a_policy_says(folder, invoke):
    done = invoke("policy", "check", "policy.toml")
    assert done.code == 0
    assert "data-*" in done.text
    told = json.loads(invoke("policy", "check", "policy.toml", "--format", "json").text)
    assert told["usable"] is True
    assert [client["name"] for client in told["clients"]] == ["ci", "many"]


def test_check_tells_everything_that_is_wrong(folder, invoke):
    (folder / "broken.toml").write_text("version = 9\nx = 1\n")
    done = invoke("policy", "check", "broken.toml")
    assert done.code == 1
    assert done.text.splitlines() == [
        "broken.toml:1: version: must be 1",
        "broken.toml:2: x: unknown key",
        "broken.toml: clients: names no client, so that nobody may do anything",
    ]
    told = json.loads(invoke("policy", "check", "broken.toml", "--format", "json").text)
    assert told["problems"][0] == {"line": 1, "path": "version", "reason": "must be 1"}


def test_check_tells_what_it_opens(folder, invoke):
    text = POLICY + 'mounts = { bind = ["/srv:ro"] }\nhost = ["9100"]\nallow = ["oom"]\n'
    (folder / "open.toml").write_text(text)
    shown = invoke("policy", "check", "open.toml").text
    for opened in ("mount.bind:/srv:ro", "port.host:9100-9100", "oom"):
        assert opened in shown


@pytest.mark.parametrize("data", [b"\xff", b"\x00\x00"])
def test_a_policy_that_is_no_text(folder, run, data):
    (folder / "odd.toml").write_bytes(data)
    done = run("policy", "check", "odd.toml")
    assert done.returncode in {1, 2}
    assert b"odd.toml" in done.stdout + done.stderr


def test_a_policy_from_standard_input(folder, invoke):
    assert invoke("policy", "check", "-", data=POLICY.encode()).code == 0


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_is_explained(invoke, rule):
    done = invoke("policy", "explain", rule)
    assert done.code == 0
    assert done.text.startswith(f"{rule}: ")
    assert "looks at" in done.text


def test_all_rules_are_listed(invoke):
    shown = invoke("policy", "explain").text
    assert len(shown.splitlines()) == len(RULES) + 1
    told = json.loads(invoke("policy", "explain", "--format", "json").text)
    assert [rule["id"] for rule in told] == list(RULES)


def test_a_rule_that_is_not_there(run):
    done = run("policy", "explain", "mount.bin")
    assert done.returncode == 2
    assert b"mount.bind" in done.stderr


def test_no_secret_is_printed(try_spec):
    spec = holed(
        Env=["NVIDIA_VISIBLE_DEVICES=hush"],
        Mounts=[
            {
                "Type": "volume",
                "Target": "/x",
                "VolumeOptions": {"DriverConfig": {"Options": {"o": "password=hush"}}},
            }
        ],
    )
    for format_ in ("text", "json"):
        done = try_spec(spec, "--format", format_)
        assert done.code == 1
        assert "hush" not in done.text + done.stderr
