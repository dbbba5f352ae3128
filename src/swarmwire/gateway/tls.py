"""TLS as an engine has it with ``--tlsverify``, and what is wrong with the files that it needs."""

import ssl
from pathlib import Path
from typing import Final, Literal, NoReturn

from swarmwire.gateway.listeners import ListenerError

TLSPart = Literal["certificate", "key", "authority"]


class TLSFileError(ListenerError):
    """A file for TLS is missing, cannot be read, or does not hold what it should.

    Attributes:
        address: the file.
        reason: what is wrong with it; never what stands in it.
        part: what it was given as.
    """

    def __init__(self, part: TLSPart, path: str | Path, reason: str) -> None:
        super().__init__(str(path), reason)
        self.part = part


def mutual_tls(certificate: str | Path, key: str | Path, authority: str | Path) -> ssl.SSLContext:
    """TLS for a server whose clients each need a certificate of ``authority``. Files are in PEM.

    Raises:
        TLSFileError: with the first file that is not as it should be.
    """
    _read("authority", authority)
    _read("certificate", certificate)
    _read("key", key)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.verify_mode = ssl.CERT_REQUIRED
    _load_certificates(context, "authority", authority)
    _load_certificates(ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), "certificate", certificate)
    try:
        context.load_cert_chain(certificate, key, _refuse_encrypted)
    except _EncryptedKeyError as err:
        reason = "is encrypted; nobody could be asked for its passphrase"
        raise TLSFileError("key", key, reason) from err
    except ssl.SSLError as err:
        raise _unfit(err, certificate, key) from err
    return context


class MutualTLS:
    """TLS from three files, as ``mutual_tls`` has it, which may be read again.

    Calling it gives the context of the next connection: what a ``Listener`` asks.

    Args:
        certificate, key, authority: the files.

    Raises:
        TLSFileError: one of them is not as it should be.
    """

    def __init__(self, certificate: str | Path, key: str | Path, authority: str | Path) -> None:
        self._files = (certificate, key, authority)
        self._context = self.read()

    def __call__(self) -> ssl.SSLContext:
        """The context of the next connection."""
        return self._context

    def read(self) -> ssl.SSLContext:
        """What the files hold now; it is not in use yet.

        Raises:
            TLSFileError: one of them is not as it should be.
        """
        return mutual_tls(*self._files)

    def use(self, context: ssl.SSLContext) -> None:
        """Give this one from the next connection on; those that are open go on."""
        self._context = context


_OF_THE_CERTIFICATE: Final = {
    "CA_KEY_TOO_SMALL": "a key in its chain is too short",
    "CA_MD_TOO_WEAK": "a signature in its chain is too weak",
    "EE_KEY_TOO_SMALL": "its key is too short",
}


class _EncryptedKeyError(Exception):
    """OpenSSL asked for a passphrase."""


def _refuse_encrypted() -> NoReturn:
    raise _EncryptedKeyError


def _read(part: TLSPart, path: str | Path) -> None:
    """Read a file once: OpenSSL does not say which of two it is that it cannot read."""
    place = Path(path)
    try:
        if place.exists() and not place.is_file():
            raise TLSFileError(part, path, "is no regular file")
        with place.open("rb") as file:
            file.read(1)
    except OSError as err:
        raise TLSFileError(part, path, err.strerror or str(err)) from err


def _load_certificates(context: ssl.SSLContext, part: TLSPart, path: str | Path) -> None:
    try:
        context.load_verify_locations(path)
    except ssl.SSLError as err:
        raise TLSFileError(part, path, "there is no certificate in PEM in it") from err


def _unfit(err: ssl.SSLError, certificate: str | Path, key: str | Path) -> TLSFileError:
    if err.reason in _OF_THE_CERTIFICATE:
        return TLSFileError("certificate", certificate, _OF_THE_CERTIFICATE[err.reason])
    if err.reason in ("KEY_VALUES_MISMATCH", "KEY_TYPE_MISMATCH"):
        return TLSFileError("key", key, f"is not the key of the certificate in {certificate}")
    return TLSFileError("key", key, "there is no private key in PEM in it")
