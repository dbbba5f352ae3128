"""Credentials for registries, from where the docker command keeps them.

Source: docker/cli cli/config/configfile/file.go, GetAuthConfig and GetCredentialsStore;
cli/config/credentials; cli/command/registry.go, RetrieveAuthTokenFromImage;
docker-credential-helpers client, Get.
"""

import json
import shutil
import subprocess
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from swarmwire.errors import SwarmwireError
from swarmwire.images import parse_image

_HUB: Final = "https://index.docker.io/v1/"
"""The key of Docker Hub among credentials."""
_HUB_NAMES: Final = ("docker.io", "index.docker.io")
_HELPER: Final = "docker-credential-"
_TOKEN: Final = "<token>"  # noqa: S105 - what helpers write in place of a name
_NOT_FOUND: Final = "credentials not found in native keychain"
_PATIENCE: Final = 30

Helper = Callable[[str, str], tuple[int, str]]
"""Asks a credential helper (its program, the registry): its exit code and what it prints."""


class NoRegistryLogin(SwarmwireError):
    """Credentials cannot be read.

    Attributes:
        reason: why; never holds a credential.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason

    def __str__(self) -> str:
        return self.reason


def read_logins(environment: Mapping[str, str]) -> "RegistryLogins":
    """The credentials of whoever has this environment.

    Raises:
        NoRegistryLogin: the docker command's file cannot be read.
    """
    home = environment.get("HOME") or str(Path.home())
    folder = environment.get("DOCKER_CONFIG") or str(Path(home) / ".docker")
    file = Path(folder) / "config.json"
    try:
        text = file.read_bytes()
    except FileNotFoundError:
        text = b"{}"
    except OSError as err:
        raise NoRegistryLogin(f"{file}: {err.strerror}") from err
    return RegistryLogins(text, environment.get("DOCKER_AUTH_CONFIG", ""), name=str(file))


class RegistryLogins:
    """The credentials that the docker command would use. Its repr hides them."""

    def __init__(
        self,
        config: bytes,
        by_environment: str = "",
        *,
        name: str = "config.json",
        helper: Helper | None = None,
    ) -> None:
        """Read them.

        Args:
            config: the docker command's file.
            by_environment: the variable ``DOCKER_AUTH_CONFIG``, whose credentials come first.
            name: what the file is called in errors.
            helper: asks credential helpers; without it, they are run.

        Raises:
            NoRegistryLogin: the file is no such file.
        """
        self._helper = helper or _run_helper
        found = _object(config, name)
        self._auths = {server: _stored(server, auth, name) for server, auth in _auths(found)}
        self._helpers = _mapping(found.get("credHelpers"))
        self._store = str(found.get("credsStore") or "")
        self._first: dict[str, dict[str, str]] = {}
        if by_environment:
            given = _object(by_environment.encode(), "DOCKER_AUTH_CONFIG")
            for server, auth in _auths(given):
                self._first[server] = _stored(server, auth, "DOCKER_AUTH_CONFIG")

    def __repr__(self) -> str:
        return f"RegistryLogins({', '.join(sorted(self._auths))})"

    def header_for(self, image: str) -> str:
        """The value of ``X-Registry-Auth`` for an image.

        Nothing for what is no named reference; ``{}`` encoded if there are no credentials.

        Raises:
            NoRegistryLogin: a credential helper fails.
        """
        found = parse_image(image)
        if found is None:
            return ""
        key = _HUB if found.domain in _HUB_NAMES else found.domain
        login = self._first.get(key) or self._login(key)
        body = {name: value for name, value in login.items() if value}
        return urlsafe_b64encode(json.dumps(body, separators=(",", ":")).encode()).decode()

    def _login(self, server: str) -> dict[str, str]:
        stored = self._in_file(server)
        helper = str(self._helpers.get(server) or "") or self._store
        if not helper:
            return stored
        return stored | self._helped(helper, server)

    def _in_file(self, server: str) -> dict[str, str]:
        if server in self._auths:
            return self._auths[server]
        for known, login in self._auths.items():
            if _host(known) == server:
                return login
        return {}

    def _helped(self, helper: str, server: str) -> dict[str, str]:
        program = f"{_HELPER}{helper}"
        code, printed = self._helper(program, server)
        if code:
            if printed.strip() == _NOT_FOUND:
                return {"username": "", "password": "", "identitytoken": "", "serveraddress": ""}
            raise NoRegistryLogin(f"{program} does not give credentials for {server}")
        found = _object(printed.encode(), program)
        name, secret = str(found.get("Username", "")), str(found.get("Secret", ""))
        is_token = name == _TOKEN
        return {
            "username": "" if is_token else name,
            "password": "" if is_token else secret,
            "identitytoken": secret if is_token else "",
            "serveraddress": server,
        }


def _run_helper(program: str, server: str) -> tuple[int, str]:
    path = shutil.which(program)
    if path is None:
        raise NoRegistryLogin(f"{program}, which keeps the credentials, is not installed")
    try:
        done = subprocess.run(  # noqa: S603 - the program that the user's own file names
            [path, "get"],
            input=server,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            timeout=_PATIENCE,
        )
    except (OSError, subprocess.TimeoutExpired) as err:
        raise NoRegistryLogin(f"{program} does not answer") from err
    return done.returncode, done.stdout


def _object(text: bytes, name: str) -> dict[str, Any]:
    try:
        found = json.loads(text or b"{}")
    except ValueError as err:
        raise NoRegistryLogin(f"{name}: not JSON") from err
    if not isinstance(found, dict):
        raise NoRegistryLogin(f"{name}: not an object")
    return found


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _auths(found: Mapping[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return [(server, _mapping(auth)) for server, auth in _mapping(found.get("auths")).items()]


def _stored(server: str, auth: Mapping[str, Any], name: str) -> dict[str, str]:
    """One entry of the file: the pair is stored as one text."""
    names = ("username", "password", "identitytoken", "registrytoken")
    found = {each: str(auth.get(each) or "") for each in names}
    if auth.get("auth"):
        found["username"], found["password"] = _pair(str(auth["auth"]), name)
    return found | {"serveraddress": server}


def _pair(auth: str, name: str) -> tuple[str, str]:
    try:
        text = b64decode(auth, validate=True).decode("utf-8", "surrogateescape")
    except ValueError as err:
        raise NoRegistryLogin(f"{name}: invalid auth configuration file") from err
    user, colon, password = text.partition(":")
    if not colon or not user:
        raise NoRegistryLogin(f"{name}: invalid auth configuration file")
    return user, password.strip("\0")


def _host(server: str) -> str:
    """The host of a key that may be an address, as files of old have them."""
    if "://" in server:
        return urlsplit(server).netloc.rpartition("@")[2]
    return server.partition("/")[0]
