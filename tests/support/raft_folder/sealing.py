"""Records sealed as a manager seals them.

Nonces come from what is sealed, so that the same folder has the same bytes on each run.

Source: SwarmKit manager/encryption (nacl.go, fernet.go), and the Fernet specification.
"""

from base64 import b64encode, urlsafe_b64encode
from hashlib import sha256
from hmac import digest
from typing import Literal

from cryptography.hazmat.primitives.ciphers import Cipher as BlockCipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from nacl.secret import SecretBox

from swarmwire import pb

Cipher = Literal["secretbox", "fernet", "plain"]


def key(name: str) -> bytes:
    """A key of 32 bytes with a name, so that tests can speak of it."""
    return sha256(b"key " + name.encode()).digest()


def unlock_key_text(raw: bytes) -> str:
    """The unlock key as ``docker swarm unlock-key`` prints it."""
    return "SWMKEY-1-" + b64encode(raw).decode().rstrip("=")


def seal(content: bytes, raw: bytes, cipher: Cipher) -> bytes:
    """The bytes of a ``MaybeEncryptedRecord`` that holds ``content``."""
    record = pb.MaybeEncryptedRecord()
    if cipher == "secretbox":
        record.algorithm = pb.MaybeEncryptedRecord.SECRETBOX_SALSA20_POLY1305
        record.nonce = _varied(raw, content)[: SecretBox.NONCE_SIZE]
        record.data = SecretBox(raw).encrypt(content, record.nonce).ciphertext
    elif cipher == "fernet":
        record.algorithm = pb.MaybeEncryptedRecord.FERNET_AES_128_CBC
        record.data = _fernet_token(content, raw)
    else:
        record.data = content
    return record.SerializeToString(deterministic=True)


def _fernet_token(content: bytes, raw: bytes) -> bytes:
    sign, crypt = raw[:16], raw[16:]
    vector = _varied(raw, content)[:16]
    fill = 16 - len(content) % 16
    block = BlockCipher(AES(crypt), CBC(vector)).encryptor()
    text = block.update(content + bytes([fill]) * fill) + block.finalize()
    unsigned = b"\x80" + (1_600_000_000).to_bytes(8, "big") + vector + text
    return urlsafe_b64encode(unsigned + digest(sign, unsigned, "sha256"))


def _varied(raw: bytes, content: bytes) -> bytes:
    return sha256(b"nonce" + raw + content).digest()
