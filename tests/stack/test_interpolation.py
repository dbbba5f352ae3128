"""Variables in stack files, as the docker command reads them."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from swarmwire.errors import StackError
from swarmwire.stack.interpolation import InvalidTemplateError, _dollars, substitute
from tests.stack.support import load, service

VALUES = {"A": "aa", "EMPTY": ""}


@pytest.mark.parametrize(
    ("text", "becomes"),
    [
        ("$A", "aa"),
        ("${A}b", "aab"),
        ("$NOPE.", "."),
        ("$$A $$$A", "$A $aa"),
        ("${EMPTY:-d}", "d"),
        ("${EMPTY-d}", ""),
        ("${NOPE-d:-e}", "e"),
        ("${NOPE:-}", ""),
        ("${A:?gone}", "aa"),
        ("${A?x-y}", "y"),
        ("$NOPE-rest", "rest"),
        ("$A-rest}", "aa}"),
        ("${NOPE:-${A}}", "${A}"),
        ("${a.b:-}", None),
        ("$", None),
        ("${", None),
        ("${A", None),
        ("${1A}", None),
        ("${EMPTY:?gone}", None),
        ("${NOPE?gone}", None),
        # A later variable that can be read hides what is wrong before it.
        ("${NOPE?gone}${A}", "aa"),
        ("$ $A", " aa"),
        ("${NOPE?gone}$$", None),
    ],
)
def test_forms(text, becomes):
    if becomes is None:
        with pytest.raises(InvalidTemplateError):
            substitute(text, VALUES.get)
    else:
        assert substitute(text, VALUES.get) == becomes


def test_words_of_errors():
    for text, words in [
        ("${NOPE?gone}", '"required variable NOPE is missing a value: gone"'),
        ("${", '"${"'),
    ]:
        with pytest.raises(StackError) as caught:
            load(f"services: {{a: {{image: x, hostname: '{text}'}}}}")
        assert caught.value.reason == (
            f"invalid interpolation format for services.a.hostname: {words}; "
            "you may need to escape any $ with another $"
        )
        assert (caught.value.stage, caught.value.line, caught.value.column) == ("load", 1, 36)
        assert caught.value.path == "services.a.hostname"


def test_numbers_and_truth():
    text = "services: {a: {image: x, tty: '${T}', deploy: {replicas: '${R}'}}}"
    body = service(text, environment={"T": "Yes", "R": "+3"})
    assert body.mode.replicated.replicas == 3
    assert body.task_template.container_spec.tty is True
    for environment, words in [
        ({"T": "maybe", "R": "1"}, "services.a.tty: failed to cast to expected type: invalid bo"),
        ({"T": "y", "R": "x"}, 'strconv.Atoi: parsing "x": invalid syntax'),
        ({"T": "y", "R": "9" * 20}, "value out of range"),
    ]:
        with pytest.raises(StackError, match=re.escape(words)):
            service(text, environment=environment)


def test_variables_are_listed():
    loaded = load(
        "services: {a: {image: '$I', hostname: '${H:-h}'}}", environment={"I": "x", "Z": "z"}
    )
    assert {(one.name, one.is_set) for one in loaded.variables.values()} == {
        ("I", True),
        ("H", False),
    }
    assert loaded.variables["H"].place.column == 39


def test_a_variable_that_is_not_unicode_is_read():
    body = service("services: {a: {image: x, hostname: '$H'}}", environment={"H": "a\udcffb"})
    assert body.task_template.container_spec.hostname == "a\ufffdb"


# The docker command's own pattern; ours is read without it, so that work stays bounded.
PATTERN = re.compile(
    r"\$(?:(?P<escaped>\$)|(?P<named>{0})|\{{(?P<braced>{0})\}}|)".format(
        "[_a-zA-Z][_a-zA-Z0-9]*(?::?[-?][^}]*)?"
    )
)


def by_pattern(text):
    """The dollars of a text by the pattern: start, end, and what is substituted."""
    return [
        (one.start(), one.end(), one["named"] or one["braced"] or "", bool(one["escaped"]))
        for one in PATTERN.finditer(text)
    ]


@given(st.text(alphabet="$${}:-?aB1_ .\n", max_size=40))
@example("${a-${b-}")
@example("$a-$b}")
def test_dollars_are_found_as_by_the_pattern(text):
    found = [(at, one.end, one.substitution, one.escaped) for at, one in _dollars(text)]
    assert found == by_pattern(text)


@given(st.text(), st.dictionaries(st.text(), st.text()))
def test_any_text_is_read_or_refused(text, environment):
    try:
        done = substitute(text, environment.get)
    except InvalidTemplateError:
        return
    assert "$" in text or done == text


@given(st.text(alphabet=st.characters(codec="utf-8")))
def test_what_is_escaped_comes_out_as_it_was(text):
    assert substitute(text.replace("$", "$$"), {}.get) == text
