"""The view of a service: its roll-out, what changed, its slots over time."""

import re

import pytest

from swarmwire.embedded import Behaviour
from tests.page.waiting import until
from tools.demo_swarm import service, update_image

SECOND = 1_000_000_000


def open_service(shown, tab, name):
    found = shown.seen.found("service", name)
    tab.goto(f"{shown.url}service/{found.id}")


def word(tab, text):
    until(tab, "text => document.getElementById('word')?.textContent === text", text)


def test_a_rollout_is_watched_to_its_end(running, tab):
    shown = running([service("web", "web:1", 4, delay=2, monitor=3)], speed=2)
    open_service(shown, tab, "web")
    assert tab.locator("#word").inner_text() == "none"
    shown.do(update_image(shown.swarm, "web", "web:2"))
    word(tab, "under way")
    assert re.fullmatch(r"[1-4] of 4", tab.locator("#batch").inner_text())
    assert "at least" in tab.locator("#left").inner_text()
    until(tab, "document.querySelectorAll('#rollout .slots small').length === 4")
    until(tab, "/^3 of 4/.test(document.getElementById('batch').textContent)")
    states = tab.locator("#rollout .slots small").all_inner_texts()
    assert {text.split()[-1] for text in states} == {"old", "new"}
    word(tab, "completed")
    assert tab.locator("#done").inner_text() == "4 of 4 tasks as wanted"
    assert tab.locator("#rollout .slots small").all_inner_texts() == [
        f"{slot} new" for slot in (1, 2, 3, 4)
    ]
    assert "0 of 0 allowed, then pause" in tab.locator("#failures").inner_text()
    changed = tab.locator("#changed tbody tr").all_inner_texts()
    assert len(changed) == 1
    assert "web:1" in changed[0]
    assert "web:2" in changed[0]
    # The lives of the old tasks have ended, those of the new ones go on.
    assert tab.locator("#slots .names li").all_inner_texts() == ["1", "2", "3", "4"]
    assert tab.locator("#slots rect.runs").count() == 8
    assert tab.locator("#slots rect.ended").count() == 4


def test_a_failing_rollout_is_watched_to_its_pause(running, tab):
    shown = running([service("web", "web:1", 3, delay=1, monitor=20)], speed=4)
    shown.swarm.on(Behaviour(exit=3, after=SECOND), image="web:bad")
    open_service(shown, tab, "web")
    shown.do(update_image(shown.swarm, "web", "web:bad"))
    word(tab, "paused")
    assert "update paused due to failure" in tab.locator("#message").inner_text()
    assert re.match(r"[1-9]\d* of 0 allowed, then pause", tab.locator("#failures").inner_text())
    assert tab.locator("#slots rect.fails").count() >= 1
    assert tab.locator("#left").count() == 0


def test_the_spec_is_readable_and_json_without_secrets(shown, tab):
    open_service(shown, tab, "shop_web")
    form = tab.locator("#spec .spec").inner_text()
    assert "MODE=live" in form
    assert "API_TOKEN=…" in form
    tab.click("#json summary")
    assert '"Image": "shop/web:1"' in tab.locator("#json pre").inner_text()
    assert "hidden" not in tab.locator("main").inner_text()


def test_what_is_open_stays_open_when_the_spec_changes(shown, tab):
    open_service(shown, tab, "watch_metrics")
    tab.click("#json summary")
    shown.do(update_image(shown.swarm, "watch_metrics", "watch/metrics:4"))
    until(tab, "document.getElementById('changed').textContent.includes('metrics:4')")
    assert "watch/metrics:4" in tab.locator("#json pre").inner_text()


def test_why_tasks_wait(shown, tab):
    open_service(shown, tab, "batch_gpu")
    assert "16 CPUs wanted" in tab.locator("#why").inner_text()
    tab.goto(f"{shown.url}why")
    rows = tab.locator("tbody tr")
    assert rows.count() == 5
    assert "2 tasks wait (pending): batch_gpu.1, batch_gpu.2" in tab.locator("h2").inner_text()
    assert "node.labels.gpu==yes wanted, it has none" in rows.first.inner_text()


@pytest.mark.parametrize("path", ["service/none", "task/none", "nothing", "service/", "static/x"])
def test_what_is_not_there_is_said(shown, tab, path):
    answer = tab.goto(f"{shown.url}{path}")
    assert answer.status == 404
    assert tab.locator("h1").inner_text() == "Not found" or "no such" in tab.content().lower()
