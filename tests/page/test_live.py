"""What the page says when it, or its server, no longer hears anything."""

from tests.page.test_swarm import wait_for_count
from tests.page.waiting import until
from tools.demo_swarm import deploy, service


def test_a_page_whose_server_restarts_goes_on(shown, tab):
    tab.goto(shown.url)
    until(tab, "document.getElementById('lost').hidden")
    tab.evaluate("window.kept = true")
    shown.stop_page()
    until(tab, "!document.getElementById('lost').hidden")
    assert "server is not heard of since" in tab.locator("#lost").inner_text()
    shown.do(deploy(shown.swarm, [service("late", "late:1", 2)]))
    shown.start_page()
    wait_for_count(tab, "a.t", 17)
    assert tab.locator("#lost").is_hidden()
    assert tab.evaluate("window.kept")


def test_it_says_since_when_the_manager_is_not_heard_of(shown, tab, tmp_path):
    place = tmp_path / "control.sock"
    shown.do(shown.look_through(place))
    tab.goto(shown.url)
    assert tab.locator("#blind").is_hidden()
    assert tab.locator("a.t").count() == 15
    shown.do(shown.listening.aclose())
    until(tab, "!document.getElementById('blind').hidden")
    assert "Nothing is heard of the manager since" in tab.locator("#blind").inner_text()
    assert tab.locator("a.t").count() == 15
    shown.do(deploy(shown.swarm, [service("late", "late:1", 2)]))
    shown.do(shown.listen_at(place))
    wait_for_count(tab, "a.t", 17)
    until(tab, "document.getElementById('blind').hidden")
