"""The view of all nodes and their tasks."""

import re

import pytest

from swarmwire import pb
from tests.page.waiting import until
from tools.demo_swarm import service


def texts(tab, selector):
    return [each.strip() for each in tab.locator(selector).all_inner_texts()]


def wait_for_count(tab, selector, count):
    until(
        tab,
        "([selector, count]) => document.querySelectorAll(selector).length === count",
        [selector, count],
    )


def test_nodes_are_columns_and_tasks_tiles(shown, tab):
    tab.goto(shown.url)
    assert texts(tab, ".n h2") == ["No node yet", *(f"node-{one}" for one in range(1, 6))]
    assert tab.locator("a.t.runs").count() == 13
    assert texts(tab, "#n-nowhere a.t") == ["P", "P"]
    assert tab.locator("a.t.waits").first.get_attribute("aria-label") == "batch_gpu.1: pending"
    assert "leader" in tab.locator(".n", has_text="node-1").inner_text()


def test_bars_tell_what_is_reserved(running, tab):
    shown = running([service("one", "one:1", 1, cpus=1, memory=2048)], nodes=1)
    tab.goto(shown.url)
    assert texts(tab, ".bar") == ["CPU\n3 of 4 free", "Memory\n6 GiB of 8 GiB free"]
    meters = tab.locator("svg.meter")
    assert meters.first.get_attribute("aria-label") == "CPU: 25 % reserved"
    assert meters.first.locator(".used").get_attribute("width") == "25"


def test_details_come_by_pointer_and_by_keyboard(shown, tab):
    tab.goto(shown.url)
    tab.locator("a.t.runs").first.hover()
    tab.wait_for_selector("#details dl")
    assert "running, wanted: running" in tab.locator("#details").inner_text()
    tab.keyboard.press("Escape")
    assert tab.locator("#details").is_hidden()
    # One stop of the Tab key for all tiles, then arrows.
    assert tab.locator('a.t[tabindex="0"]').count() == 1
    tab.locator('a.t[tabindex="0"]').focus()
    tab.keyboard.press("ArrowRight")
    label = tab.evaluate("document.activeElement.ariaLabel")
    assert label == "batch_gpu.2: pending"
    tab.wait_for_selector("#details dl")
    assert "no suitable node" in tab.locator("#details").inner_text()
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/task/*")
    assert tab.locator("h1").inner_text() == "batch_gpu.2"
    assert "16 CPUs wanted" in tab.locator("#why").inner_text()


@pytest.mark.parametrize(
    ("query", "tiles"),
    [
        ("stack=shop", 11),
        ("service=API", 4),
        ("label=tier%3Dfront", 6),
        ("label=tier", 10),
        ("state=pending", 2),
        ("stack=watch&state=running", 2),
        ("service=nothing", 0),
    ],
)
def test_filters(shown, tab, query, tiles):
    tab.goto(f"{shown.url}?{query}")
    assert tab.locator("a.t").count() == tiles


def test_filters_are_chosen_in_the_form(shown, tab):
    tab.goto(shown.url)
    tab.select_option("select[name=stack]", "watch")
    tab.wait_for_url("**stack=watch**")
    assert tab.locator("a.t").count() == 2
    tab.fill("input[name=node]", "node-3")
    tab.keyboard.press("Enter")
    tab.wait_for_url("**node=node-3**")
    assert texts(tab, ".n h2") == ["node-3"]


def test_tiles_follow_what_happens_without_a_reload(shown, tab):
    tab.goto(shown.url)
    tab.evaluate("window.kept = true")
    spec = service("late_comer", "late:1", 3)
    created = shown.do(shown.swarm.create_service(pb.CreateServiceRequest(spec=spec)))
    wait_for_count(tab, "a.t.runs", 16)
    in_order = texts(tab, ".n:nth-of-type(2) .gn")
    assert in_order == sorted(in_order)
    request = pb.RemoveServiceRequest(service_id=created.service.id)
    shown.do(shown.swarm.remove_service(request))
    wait_for_count(tab, "a.t", 15)
    assert "late_comer" not in tab.content()
    assert tab.evaluate("window.kept")
    assert shown_matches(shown, tab)


def shown_matches(shown, tab):
    """Whether what was put together is what a new page has."""
    live = tab.locator("#nodes").inner_text()
    tab.reload()
    return live == tab.locator("#nodes").inner_text()


def test_the_focus_stays_on_a_tile_that_changes(shown, tab):
    tab.goto(shown.url)
    tile = tab.locator("a.t.runs").first
    tile.focus()
    label = tile.get_attribute("aria-label")
    node = tile.locator("xpath=ancestor::section").get_attribute("id").removeprefix("n-")
    found = shown.seen.get("node", node)
    found = pb.Node.FromString(found.SerializeToString())
    found.spec.annotations.labels["fresh"] = "yes"
    shown.do(
        shown.swarm.update_node(
            pb.UpdateNodeRequest(node_id=node, node_version=found.meta.version, spec=found.spec)
        )
    )
    tab.wait_for_timeout(700)
    assert tab.evaluate("document.activeElement.ariaLabel") == label


def test_two_thousand_tasks(running, tab):
    specs = [service(f"stack{one % 4}_service{one}", f"image:{one}", 100) for one in range(20)]
    shown = running(specs, nodes=50)
    sizes = []
    session = tab.context.new_cdp_session(tab)
    session.send("Network.enable")
    session.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    tab.goto(shown.url)
    tab.wait_for_load_state("load")
    assert tab.locator("a.t").count() == 2000
    assert tab.locator(".n").count() == 50
    assert 0 < sum(sizes) < 200_000
    filters = pb.ListServicesRequest.Filters(names=["stack0_service0"])
    found = shown.do(shown.swarm.list_services(pb.ListServicesRequest(filters=filters)))
    request = pb.RemoveServiceRequest(service_id=found.services[0].id)
    shown.do(shown.swarm.remove_service(request))
    wait_for_count(tab, "a.t", 1900)


HOSTILE = [
    "<script>alert(1)</script>",
    "\u202egnp.exe",
    '"><img src=x onerror=alert(1)>',
    "x" * 10_000,
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_are_shown_as_texts(running, tab, text):
    hostile = service("plain", "image:1", 1, labels={text: text}, env=[f"A={text}"])
    shown = running([hostile], nodes=1)
    # A manager takes no such names, but a page must not count on that.
    node = shown.seen.nodes[0]
    node.description.hostname = text
    one = shown.seen.services[0]
    one.spec.annotations.name = text
    tab.on("dialog", lambda dialog: tab.failures.append(dialog.message))
    for path in ("", f"service/{one.id}", "why", "?state=all"):
        tab.goto(f"{shown.url}{path}")
        assert tab.locator("main script, main img").count() == 0
        assert "\u202e" not in tab.content()
    tab.goto(shown.url)
    begin = re.escape(text[:20].replace("\u202e", "\\u202e"))
    assert re.search(begin, tab.locator(".n h2").inner_text())
    assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")
