"""Whatever is asked, the answer is a list of violations, each of a rule that there is."""

from hypothesis import given
from hypothesis import strategies as st

from swarmwire import pb
from swarmwire.policy import RULES, STACK_LABEL, ObservedWrite, Policy, learn
from swarmwire.policy.fields import SPECS
from tests.policy.support import client
from tests.support.strategies import messages

EVERYTHING = '["services", "networks", "secrets", "configs", "nodes", "swarm"]'
STORED = {
    "service": pb.Service,
    "network": pb.Network,
    "secret": pb.Secret,
    "config": pb.Config,
    "node": pb.Node,
    "swarm": pb.Cluster,
}
OPEN = """
images = ["*"]
mounts = { volumes = true, bind = ["/"], tmpfs = "1MiB" }
max = { memory = "1GiB", ports = 3 }
require = ["limits", "non-root", "digest", "constraint:node.role==worker"]
ports = ["1-65535"]
allow = ["mount.template", "cap.add:*", "label:*", "network.create.subnet:*", "ulimit:*<=5"]
"""
CLIENTS = [client(write=EVERYTHING), client(OPEN, use='networks = ["*"]', write=EVERYTHING)]


@st.composite
def writes(draw):
    kind = draw(st.sampled_from(sorted(STORED)))
    new = draw(messages(SPECS[kind], well_formed=False))
    old = STORED[kind](id="x")
    old.spec.CopyFrom(draw(messages(SPECS[kind], well_formed=False)))
    if draw(st.booleans()):
        for spec in (new, old.spec):
            spec.annotations.labels[STACK_LABEL] = "shop"
    if kind == "service" and draw(st.booleans()):
        old.previous_spec.CopyFrom(draw(messages(pb.ServiceSpec, well_formed=False)))
    return kind, new, old


@given(writes(), st.sampled_from(["create", "update", "rollback", "remove"]), st.booleans())
def test_any_write_is_judged(write, verb, is_live):
    kind, new, old = write
    before = new.SerializeToString(deterministic=True), old.SerializeToString(deterministic=True)
    lookup = (lambda _kind, _reference: old) if is_live else None
    for who in CLIENTS:
        found = who.judge_write(f"{kind}.{verb}", kind, new, old, lookup=lookup)
        assert all(one.rule in RULES for one in found)
    after = new.SerializeToString(deterministic=True), old.SerializeToString(deterministic=True)
    assert before == after


@given(messages(pb.ServiceSpec, well_formed=False), st.text("shop\n\"'#=[]\x7f\x00", max_size=8))
def test_what_clients_send_cannot_write_a_policy(spec, text):
    spec.annotations.labels[STACK_LABEL] = text
    spec.annotations.name = text
    spec.task.container.image = text
    spec.task.container.capability_add.append(text)
    spec.task.networks.add(target=text, aliases=[text])
    write = ObservedWrite("service.create", "service", spec)
    learned = Policy.load(learn("ci", [], [write], identity="uid = [1]"))
    (found,) = learned.clients.values()
    assert found.identity.uid == {1}
    assert set(found.stacks) <= {text}
