"""Scenarios as files say them."""

import pytest

from swarmwire import embedded
from swarmwire.errors import ConvertError
from tests.embedded.build import create, running, service_spec, tasks

FLAKY = """
[[rule]]
service = "shop_*"
image = "*:bad"
slot = 2
then = "exit 3"
after = "1s"

[[rule]]
image = "slow:*"
pull = "30s"
stop = "ignore"

[[event]]
at = "40s"
node = "node-2"
do = "kill"

[[event]]
at = "10s"
node = "node-1"
do = "label"
labels = { zone = "a" }
"""


async def test_rules_and_events_happen():
    swarm = embedded.Swarm(nodes=2, scenario=embedded.scenario_from_toml(FLAKY))
    bad = service_spec("shop_web", image="web:bad")
    await create(swarm, bad)
    await create(swarm, service_spec("slow", image="slow:1", replicas=1))
    swarm.clock.advance("9s")
    slots = {task.slot for task in await tasks(swarm, "shop_web") if task.status.err}
    assert slots == {2}
    assert not await running(swarm, "slow")
    assert not swarm.node("node-1").stored.spec.annotations.labels
    swarm.clock.advance("25s")
    assert await running(swarm, "slow")
    assert swarm.node("node-1").stored.spec.annotations.labels == {"zone": "a"}
    swarm.clock.advance("30s")
    assert swarm.node("node-2").stored.status.message == "heartbeat failure"


@pytest.mark.parametrize(
    ("text", "path", "reason"),
    [
        ("rule = 1", "rule", "write [[rule]]"),
        ("[[rules]]", "rules", "there is [[rule]] and [[event]]"),
        ("[[rule]]\nthen = 'exit'", "rule[0].then", "'exit' is not one of run, exit N"),
        ("[[rule]]\nthen = 'exit 256'", "rule[0].then", "is not one of"),
        ("[[rule]]\nthen = 'hang up'", "rule[0].then", "is not one of"),
        ("[[rule]]\nslot = 'two'", "rule[0].slot", "write a number"),
        ("[[rule]]\n[[rule]]\nafter = 'soon'", "rule[1].after", "is no duration"),
        ("[[rule]]\nimages = 'x'", "rule[0].images", "it is none of image"),
        ("[[rule]]\nstop = 300", "rule[0].stop", "from 0 to 255"),
        ("[[event]]\nat = '1s'\nnode = 'a'", "event[0].do", "an event needs it"),
        ("[[event]]\nat = '1s'\nnode = 'a'\ndo = 'burn'", "event[0].do", "is not one of kill"),
        ("nonsense", "", "this is not TOML"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(text, path, reason):
    with pytest.raises(ConvertError) as caught:
        embedded.scenario_from_toml(text)
    assert caught.value.path == path
    assert reason in caught.value.reason
