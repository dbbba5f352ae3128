"""``swarmwire serve --page``: the page beside the API, through the eyes of one client."""

import re
import time
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from tests.cli_serve.served import served
from tests.cli_serve.test_learn import swarm_with_another_stack

pytestmark = pytest.mark.usefixtures("engines")

POLICY = """
version = 1

[clients.shop]
socket = "{folder}/shop.sock"
read = ["services", "tasks", "nodes"]
write = ["services"]
stacks = ["shop"]
rules = "shop"

[clients.ops]
socket = "{folder}/ops.sock"
read = ["services", "tasks"]
see = ["stack:ops"]
hide = ["env", "args"]

[rules.shop]
images = ["docker.io/*"]
"""


class Page:
    """The page of a gateway that was told to have one."""

    def __init__(self, it):
        self.it = it
        self.url = ""
        self.said = ""
        for line in it.process.stderr:
            self.said += line
            if found := re.search(r"the page is at (http://\S+)", line):
                self.url = found[1]
            if "answers as an engine" in line:
                break

    def get(self, path=""):
        try:
            with urlopen(self.url + path, timeout=30) as response:
                return response.status, response.read().decode()
        except HTTPError as err:
            return err.code, err.read().decode()

    def shows(self, text, path=""):
        end = time.monotonic() + 30
        while text not in (body := self.get(path)[1]) and time.monotonic() < end:
            time.sleep(0.1)
        return text in body


def test_the_page_shows_what_the_api_was_told(tmp_path):
    with served(tmp_path, "--embedded", "--page", "tcp://127.0.0.1:0") as it:
        page = Page(it)
        assert page.get()[0] == 200
        assert page.said.count("watching") == 1
        it.docker("service", "create", "-d", "--name", "web", "x:1")
        assert page.shows("web", "service/web")
        assert page.get("service/nope")[0] == 404
        assert page.get("plan")[0] == 200


@pytest.mark.parametrize(("client", "other"), [("shop", "ops_web"), ("ops", "shop_web")])
def test_under_a_policy_it_shows_what_one_client_sees(tmp_path, client, other):
    state = str(tmp_path / "swarm.db")
    swarm_with_another_stack(state)
    file = tmp_path / "policy.toml"
    file.write_text(POLICY.format(folder=tmp_path), encoding="utf-8")
    options = ("--embedded", "--state", state, "--policy", str(file))
    label = "com.docker.stack.namespace=shop"
    with served(tmp_path, *options, "--page", "tcp://127.0.0.1:0", "--page-as", client) as it:
        page = Page(it)
        it.docker(
            *("service", "create", "-d", "--name", "shop_web", "-l", label, "-e", "LEVEL=low"),
            *("--container-label", label, "x:1"),
            address=f"unix://{tmp_path}/shop.sock",
        )
        own = {"shop": "shop_web", "ops": "ops_web"}[client]
        assert page.shows(own, f"service/{own}")
        assert page.get(f"service/{other}")[0] == 404
        assert other not in page.get()[1]
        hides = client == "ops"
        assert page.get("plan")[0] == (403 if hides else 200)
        assert ("LEVEL=low" in page.get(f"service/{own}")[1]) == (not hides)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--page", "tcp://0.0.0.0:0"), "tcp://0.0.0.0:0: the page is for this machine alone"),
        (("--page", "nowhere"), "expected tcp://host:port"),
        (("--page-as", "x"), "--page-as goes with --page and --policy"),
        (("--page", "tcp://127.0.0.1:0", "--policy", "x"), "needs --page-as: who looks at it?"),
    ],
)
def test_what_cannot_be(refuse, options, words):
    assert words in refuse("--embedded", *options)


def test_a_client_that_is_not_there(refuse, tmp_path):
    file = Path(tmp_path / "policy.toml")
    file.write_text(POLICY.format(folder=tmp_path), encoding="utf-8")
    options = ("--policy", str(file), "--page", "tcp://127.0.0.1:0", "--page-as", "nobody")
    assert "the policy has no client 'nobody'" in refuse("--embedded", *options)
