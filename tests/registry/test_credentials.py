"""Credentials as they come, and what registries want."""

import json
from base64 import b64encode, urlsafe_b64encode

import pytest

from swarmwire.registry.challenges import read_challenges
from swarmwire.registry.credentials import RegistryLogin

FULL = {"username": "ann", "password": "hush", "identitytoken": "i", "registrytoken": "r"}


def encoded(text):
    return urlsafe_b64encode(text.encode()).decode()


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(FULL),
        json.dumps(FULL | {"serveraddress": "x", "email": "y", "other": 1}),
        json.dumps({key.upper(): value for key, value in FULL.items()}),
        "  " + json.dumps(FULL) + "\n{",
    ],
)
def test_credentials_are_read_as_by_an_engine(text):
    assert RegistryLogin.read(encoded(text)) == RegistryLogin("ann", "hush", "i", "r")


def test_url_safe_letters_are_read():
    password = "ÿÿÿ>>>???"
    header = encoded(json.dumps({"username": "a", "password": password}, ensure_ascii=False))
    assert set(header) & set("-_")
    assert RegistryLogin.read(header).password == password


@pytest.mark.parametrize(
    "header",
    [
        "",
        "e30=",
        "!",
        "ä",
        encoded("null"),
        encoded("[]"),
        encoded("{"),
        encoded('{"username": 1, "password": "x"}'),
        encoded('{"username": null}'),
        encoded("[" * 100_000),
        b64encode(b"\xff\xfe").decode(),
        encoded(json.dumps(FULL)).rstrip("=")[:-1],
    ],
)
def test_what_cannot_be_read_is_none(header):
    assert RegistryLogin.read(header) == RegistryLogin()


def test_credentials_are_never_shown():
    login = RegistryLogin("ann", "hush", "identity", "given")
    for text in (repr(login), str(login), f"{login}", repr([login])):
        assert not any(word in text for word in ("ann", "hush", "identity", "given"))


@pytest.mark.parametrize(
    ("header", "scheme", "parameters"),
    [
        (
            'Bearer realm="https://a/t",service="x y"',
            "bearer",
            {"realm": "https://a/t", "service": "x y"},
        ),
        ("Basic realm=a", "basic", {"realm": "a"}),
        ("Basic", "basic", {}),
        ('BEARER REALM="a" , scope="b,c"', "bearer", {"realm": "a", "scope": "b,c"}),
        (
            r'Bearer a="q\"q\\"',
            "bearer",
            {"a": r"q\"q\\".replace(r"\"", '"').replace("\\\\", "\\")},
        ),
        ('Bearer a="b" c="d"', "bearer", {"a": "b"}),
        ('Bearer a="",b="c"', "bearer", {}),
        ('Bearer a="unfinished', "bearer", {}),
        ("Bearer a=b,", "bearer", {"a": "b"}),
    ],
)
def test_challenges_are_read_as_by_an_engine(header, scheme, parameters):
    (found,) = read_challenges([header])
    assert (found.scheme, dict(found.parameters)) == (scheme, parameters)


def test_what_is_no_challenge_is_passed_over():
    found = read_challenges(["", "=", '"x"', "Basic a=b", "Bearer"])
    assert [each.scheme for each in found] == ["basic", "bearer"]
