"""The pages of docs/: their examples run, and the site builds without a warning."""

import doctest
import inspect
import re
import subprocess
import sys

import pytest

import swarmwire
from tests.support.documented import ROOT

DOCS = ROOT / "docs"
EXAMPLES = [page for page in sorted(DOCS.rglob("*.md")) if ">>> " in page.read_text("utf-8")]
PARTS = [name for name in swarmwire.__all__ if name != "__version__"]


@pytest.mark.parametrize("page", EXAMPLES, ids=lambda page: page.stem)
def test_python_examples(page):
    failed, tried = doctest.testfile(str(page), module_relative=False)
    assert tried > 10
    assert failed == 0


def test_the_guides_have_examples():
    assert {"docker-py", "tools"} <= {page.stem for page in EXAMPLES}


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The site, built as `make docs` builds it: any warning is an error."""
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", folder]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert not re.search("^(WARNING|ERROR)", done.stderr, re.MULTILINE), done.stderr
    return folder


def names_of(part):
    module = getattr(swarmwire, part)
    names = getattr(module, "__all__", None) or [
        name
        for name, value in vars(module).items()
        if not name.startswith("_") and inspect.getmodule(value) is module
    ]
    # messages are told by their schema, which the page shows
    return [name for name in names if part != "pb" or name in ("Repair", "parse")]


@pytest.mark.parametrize("part", PARTS)
def test_the_reference_holds_every_public_name(site, part):
    page = (site / f"reference/{part}.html").read_text(encoding="utf-8")
    shown = set(re.findall(r'id="swarmwire\.([\w.]+)"', page))
    # the releases of the engine are a package of their own, shown where users meet them
    homes = (f"{part}.", "releases.")
    missing = [
        name
        for name in names_of(part)
        if not any(each.startswith(homes) and each.endswith(f".{name}") for each in shown)
    ]
    assert missing == []


def test_a_reader_of_the_site_fetches_nothing_from_elsewhere(site):
    pages = list(site.rglob("*.html"))
    assert len(pages) > len(PARTS)
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert not re.findall(r'<(?:script|link|img|iframe)[^>]*(?:src|href)="(?:https?:)?//', text)


def test_every_page_is_in_the_menu(site):
    start = (site / "index.html").read_text(encoding="utf-8")
    for page in DOCS.rglob("*.md"):
        place = page.relative_to(DOCS).with_suffix(".html")
        assert f'href="{place}"' in start or place.name == "index.html", place
