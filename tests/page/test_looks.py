"""How the page looks and reads: for everybody, on every screen, in the dark and on paper."""

import pytest

from tests.page.test_plan import STACK
from tools.demo_swarm import update_image

PATHS = ("", "service", "why", "task", "plan", "nothing")


def open_view(shown, tab, path):
    found = shown.seen.found("service", "shop_web")
    task = next(one for one in shown.seen.tasks if not one.node_id)
    places = {"service": f"service/{found.id}", "task": f"task/{task.id}"}
    tab.goto(f"{shown.url}{places.get(path, path)}")
    if path == "plan":
        tab.fill("#text", STACK)
        tab.click("#drop button")
        tab.wait_for_selector("#result")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PATHS)
def test_axe_finds_no_violation(shown, tab, path, scheme):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    tab.emulate_media(color_scheme=scheme)
    shown.do(update_image(shown.swarm, "shop_web", "shop/web:2"))
    open_view(shown, tab, path)
    if path == "":
        tab.locator("a.t.runs").first.hover()
        tab.click(".legend summary")
        tab.wait_for_selector("#details dl")
    if path == "service":
        tab.click("#json summary")
    found = axe.run(tab)
    told = [(one["id"], one["nodes"][0]["html"]) for one in found.response["violations"]]
    assert told == []
    assert found.response["passes"]


@pytest.mark.parametrize("path", PATHS)
def test_a_narrow_screen_is_wide_enough(shown, tab, path):
    tab.set_viewport_size({"width": 320, "height": 640})
    open_view(shown, tab, path)
    assert tab.evaluate("document.documentElement.scrollWidth") <= 320


def test_the_dark_is_dark(shown, tab):
    tab.goto(shown.url)
    colours = []
    for scheme in ("light", "dark"):
        tab.emulate_media(color_scheme=scheme)
        colours.append(tab.evaluate("getComputedStyle(document.body).backgroundColor"))
    assert colours == ["rgb(255, 255, 255)", "rgb(20, 24, 28)"]


def test_on_paper_there_is_nothing_to_press(shown, tab):
    tab.goto(shown.url)
    tab.emulate_media(media="print")
    assert tab.locator("nav").is_hidden()
    assert tab.locator("#filters").is_hidden()
    assert tab.locator("a.t").first.is_visible()


def test_states_differ_without_colour(shown, tab):
    tab.goto(shown.url)
    tab.click(".legend summary")
    looks = tab.evaluate(
        """() => [...document.querySelectorAll(".legend .t")].map((each) => {
            const style = getComputedStyle(each);
            const border = `${style.borderStyle} ${style.borderWidth} ${style.borderRadius}`;
            return [each.className, border];
        })"""
    )
    shapes = dict(looks)
    assert len(shapes) == 6
    assert len(set(shapes.values())) == 6


def test_it_is_read_without_scripts(shown, chromium):
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{shown.url}?stack=shop")
    assert page.locator("a.t").count() == 11
    page.locator("a.t").first.click()
    assert "shop_" in page.locator("h1").inner_text()
    context.close()
