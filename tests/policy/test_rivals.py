"""Stacks whose names begin with another's: shop_bank_data is of shop_bank, and not of shop."""

import time

import pytest

from swarmwire import pb
from swarmwire.policy import STACK_LABEL, Policy, PolicyError, StackCounts
from swarmwire.policy.rivals import rivals_of
from tests.policy.support import IMAGE, changed, container, judged, message, mount, rules_of

POLICY = """
version = 1
[clients.shop]
uid = [1]
write = ["services", "networks", "secrets", "configs"]
stacks = {shop}
use = {{ volumes = ["shop_bank_shared"] }}
rules = "any"

[clients.bank]
uid = [2]
write = ["services", "networks", "secrets", "configs"]
stacks = {bank}
rules = "any"

[rules.any]
images = ["registry.example/*"]
mounts = {{ volumes = true }}
max = {{ stacks = 3 }}
"""


def clients(shop='["shop"]', bank='["shop_bank"]'):
    return Policy.load(POLICY.format(shop=shop, bank=bank)).clients


@pytest.mark.parametrize(
    ("shop", "bank", "said"),
    [
        ('["shop"]', '["shop_bank"]', "clients.bank.stacks[0]: shop_bank and shop of shop"),
        ('["shop"]', '["x", "shop_*"]', "clients.bank.stacks[1]: shop_* and shop of shop"),
        ('["shop"]', '["SHOP_bank"]', "clients.bank.stacks[0]: SHOP_bank and shop of shop"),
        ('["shop"]', '["Shop"]', "clients.bank.stacks[0]: Shop and shop of shop"),
        ('["*-prod"]', '["a-prod_b"]', "clients.bank.stacks[0]: a-prod_b and *-prod of shop"),
        ('["shop_bank"]', '["shop"]', "clients.shop.stacks[0]: shop_bank and shop of bank"),
    ],
)
def test_a_policy_whose_stacks_are_not_told_apart_is_refused(shop, bank, said):
    with pytest.raises(PolicyError) as refused:
        clients(shop, bank)
    assert said in str(refused.value)
    assert "would be a name of both" in str(refused.value)


@pytest.mark.parametrize(
    ("shop", "bank"),
    [
        ('["shop"]', '["shopping"]'),
        ('["shop"]', '["shop-bank_x"]'),
        ('["shop"]', '["shop"]'),
        ('["shop", "shop_bank"]', '["shop_bank"]'),
        ('["*"]', '["shop_bank"]'),
        ('["shop"]', '["*"]'),
        ('["shop"]', '["shop*"]'),
        ('["data-*"]', '["data-x_y"]'),
    ],
)
def test_stacks_that_take_nothing_from_each_other_are_fine(shop, bank):
    assert set(clients(shop, bank)) == {"shop", "bank"}


def with_volume(name, **more):
    return changed(mount(Type="volume", Source=name), container(Image=IMAGE), more)


EXISTING = StackCounts(stacks=frozenset({"shop", "shop_bank"}))


@pytest.mark.parametrize("name", ["shop_bank_data", "shop_BANK_data", "shop_bank_a_b"])
def test_a_name_of_a_longer_stack_is_not_taken(name):
    shop = clients(bank='["x"]')["shop"]
    assert judged(shop, changed({"Name": name})) == ()
    (found,) = judged(shop, changed({"Name": name}), counts=EXISTING)
    assert (found.rule, found.path) == ("name", "Name")
    assert found.text == f"{name} is a name of another stack, whose own name begins with shop_"
    for kind, spec in (
        ("network", pb.NetworkSpec()),
        ("secret", pb.SecretSpec(data=b"x")),
        ("config", pb.ConfigSpec(data=b"x")),
    ):
        spec.annotations.name = name
        spec.annotations.labels[STACK_LABEL] = "shop"
        given = (f"{kind}.create", kind, spec, None)
        assert shop.judge_write(*given) == ()
        assert rules_of(shop.judge_write(*given, counts=EXISTING)) == [f"{kind}.name"]


@pytest.mark.parametrize("name", ["shop_web", "shop_bank", "shop_banker_web", "shop_a_bank_b"])
def test_other_names_are_free(name):
    shop = clients(bank='["x"]')["shop"]
    assert judged(shop, changed({"Name": name}), counts=EXISTING) == ()


def test_what_a_client_owns_is_no_rival():
    shop = clients('["shop", "shop_bank"]', '["x"]')["shop"]
    assert judged(shop, changed({"Name": "shop_bank_web"}), counts=EXISTING) == ()
    longer = clients('["shop", "shop_bank_x"]', '["x"]')["shop"]
    assert judged(longer, changed({"Name": "shop_bank_x_web"}), counts=EXISTING) == ()
    assert rules_of(judged(longer, changed({"Name": "shop_bank_y"}), counts=EXISTING)) == ["name"]


def test_a_volume_of_a_longer_stack_is_not_mounted():
    shop = clients(bank='["x"]')["shop"]
    (found,) = judged(shop, with_volume("shop_bank_data"), counts=EXISTING)
    assert (found.rule, str(found.opening)) == (
        "mount.volume-name",
        'use.volumes = ["shop_bank_data"]',
    )
    assert judged(shop, with_volume("shop_data"), counts=EXISTING) == ()
    assert judged(shop, with_volume("shop_bank_shared"), counts=EXISTING) == ()


def test_an_update_may_not_mount_it_either():
    shop = clients(bank='["x"]')["shop"]
    old = pb.Service(id="s1", spec=message(changed()))
    new = message(with_volume("shop_bank_data"))
    found = shop.judge_write("service.update", "service", new, old, counts=EXISTING)
    assert rules_of(found) == ["mount.volume-name"]


def test_who_mounts_a_volume_already_keeps_it():
    """A stack that comes later takes no volume away, and locks no service that has one."""
    shop = clients(bank='["x"]')["shop"]
    body = message(with_volume("shop_bank_data"))
    old = pb.Service(id="s1", spec=body)
    for mounter, rules in (("shop", []), ("shop_bank", ["mount.volume-name", "update.foreign"])):
        counts = EXISTING._replace(mounters=lambda _, mounter=mounter: {mounter})
        found = shop.judge_write("service.update", "service", body, old, counts=counts)
        assert rules_of(found) == rules


@pytest.mark.parametrize(
    "source", ["shop_{{.Node.ID}}", "shop_bank{{.Node.ID}}", "shop_bank_{{1}}"]
)
def test_a_template_may_not_become_a_name_of_a_longer_stack(source):
    policy = POLICY.format(shop='["shop"]', bank='["x"]')
    shop = Policy.load(f'{policy}\nallow = ["mount.template"]').clients["shop"]
    assert judged(shop, with_volume(source)) == ()
    found = judged(shop, with_volume(source), counts=EXISTING)
    assert rules_of(found) == ["mount.volume-name"]
    assert judged(shop, with_volume("shop_x{{.Node.ID}}"), counts=EXISTING) == ()


def test_a_volume_that_a_shorter_stack_mounts_is_that_one_s():
    bank = clients('["x"]')["bank"]
    body = with_volume("shop_bank_data", Name="shop_bank_web", Labels={STACK_LABEL: "shop_bank"})

    def known(*stacks):
        return EXISTING._replace(mounters=lambda volume: stacks if "data" in volume else ())

    assert judged(bank, body, counts=known("shop_bank", "shop")) == ()
    assert judged(bank, body, counts=known("backup", "")) == ()
    assert rules_of(judged(bank, body, counts=known("shop"))) == ["mount.volume-name"]


def test_who_writes_nothing_takes_nothing():
    policy = POLICY.format(shop='["shop"]', bank='["shop_bank"]')
    write = 'write = ["services", "networks", "secrets", "configs"]'
    assert Policy.load(policy.replace(write, "", 1)).clients["shop"].stacks == ("shop",)
    with pytest.raises(PolicyError):
        Policy.load(policy.replace(write, "#", 2).replace("#", write, 1))


def test_names_alone_are_judged_so_too():
    rivals = rivals_of(("shop",), ["shop_bank", "shop"])
    assert rivals.names == {"shop_bank"}
    assert rivals.claim("shop_bank_key") == "shop_bank"
    assert rivals.claim("shop_key") == ""
    shop = clients(bank='["x"]')["shop"]
    secret = {"SecretID": "s", "SecretName": "shop_bank_key", "File": {"Name": "k"}}
    body = changed(container(Secrets=[secret]))
    assert judged(shop, body) == ()
    assert rules_of(judged(shop, body, counts=EXISTING)) == ["secret.foreign"]


def test_endless_names_take_no_time():
    rivals = rivals_of(("shop", "a*b"), [f"shop_{number}" for number in range(1000)])
    start = time.process_time()
    assert rivals.claim("_" * 250_000) == ""
    assert rivals.claim("shop_" * 50_000) == ""
    assert time.process_time() - start < 5  # seconds: it would be hours


def test_stacks_are_counted():
    shop = clients('["data-*"]', '["x"]')["shop"]
    body = changed({"Name": "data-4_web", "Labels": {STACK_LABEL: "data-4"}})

    def among(*stacks):
        return judged(shop, body, counts=StackCounts(stacks=frozenset(stacks)))

    assert among("data-1", "data-2", "other") == ()
    assert among("data-1", "data-2", "data-4") == ()
    assert among("data-1", "data-2", "data-3", "data-4") == ()
    (found,) = among("data-1", "data-2", "data-3")
    assert (found.rule, found.text) == ("stack.count", "4 stacks of the client, 3 at most")
    assert str(found.opening) == "max.stacks = 4"


@pytest.mark.parametrize("kind", ["network", "secret", "config"])
def test_each_kind_of_object_makes_a_stack(kind):
    shop = clients('["data-*"]', '["x"]')["shop"]
    spec = pb.NetworkSpec() if kind == "network" else pb.SecretSpec(data=b"x")
    spec = pb.ConfigSpec(data=b"x") if kind == "config" else spec
    spec.annotations.name = "data-4_x"
    spec.annotations.labels[STACK_LABEL] = "data-4"
    counts = StackCounts(stacks=frozenset({"data-1", "data-2", "data-3"}))
    found = shop.judge_write(f"{kind}.create", kind, spec, None, counts=counts)
    assert rules_of(found) == ["stack.count"]


def test_a_pattern_has_a_hundred_stacks_if_nobody_says_otherwise():
    policy = POLICY.replace("max = {{ stacks = 3 }}", "")
    stacks = frozenset(f"data-{number}" for number in range(100))
    body = changed({"Name": "data-x_web", "Labels": {STACK_LABEL: "data-x"}})
    for pattern, rules in (('["data-*"]', ["stack.count"]), ('["data-x"]', [])):
        shop = Policy.load(policy.format(shop=pattern, bank='["x"]')).clients["shop"]
        assert rules_of(judged(shop, body, counts=StackCounts(stacks=stacks))) == rules
