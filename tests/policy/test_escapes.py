"""Each way out through a service: refused by its rule, at its path, and opened by what says so."""

import re

import pytest

from swarmwire import pb
from swarmwire.policy import RULES, paths_of
from tests.policy.escapes import ALLOWED, ESCAPES, REQUIRED
from tests.policy.support import changed, client, container, judged, message, rules_of, task

BY_HAND = {
    "mount.image",
    "registry-auth",
    "runtime.plugin",
    "swarmkit.internal",
}
"""Rules on what no body says, and on what is stored: tested below, and in test_writes."""


def ids(escapes):
    return [f"{number}-{escape.rule}" for number, escape in enumerate(escapes)]


each_escape = pytest.mark.parametrize("escape", ESCAPES, ids=ids(ESCAPES))
each_required = pytest.mark.parametrize("escape", REQUIRED, ids=ids(REQUIRED))


@each_escape
def test_a_strict_policy_refuses_it(escape):
    found = judged(client(), changed(escape.patch))
    assert (escape.rule, escape.path) in {(each.rule, each.path) for each in found}, found


@each_escape
def test_what_opens_it_opens_all_of_it(escape):
    who = client(escape.rules, escape.use)
    body = changed(escape.patch if escape.harmless is None else escape.harmless)
    assert judged(who, body) == ()


@pytest.mark.parametrize("escape", [one for one in ESCAPES if one.harmless is not None])
def test_what_opens_others_does_not_open_it(escape):
    assert escape.rule in rules_of(judged(client(escape.rules, escape.use), changed(escape.patch)))


@each_required
def test_it_is_refused_once_a_policy_requires_more(escape):
    found = judged(client(escape.rules), changed(escape.patch))
    assert (escape.rule, escape.path) in {(each.rule, each.path) for each in found}, found


@each_required
def test_it_passes_when_it_has_what_is_required(escape):
    assert judged(client(escape.rules), changed(escape.harmless)) == ()


@pytest.mark.parametrize("escape", [*ESCAPES, *REQUIRED], ids=ids([*ESCAPES, *REQUIRED]))
def test_a_rule_looks_where_it_says(escape):
    shown = re.sub(r"\[[^]]*\]", "", escape.path)
    fields = {path.replace("[]", "") for path in paths_of(RULES[escape.rule])}
    assert any(path == shown or path.startswith(f"{shown}.") for path in fields), fields


@pytest.mark.parametrize("rule", ALLOWED)
def test_a_policy_that_opens_little_allows_it(rule):
    patch, rules = ALLOWED[rule]
    assert RULES[rule].default == "allow"
    assert judged(client(rules), changed(patch)) == ()


def test_every_rule_on_services_is_tried():
    tried = {escape.rule for escape in (*ESCAPES, *REQUIRED)} | set(ALLOWED) | BY_HAND
    assert {rule.id for rule in RULES.values() if rule.kind == "service"} == tried


def test_everything_is_told_at_once():
    patches = [one.patch for one in ESCAPES if one.rule in {"cap.add", "oom", "log.driver", "name"}]
    found = set(rules_of(judged(client(), changed(*patches))))
    assert found >= {"cap.add", "oom", "log.driver", "name"}


@pytest.mark.parametrize(
    ("number", "rule"), [(3, "mount.npipe"), (5, "mount.image"), (77, "mount.image")]
)
def test_a_type_of_mount_that_has_no_word_is_refused(number, rule):
    spec = message(changed())
    spec.task.container.mounts.add(type=number, source="/etc", target="/x")
    assert rule in rules_of(judged(client('mounts = { bind = ["/"], volumes = true }'), spec))


@pytest.mark.parametrize("runtime", ["generic", "attachment", None])
def test_only_containers_run(runtime):
    spec = message(changed())
    spec.task.ClearField("container")
    if runtime is not None:
        getattr(spec.task, runtime).SetInParent()
    assert "runtime.plugin" in rules_of(judged(client('images = ["*"]'), spec))


@pytest.mark.parametrize("where", ["networks", "indices", "resource_references", "generic"])
def test_fields_that_no_client_can_send_are_refused(where):
    spec = message(changed())
    if where == "networks":
        spec.task.networks.add(target="shop_net", addresses=["10.0.0.9"])
    elif where == "indices":
        spec.annotations.indices.add(key="a", val="b")
    elif where == "resource_references":
        spec.task.resource_references.add(resource_id="a")
    else:
        spec.task.resources.limits.generic.add().discrete_resource_spec.kind = "gpu"
    assert rules_of(judged(client(), spec)) == ["swarmkit.internal"]


@pytest.mark.parametrize("target", ["host", "bank_net"])
def test_attachments_of_older_clients_count(target):
    """Beside the task, as clients below API 1.44 send them: to a service without others."""
    body = changed({"Networks": [{"Target": target}]})
    (found,) = judged(client(), message(body, api_version="1.41"))
    assert found.path.endswith("Networks[0].Target")
    spec = message(changed())
    spec.networks.add(target=target)
    (found,) = judged(client(), spec)
    assert found.path == "Networks[0].Target"


@pytest.mark.parametrize("key", ["tYPE", "TYPE", "type"])
def test_odd_keys_are_read_as_the_engine_does(key):
    body = changed(container(Mounts=[{key: "BIND", "Source": "/etc", "Target": "/x"}]))
    assert rules_of(judged(client(), body)) == ["mount.bind"]


def test_a_folder_to_read_is_not_written_to():
    who = client('mounts = { bind = ["/srv:ro"] }')
    spec = message(changed(container(Mounts=[{"Source": "/srv/a", "Target": "/x"}])))
    assert [(one.rule, one.path[-8:]) for one in judged(who, spec)] == [("mount.bind", "ReadOnly")]
    mount = spec.task.container.mounts[0]
    mount.readonly = True
    assert judged(who, spec) == ()
    for option in ("readonlynonrecursive", "createmountpoint"):
        mount.bind_options.Clear()
        setattr(mount.bind_options, option, True)
        assert rules_of(judged(who, spec)) == ["mount.bind"]
    assert judged(client('mounts = { bind = ["/srv"] }'), spec) == ()


@pytest.mark.parametrize("source", ["/srv2", "/sr", "/", "/srvx/..", "srv", "/srv/../etc", "//etc"])
def test_only_what_is_below_a_folder_is_open(source):
    who = client('mounts = { bind = ["/srv"] }')
    body = changed(container(Mounts=[{"Source": source, "Target": "/x"}]))
    assert set(rules_of(judged(who, body))) <= {"mount.bind", "mount.traversal"}
    assert judged(who, body)


def test_all_capabilities_are_open_only_if_all_is_listed():
    body = changed(container(CapabilityAdd=["ALL", "NET_RAW"]))
    assert rules_of(judged(client('allow = ["cap.add:*"]'), body)) == ["cap.add"]


def test_no_value_that_may_be_a_secret_is_told():
    spec = message(
        changed(
            {"Labels": {"traefik.x": "hush-1"}},
            container(
                Env=["NVIDIA_VISIBLE_DEVICES=hush-2"],
                Mounts=[
                    {
                        "Type": "volume",
                        "Target": "/x",
                        "VolumeOptions": {"DriverConfig": {"Options": {"o": "password=hush-3"}}},
                    }
                ],
            ),
            {
                "TaskTemplate": {
                    "LogDriver": {"Name": "splunk", "Options": {"splunk-token": "hush-4"}}
                }
            },
        )
    )
    spec.task.container.pull_options.registry_auth = "hush-5"
    found = judged(client(), spec)
    assert len(found) > 4
    assert "hush" not in repr(found)


def test_nothing_is_changed():
    spec = message(changed(*(one.patch for one in ESCAPES[:5])))
    before = pb.ServiceSpec.FromString(spec.SerializeToString())
    judged(client(), spec)
    assert spec == before


@pytest.mark.parametrize(
    "more",
    [
        {"MaxAttempts": 3},
        {"MaxAttempts": 100},
        {"MaxAttempts": 3, "Window": 120_000_000_000},
        {"Condition": "none"},
    ],
)
def test_restarts_that_end_may_come_at_once(more):
    body = changed(task(RestartPolicy={"Condition": "any", "Delay": 0, **more}))
    assert judged(client(), body) == ()


def test_a_refusal_of_a_template_tells_nothing_of_a_variable():
    who = client()
    for text, told in (("{{hunter}}", "conditions"), ("{{range .}}", "conditions: range")):
        (found,) = judged(who, changed(container(Env=[f"PASSWORD={text}"])))
        assert found.text.endswith(told)
