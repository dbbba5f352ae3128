"""What lies in ``certificates``: the node's key, its certificate, the root's.

Source: SwarmKit ca/keyreadwriter.go, ca/certificates.go, manager/deks.go.
"""

from base64 import b64encode
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Literal

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import NameOID

from tests.support.raft_folder.sealing import Cipher, seal

Form = Literal["pkcs8", "pkcs1"]

MADE = datetime(2026, 11, 1, 12, tzinfo=UTC)


@dataclass(slots=True)
class NodeKey:
    """The file ``swarm-node.key``; a manager keeps the keys of its log in its headers.

    Attributes:
        dek: the key of the log; None for a worker.
        pending: the key that is to follow, while it is rotated.
        unlock_key: what it all is sealed with, if it is.
        needs_rotation: whether the key is to be rotated.
        kek_version: the version of the cluster that the unlock key is of.
        cipher: how it is sealed if there is an unlock key.
        form: how the private key itself is written; "pkcs1" is what engines before 18.03 wrote.
    """

    dek: bytes | None
    pending: bytes | None = None
    unlock_key: bytes | None = None
    needs_rotation: bool = False
    kek_version: int = 0
    cipher: Cipher = "secretbox"
    form: Form = "pkcs8"

    def pem(self) -> bytes:
        """The file."""
        first, *body = _private_key(self.form, self.unlock_key).splitlines()
        inherent = [line for line in body if b": " in line]
        rest = [line for line in body if line and b": " not in line]
        headers = [f"{name}: {value}".encode() for name, value in sorted(self._headers().items())]
        if inherent:  # Proc-Type comes first, and DEK-Info is before all that is in small letters
            headers = inherent + headers
        return b"\n".join([first, *headers, *([b""] if headers else []), *rest, b""])

    def _headers(self) -> dict[str, str]:
        headers = {"kek-version": str(self.kek_version)}
        for name, raw in (("raft-dek", self.dek), ("raft-dek-pending", self.pending)):
            if raw is not None:
                headers[name] = b64encode(self._wrapped(raw)).decode()
        if self.needs_rotation:
            headers["raft-dek-needs-rotation"] = "true"
        return headers if self.dek is not None else {}

    def _wrapped(self, raw: bytes) -> bytes:
        if self.unlock_key is None:
            return seal(raw, b"", "plain")
        return seal(raw, self.unlock_key, self.cipher)


@cache
def _private_key(form: Form, password: bytes | None) -> bytes:
    encryption: KeySerializationEncryption = NoEncryption()
    if password is not None:
        encryption = BestAvailableEncryption(password)
    shape = PrivateFormat.PKCS8 if form == "pkcs8" else PrivateFormat.TraditionalOpenSSL
    return _key().private_bytes(Encoding.PEM, shape, encryption)


@cache
def _key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def root_certificate() -> bytes:
    """The certificate of a root, in PEM."""
    return _certificate((NameOID.COMMON_NAME, "swarm-ca"))


def node_certificate(cluster_id: str, role: str, node_id: str) -> bytes:
    """A node's certificate, in PEM: organization, unit and name say who it is."""
    return _certificate(
        (NameOID.ORGANIZATION_NAME, cluster_id),
        (NameOID.ORGANIZATIONAL_UNIT_NAME, role),
        (NameOID.COMMON_NAME, node_id),
    )


@cache
def _certificate(*subject: tuple[x509.ObjectIdentifier, str]) -> bytes:
    issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "swarm-ca")])
    made = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(oid, text) for oid, text in subject]))
        .issuer_name(issuer)
        .public_key(_key().public_key())
        .serial_number(1)
        .not_valid_before(MADE)
        .not_valid_after(MADE + timedelta(days=90))
        .sign(_key(), SHA256())
    )
    return made.public_bytes(Encoding.PEM)
