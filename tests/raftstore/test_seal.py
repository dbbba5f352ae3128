"""Sealed records and the keys that open them."""

import pytest
from nacl.secret import SecretBox

from swarmwire import pb
from swarmwire.raftstore.seal import KeyRing, Sealed
from tests.support.raft_folder import key, seal

KEY = key("current")
OTHER = key("other")
CONTENT = b"what a transaction holds"
LARGE = CONTENT * 10_000

ciphers = pytest.mark.parametrize("cipher", ["secretbox", "fernet"])
forms = pytest.mark.parametrize("form", [bytes, memoryview])


def refused(ring, sealed, **options):
    with pytest.raises(Sealed) as caught:
        ring.open(sealed, **options)
    return str(caught.value)


def record(algorithm, data, nonce=b""):
    return pb.MaybeEncryptedRecord(algorithm=algorithm, data=data, nonce=nonce).SerializeToString()


@ciphers
@forms
@pytest.mark.parametrize("content", [CONTENT, b"", LARGE], ids=["small", "nothing", "large"])
def test_its_key_opens_it(cipher, form, content):
    assert KeyRing([KEY]).open(form(seal(content, KEY, cipher))) == content


@ciphers
def test_any_key_of_the_ring_opens_it(cipher):
    ring = KeyRing([key("a"), key("b"), KEY, key("c")])
    for _ in range(3):
        assert ring.open(seal(CONTENT, KEY, cipher)) == CONTENT
        assert ring.open(seal(CONTENT, key("a"), cipher)) == CONTENT


def test_keys_take_turns_without_getting_lost():
    """Those that opened something last are tried first."""
    keys = [key(str(number)) for number in range(5)]
    ring = KeyRing(keys)
    for number in (3, 4, 0, 3, 2, 2, 1, 4, 0):
        assert ring.open(seal(CONTENT, keys[number], "secretbox")) == CONTENT


@ciphers
def test_one_ring_opens_records_of_both_ciphers(cipher):
    ring = KeyRing([KEY])
    for each in (cipher, "secretbox", "fernet", cipher):
        assert ring.open(seal(CONTENT, KEY, each)) == CONTENT


@ciphers
@forms
def test_no_other_key_opens_it(cipher, form):
    assert refused(KeyRing([OTHER]), form(seal(CONTENT, KEY, cipher))) == "no key at hand opens it"
    assert refused(KeyRing([]), form(seal(CONTENT, KEY, cipher))) == "no key at hand opens it"


@ciphers
def test_damage_is_not_opened(cipher):
    sealed = bytearray(seal(CONTENT, KEY, cipher))
    sealed[20] ^= 1
    assert refused(KeyRing([KEY]), bytes(sealed)) == "no key at hand opens it"


@ciphers
@pytest.mark.parametrize("size", [16, 31])
def test_a_short_key_goes_on_with_zeros(cipher, size):
    whole = KEY[:size].ljust(32, b"\0")
    assert KeyRing([KEY[:size]]).open(seal(CONTENT, whole, cipher)) == CONTENT


@ciphers
@pytest.mark.parametrize("more", [b"\0", b"and more"])
def test_of_a_long_key_the_beginning_counts(cipher, more):
    assert KeyRing([KEY + more]).open(seal(CONTENT, KEY, cipher)) == CONTENT


class TestNotEncrypted:
    """Only the keys of an unlocked node are stored so."""

    @forms
    def test_it_is_taken_if_wanted(self, form):
        assert KeyRing([]).open(form(seal(CONTENT, b"", "plain")), plain=True) == CONTENT

    @forms
    def test_else_it_is_refused(self, form):
        sealed = form(seal(CONTENT, b"", "plain"))
        assert "not encrypted where all must be" in refused(KeyRing([KEY]), sealed)

    def test_wanting_it_does_not_refuse_the_others(self):
        assert KeyRing([KEY]).open(seal(CONTENT, KEY, "secretbox"), plain=True) == CONTENT


@pytest.mark.parametrize("size", [0, 8, 23, 25, 48])
def test_a_nonce_of_another_length(size):
    sealed = record(1, bytes(40), bytes(size))
    assert "nonce of another length" in refused(KeyRing([KEY]), sealed)


@pytest.mark.parametrize("algorithm", [3, 100])
def test_a_cipher_that_nobody_knows(algorithm):
    found = refused(KeyRing([KEY]), record(algorithm, CONTENT, bytes(24)), plain=True)
    assert found == f"sealed with the unknown cipher {algorithm}"


@forms
@pytest.mark.parametrize("data", [b"\xff", b"\x12\x05abc", b"plain text"])
def test_what_is_no_sealed_record(form, data):
    assert refused(KeyRing([KEY]), form(data)) == "not a sealed record"


@pytest.mark.parametrize("data", [b"", bytes(15), b"no token"])
@pytest.mark.parametrize("algorithm", [1, 2])
def test_content_that_no_cipher_writes(algorithm, data):
    sealed = record(algorithm, data, bytes(SecretBox.NONCE_SIZE))
    assert refused(KeyRing([KEY]), sealed) == "no key at hand opens it"


def test_it_does_not_show_its_keys():
    ring = KeyRing([KEY])
    assert repr(KEY)[2:10] not in repr(ring)
    assert KEY.hex() not in repr(ring)
