"""What is dropped on the page is planned, and nothing of it is sent."""

import pytest

from swarmwire import convert, engine
from tests.page.test_swarm import texts

STACK = """\
services:
  web:
    image: shop/web:3
    links: [api]
    deploy:
      replicas: 6
  fresh:
    image: shop/fresh:1
"""


def drop(shown, tab, text):
    tab.goto(f"{shown.url}plan")
    tab.fill("#text", text)
    tab.click("#drop button")
    tab.wait_for_load_state("load")


def inspected(shown, name):
    stored = convert.service_from_grpc(shown.seen.found("service", name))
    return stored, lambda: engine.encode(stored).decode()


def test_a_stack_file_marks_the_tiles_that_restart(shown, tab):
    version = shown.swarm.store.version
    drop(shown, tab, STACK)
    assert "restarts 6 of 6 tasks" in tab.locator(".verdict").inner_text()
    assert "shop_fresh is new" in tab.locator("#result").inner_text()
    marked = tab.locator("#nodes a.will-restarts")
    assert texts(tab, "#nodes a.will-restarts") == ["↻"] * 6
    assert all(each.get_attribute("aria-label").startswith("shop_web.") for each in marked.all())
    assert tab.locator("#nodes a.t.runs:not(.will-restarts)").count() == 7
    line = tab.locator(".lines > li").nth(3)
    assert "links: [api]" in line.locator("code").first.inner_text()
    assert "Ignoring unsupported options: links" in line.locator(".finding").inner_text()
    assert tab.locator("input[name=stack]").input_value() == "shop"
    assert shown.swarm.store.version == version


def test_an_inspected_service_that_is_scaled_down(shown, tab):
    stored, written = inspected(shown, "shop_api")
    stored.spec.mode.replicated.replicas = 3
    drop(shown, tab, f"[{written()}]")
    assert "scales" in tab.locator(".verdict").get_attribute("class")
    assert tab.locator("#nodes a.will-goes").count() == 1


def test_a_spec_with_an_unknown_key(shown, tab):
    stored, _ = inspected(shown, "shop_api")
    spec = engine.encode(stored.spec).decode().replace('"Image"', '"Imago": 1, "Image"')
    drop(shown, tab, spec)
    assert "Imago" in tab.locator("#findings").inner_text()


def test_a_file_is_dropped(shown, tab):
    tab.goto(f"{shown.url}plan")
    tab.evaluate(
        """text => {
            const data = new DataTransfer();
            data.items.add(new File([text], "stack.yml"));
            document.dispatchEvent(new DragEvent("drop", {dataTransfer: data, cancelable: true}));
        }""",
        STACK,
    )
    tab.wait_for_selector("#result")
    assert tab.locator("#nodes a.will-restarts").count() == 6


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "nothing to plan"),
        ("{", "begins as JSON does"),
        ("[]", "holds 0 objects"),
        ('{"Hostname": "x"}', "no service"),
    ],
)
def test_what_cannot_be_planned_is_said(shown, tab, text, said):
    drop(shown, tab, text)
    assert said in tab.locator("[role=alert]").inner_text()


def test_a_refused_stack_file_is_told_with_its_line(shown, tab):
    drop(shown, tab, "services:\n  web:\n    imago: x\n")
    assert "Additional property imago is not allowed" in tab.locator("#result").inner_text()
