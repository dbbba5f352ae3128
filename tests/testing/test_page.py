"""The examples of docs/howto/testing.md are tests, and they pass."""

import re

from tests.support.documented import ROOT
from tests.testing.test_pytest_plugin import PLUGIN

pytest_plugins = ["pytester"]
PAGE = ROOT / "docs/howto/testing.md"


def test_the_examples_pass(pytester, monkeypatch, engines):
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    examples = re.findall(
        r"^```python\n(.*?)^```", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL
    )
    assert len(examples) == 3
    for number, example in enumerate(examples):
        pytester.makepyfile(**{f"test_example_{number}": example})
    tests = sum(example.count("\ndef test_") for example in examples)
    pytester.runpytest_subprocess(*PLUGIN).assert_outcomes(passed=tests)
