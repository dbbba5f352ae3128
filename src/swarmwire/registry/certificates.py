"""Who vouches for a registry, and our own certificate for it, where an engine looks for both.

Source: moby registry/registry.go, loadTLSConfig.
"""

import ssl
from pathlib import Path
from typing import Final

from swarmwire.registry.errors import UnusableCertificate
from swarmwire.registry.hosts import RegistryHost

CERTIFICATES: Final = Path("/etc/docker/certs.d")
"""A folder for each registry, called as the registry is: ``registry.example:5000``."""

_HUB: Final = "docker.io"


def trusted_for(host: RegistryHost, folder: Path = CERTIFICATES) -> ssl.SSLContext:
    """What a registry's certificate must hold up to: the system's authorities, and its own.

    Authorities are the files ``*.crt`` of its folder; ``NAME.cert`` and ``NAME.key`` are a
    certificate that we show to it. For docker.io and for the loopback nothing is read there.

    Args:
        host: the registry.
        folder: where the folders of all registries are.

    Raises:
        UnusableCertificate: a file cannot be read or used, or its other half is missing.
    """
    context = ssl.create_default_context()
    if host.is_local or host.name == _HUB:
        return context
    own = folder / host.name
    try:
        names = sorted(path.name for path in own.iterdir())
    except FileNotFoundError:
        return context
    except OSError as err:
        raise UnusableCertificate(str(own), err.strerror or str(err)) from err
    for name in names:
        _load(context, own / name, names)
    return context


def _load(context: ssl.SSLContext, path: Path, names: list[str]) -> None:
    try:
        if path.suffix == ".crt":
            context.load_verify_locations(path)
        elif path.suffix == ".cert":
            key = path.with_suffix(".key")
            if key.name not in names:
                raise UnusableCertificate(str(path), f"its key {key.name} is missing")
            context.load_cert_chain(path, key, _refuse_passphrase)
        elif path.suffix == ".key" and path.with_suffix(".cert").name not in names:
            certificate = path.with_suffix(".cert").name
            raise UnusableCertificate(str(path), f"its certificate {certificate} is missing")
    except ssl.SSLError as err:
        raise UnusableCertificate(str(path), "is no certificate in PEM, or no key for it") from err
    except (OSError, ValueError) as err:
        reason = getattr(err, "strerror", None) or str(err)
        raise UnusableCertificate(str(path), reason) from err


def _refuse_passphrase() -> str:
    raise ValueError("the key is encrypted; nobody could be asked for its passphrase")
