"""The registries that ``serve`` is told to ask, and how."""

from collections.abc import Iterable

import click

from swarmwire.cli import exits
from swarmwire.registry import (
    CERTIFICATES,
    Registries,
    RegistryHost,
    UnusableCertificate,
    registry_host,
)
from swarmwire.releases import Release


def named_registries(texts: Iterable[str]) -> tuple[RegistryHost, ...]:
    """The registries of ``--registry``, each once.

    Raises:
        UsageError: one of them is no registry.
    """
    found: dict[str, RegistryHost] = {}
    for text in texts:
        try:
            host = registry_host(text)
        except ValueError as err:
            raise click.UsageError(f"--registry {err}") from err
        found[host.name] = host
    return tuple(found.values())


def registries_of(hosts: Iterable[RegistryHost], release: Release) -> Registries:
    """The registries, with the certificates that this machine has for them.

    Raises:
        Stop: one of these cannot be used (2).
    """
    try:
        return Registries(hosts, release, certificates=CERTIFICATES)
    except UnusableCertificate as err:
        raise exits.Stop(exits.UNREADABLE, str(err)) from err
