"""Tokens that a registry of Debian believes, signed by a certificate that it is told."""

import json
import time
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from tests.support.client_certificates import CertificateFiles, client_certificate

SERVICE: Final = "a registry"
_ISSUER: Final = "tests"


class TokenIssuer:
    """Signs tokens. Its certificate is made in a folder."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self._files: CertificateFiles = client_certificate(folder, _ISSUER)

    def settings(self, realm: str) -> str:
        """What tells a registry to believe it, and clients to ask at ``realm``."""
        told = {"realm": realm, "service": SERVICE, "issuer": _ISSUER}
        told["rootcertbundle"] = str(self._files.authority)
        return f"auth: {json.dumps({'token': told})}\n"

    def token(self, repositories: Sequence[str], *actions: str) -> str:
        """A token for some repositories, good for a minute from now on."""
        now = int(time.time())
        access = [
            {"type": "repository", "name": name, "actions": list(actions)} for name in repositories
        ]
        claims = {"iss": _ISSUER, "sub": "ann", "aud": SERVICE, "jti": "1", "access": access}
        claims |= {"exp": now + 60, "nbf": now - 60, "iat": now}
        certificate = x509.load_pem_x509_certificate(self._files.certificate.read_bytes())
        chain = [b64encode(certificate.public_bytes(serialization.Encoding.DER)).decode()]
        signed = f"{_part({'typ': 'JWT', 'alg': 'ES256', 'x5c': chain})}.{_part(claims)}"
        return f"{signed}.{self._signature(signed)}"

    def _signature(self, text: str) -> str:
        key = serialization.load_pem_private_key(self._files.key.read_bytes(), None)
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        found = decode_dss_signature(key.sign(text.encode(), ec.ECDSA(hashes.SHA256())))
        return _unpadded(b"".join(number.to_bytes(32, "big") for number in found))


def _part(value: Any) -> str:
    return _unpadded(json.dumps(value).encode())


def _unpadded(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()
