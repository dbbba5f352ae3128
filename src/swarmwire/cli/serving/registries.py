"""The registries that ``serve`` is told to ask."""

from collections.abc import Iterable

import click

from swarmwire.registry import RegistryHost, registry_host


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
