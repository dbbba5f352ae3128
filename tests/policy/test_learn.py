"""A policy from what was asked for: it lets all of it through, and says what it opens."""

import pytest

from swarmwire import pb
from swarmwire.policy import STACK_LABEL, ObservedWrite, Policy, learn
from tests.policy.escapes import ESCAPES
from tests.policy.support import changed, client, container, judged, message, mount, stored

IDENTITY = "uid = [1]"


def learned(*bodies, reads=("services", "task")):
    writes = [ObservedWrite("service.create", "service", message(body)) for body in bodies]
    return learn("ci", reads, writes, identity=IDENTITY), writes


def test_a_reader():
    text, _ = learned()
    found = Policy.load(text).clients["ci"]
    assert found.reads == {"services", "tasks"}
    assert not found.writes


OPENED = [one for one in ESCAPES if one.harmless is None and one.rule != "label.namespace"]


@pytest.mark.parametrize("escape", OPENED, ids=lambda one: one.rule)
def test_what_was_seen_passes(escape):
    text, (write,) = learned(changed(escape.patch))
    found = Policy.load(text).clients["ci"]
    left = found.judge_write(write.operation, write.kind, write.new, None)
    if "# never open" in text:
        assert escape.rule == "mount.tmpfs"
    else:
        assert left == (), text
    assert judged(client(), changed(escape.patch))


def test_everything_at_once_and_no_more():
    text, writes = learned(
        changed(mount(Type="volume", Source="shop_data")),
        changed(container(Image="other.example/x:1"), {"Name": "shop_b"}),
        changed({"Mode": {"Replicated": {"Replicas": 500}}}),
    )
    found = Policy.load(text).clients["ci"]
    assert found.rules.maxima.replicas == 500
    assert found.rules.images == ("other.example/x:*", "registry.example/shop/web:*")
    assert not found.rules.allow
    for write in writes:
        assert found.judge_write(write.operation, write.kind, write.new, None) == ()
    assert judged(found, changed(container(Image="other.example/y")))


def test_what_no_policy_opens_is_told_in_a_comment():
    text, _ = learned(changed({"Name": "web"}))
    assert "# never open: name: must begin with shop_" in text


def test_what_an_exception_gives_stands_beside_it():
    text, _ = learned(changed(container(CapabilityAdd=["SYS_ADMIN"])))
    assert '"cap.add:SYS_ADMIN",  # kernel modules' in text


def test_updates_are_learned_too():
    old = stored(message(changed()))
    write = ObservedWrite("service.update", "service", message(changed()), old)
    text = learn("ci", (), [write], identity=IDENTITY)
    found = Policy.load(text).clients["ci"]
    assert found.judge_write("service.update", "service", write.new, old) == ()
    assert found.stacks == ("shop",)


def service(name, **labels):
    found = pb.Service(id=name)
    found.spec.annotations.name = name
    found.spec.annotations.labels.update(labels)
    return found


OF_OPS = service("ops_web", **{STACK_LABEL: "ops"})
OF_SHOP = service("shop_web", **{STACK_LABEL: "shop"})
OF_NOBODY = service("old")


def sees(writes=(), **shown):
    text = learn("ci", ("services",), writes, identity=IDENTITY, **shown)
    found = Policy.load(text).clients["ci"]
    return [one.id for one in (OF_OPS, OF_SHOP, OF_NOBODY) if found.sees("service", one)]


def test_what_it_was_shown_it_sees_and_no_more():
    assert sees() == []
    assert sees(shown=[("service", OF_OPS)]) == ["ops_web"]
    assert sees(shown=[("service", OF_NOBODY)]) == ["ops_web", "shop_web", "old"]


def test_its_own_stack_needs_no_word():
    write = ObservedWrite("service.create", "service", message(changed()))
    text = learn("ci", (), [write], identity=IDENTITY, shown=[("service", OF_SHOP)])
    assert "see = " not in text
    assert sees([write], shown=[("service", OF_SHOP)], lists_all=True) == ["shop_web"]


def test_who_only_reads_and_lists_everything_sees_everything():
    assert sees(lists_all=True) == ["ops_web", "shop_web", "old"]


def test_a_network_that_it_may_use_needs_no_word():
    network = pb.Network(id="n1")
    network.spec.annotations.name = "proxy"
    spec = message(changed({"TaskTemplate": {"Networks": [{"Target": "n1"}]}}))
    text = learn(
        "ci",
        (),
        [ObservedWrite("service.create", "service", spec)],
        identity=IDENTITY,
        lookup=lambda kind, _: network if kind == "network" else None,
        shown=[("network", network)],
    )
    assert 'use = { networks = ["proxy"] }' in text
    assert "see = " not in text


def test_a_stack_with_a_name_like_a_pattern_is_no_pattern():
    odd = service("odd", **{STACK_LABEL: "*"})
    assert "stack:*" not in learn("ci", (), (), identity=IDENTITY, shown=[("service", odd)])


@pytest.mark.parametrize(
    "patch",
    [
        {"Labels": {STACK_LABEL: "shop", "traefik.*": "x"}},
        container(CapabilityAdd=["*"]),
        container(Sysctls={"net.*": "1"}),
        mount(Type="volume", Source="*"),
        mount(Type="bind", Source="/srv/*"),
        {"TaskTemplate": {"Networks": [{"Target": "*"}]}},
        {"TaskTemplate": {"LogDriver": {"Name": "*"}}},
    ],
)
def test_a_name_like_a_pattern_opens_nothing_else(patch):
    text, (write,) = learned(changed(patch))
    assert "*" not in text.partition("# never open")[0].replace("shop/web:*", ""), text
    assert "# never open: " in text
    who = Policy.load(text).clients["ci"]
    assert who.judge_write(write.operation, write.kind, write.new, None)


def test_a_stack_like_a_pattern_is_not_the_client_s():
    body = changed({"Labels": {STACK_LABEL: "*"}, "Name": "*_web"})
    text, _ = learned(changed(), body)
    assert 'stacks = ["shop"]' in text
