"""Credentials for registries: as the docker command finds them, and shown nowhere."""

import json
from base64 import b64encode, urlsafe_b64decode

import pytest

from swarmwire.deployment import RegistryLogins, read_logins
from swarmwire.deployment.registry_logins import NoRegistryLogin

HUB = "https://index.docker.io/v1/"


def pair(text):
    return b64encode(text.encode()).decode()


def logins(config, environment="", helper=None):
    return RegistryLogins(json.dumps(config).encode(), environment, helper=helper)


def sent(found, image):
    return json.loads(urlsafe_b64decode(found.header_for(image)))


def test_pairs_of_the_file():
    found = logins({"auths": {HUB: {"auth": pair("me:p:w")}, "r.io": {"identitytoken": "t"}}})
    mine = {"username": "me", "password": "p:w", "serveraddress": HUB}
    assert sent(found, "busybox") == mine
    assert sent(found, "docker.io/a/b:1") == mine
    assert sent(found, "r.io/a") == {"identitytoken": "t", "serveraddress": "r.io"}
    assert sent(found, "other.io/a") == {}
    assert found.header_for("f" * 64) == ""
    assert "p:w" not in repr(found)


def test_keys_of_old_files_are_addresses():
    found = logins({"auths": {"https://r.io:5000/v2/": {"auth": pair("me:x")}}})
    assert sent(found, "r.io:5000/a")["username"] == "me"


def test_helpers_come_before_the_file_and_one_of_a_registry_before_the_store():
    asked = []

    def helper(program, server):
        asked.append((program, server))
        if server == "token.io":
            return 0, '{"Username": "<token>", "Secret": "t"}'
        return 0, '{"Username": "me", "Secret": "s"}'

    config = {
        "auths": {"r.io": {}},
        "credsStore": "pass",
        "credHelpers": {"token.io": "cloud"},
    }
    found = logins(config, helper=helper)
    assert sent(found, "r.io/a") == {"username": "me", "password": "s", "serveraddress": "r.io"}
    assert sent(found, "token.io/a") == {"identitytoken": "t", "serveraddress": "token.io"}
    assert asked == [
        ("docker-credential-pass", "r.io"),
        ("docker-credential-cloud", "token.io"),
    ]


def test_a_helper_without_credentials_is_no_error_and_a_broken_one_is():
    config = {"credsStore": "pass"}
    none = logins(config, helper=lambda *_: (1, "credentials not found in native keychain\n"))
    assert sent(none, "r.io/a") == {}
    broken = logins(config, helper=lambda *_: (1, "s3cret"))
    with pytest.raises(NoRegistryLogin, match="docker-credential-pass does not give") as caught:
        broken.header_for("r.io/a")
    assert "s3cret" not in str(caught.value)


def test_a_helper_is_a_program(tmp_path, monkeypatch):
    program = tmp_path / "docker-credential-here"
    program.write_text(
        '#!/bin/sh\nread server\nprintf \'{"Username":"%s","Secret":"s"}\' "$server"\n'
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    assert sent(logins({"credsStore": "here"}), "r.io/a")["username"] == "r.io"
    with pytest.raises(NoRegistryLogin, match="docker-credential-nosuch, which keeps"):
        logins({"credsStore": "nosuch"}).header_for("r.io/a")


def test_the_variable_comes_first():
    given = json.dumps({"auths": {"r.io": {"auth": pair("env:x")}}})
    found = logins({"auths": {"r.io": {"auth": pair("file:x")}}}, given)
    assert sent(found, "r.io/a")["username"] == "env"


def test_where_the_file_is(tmp_path):
    assert sent(read_logins({"DOCKER_CONFIG": str(tmp_path)}), "r.io/a") == {}
    (tmp_path / ".docker").mkdir()
    config = {"auths": {"r.io": {"auth": pair("me:x")}}}
    (tmp_path / ".docker" / "config.json").write_text(json.dumps(config))
    assert sent(read_logins({"HOME": str(tmp_path)}), "r.io/a")["username"] == "me"


@pytest.mark.parametrize(
    "text",
    [b"{", b"[]", b'{"auths": {"a": {"auth": "%%"}}}', b'{"auths": {"a": {"auth": "bWU="}}}'],
)
def test_what_is_no_such_file(text):
    with pytest.raises(NoRegistryLogin, match=r"^config\.json: "):
        RegistryLogins(text)
