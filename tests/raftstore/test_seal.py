"""Sealed records and the keys that open them."""

import pytest
from nacl.secret import SecretBox

from swarmwire import pb, raftstore
from swarmwire.raftstore.keys import KeyRing, Sealed
from tests.support.raft_folder import RaftFolder, create, fill, key, objects_of, seal, secret

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


# Each record says how it is sealed, and nothing is taken that is not.


def whole(folder, recovery):
    assert objects_of(recovery.store) == folder.objects()
    assert recovery.findings == []


def test_fernet(tmp_path):
    folder = fill(RaftFolder(tmp_path / "swarm", cipher="fernet"))
    folder.snapshot()
    folder.transaction(create(secret("after")))
    folder.write()
    whole(folder, raftstore.read(folder.root))


def test_both(folder):
    folder.cipher = "fernet"
    folder.transaction(create(secret("fernet")))
    folder.snapshot()
    folder.cipher = "secretbox"
    folder.transaction(create(secret("secretbox")))
    folder.write()
    whole(folder, raftstore.read(folder.root))


def test_a_record_that_is_not_encrypted_is_refused(folder):
    folder.cipher = "plain"
    place = folder.transaction(create(secret("forged")))
    folder.cipher = "secretbox"
    folder.transaction(create(secret("after")))
    folder.write()
    recovery = raftstore.read(folder.root)
    assert objects_of(recovery.store) == folder.objects(without=(place.index,))
    (finding,) = recovery.findings
    assert (finding.kind, finding.first) == ("unreadable-entry", place.index)
    assert "not encrypted" in finding.reason
    assert not recovery.is_whole


@pytest.mark.parametrize(
    "change",
    [
        {"algorithm": 3},
        {"nonce": b"short"},
        {"nonce": bytes(24)},
        {"data": b""},
        {"algorithm": 2},
        {"algorithm": 2, "data": b"gAAAA"},
    ],
)
def test_a_record_that_nothing_opens(folder, change):
    record = pb.MaybeEncryptedRecord.FromString(seal(b"", folder.dek, "secretbox"))
    for name, value in change.items():
        setattr(record, name, value)
    place = folder.entry(b"", sealed=record.SerializeToString())
    folder.transaction(create(secret("after")))
    folder.write()
    recovery = raftstore.read(folder.root)
    assert objects_of(recovery.store) == folder.objects()
    (finding,) = recovery.findings
    assert (finding.kind, finding.first, finding.last) == (
        "unreadable-entry",
        place.index,
        place.index,
    )
    assert (finding.file, finding.offset) == (place.file, place.offset)


@pytest.mark.parametrize("raw", [b"short key", bytes(range(50))])
def test_a_key_of_another_length(folder, raw):
    """Managers fill keys up with zeros, or cut them."""
    folder.dek = raw[:32].ljust(32, b"\0")
    folder.snapshot()
    folder.transaction(create(secret("after")))
    folder.key.dek = raw
    folder.write()
    whole(folder, raftstore.read(folder.root))
