"""The headers of a node's key file, and the text of an unlock key."""

from base64 import b64encode

import pytest

from swarmwire.errors import StoreError, WrongKey
from swarmwire.raftstore.keys import (
    KeyFile,
    open_keys,
    read_key_file,
    read_unlock_key,
    write_unlock_key,
)
from tests.support.raft_folder import key, seal
from tests.support.raft_folder.identity import NodeKey

UNLOCK = key("unlock")
CURRENT = key("current")
PENDING = key("pending")


def pem(*headers, kind="PRIVATE KEY", end="\n"):
    lines = [f"-----BEGIN {kind}-----", *headers, "", "bm90IGEga2V5", f"-----END {kind}-----", ""]
    return end.join(lines).encode()


def header(name, raw=CURRENT, unlock=None):
    sealed = seal(raw, unlock or b"", "secretbox" if unlock else "plain")
    return f"{name}: {b64encode(sealed).decode()}"


class TestFile:
    """What the headers tell."""

    def test_of_a_node_that_is_not_locked(self):
        found = read_key_file(NodeKey(CURRENT).pem())
        assert open_keys([found], []) == (CURRENT,)
        assert (found.kek_version, found.needs_rotation, found.has_pending) == (0, False, False)

    def test_of_one_that_is(self):
        found = read_key_file(NodeKey(CURRENT, unlock_key=UNLOCK, kek_version=44).pem())
        assert open_keys([found], [UNLOCK]) == (CURRENT,)
        assert found.kek_version == 44

    def test_in_the_middle_of_a_rotation_the_pending_key_is_first(self):
        found = read_key_file(NodeKey(CURRENT, PENDING, needs_rotation=True).pem())
        assert open_keys([found], []) == (PENDING, CURRENT)
        assert found.needs_rotation
        assert found.has_pending

    def test_of_a_worker(self):
        found = read_key_file(NodeKey(None).pem())
        assert found == KeyFile((), None, needs_rotation=False, has_pending=False)

    @pytest.mark.parametrize(
        "kind", ["PRIVATE KEY", "EC PRIVATE KEY", "ENCRYPTED PRIVATE KEY", "RSA PRIVATE KEY"]
    )
    def test_whatever_the_key_itself_is(self, kind):
        assert open_keys([read_key_file(pem(header("raft-dek"), kind=kind))], []) == (CURRENT,)

    @pytest.mark.parametrize(
        "change",
        [
            pytest.param(lambda data: data.replace(b"\n", b"\r\n"), id="line ends of Windows"),
            pytest.param(lambda data: data.replace(b": ", b":"), id="no blanks"),
            pytest.param(lambda data: data.replace(b": ", b": \t "), id="more blanks"),
            pytest.param(lambda data: data.replace(b"=\n", b"= \n"), id="blanks at the end"),
            pytest.param(lambda data: b"a note before it\n" + data + b"one behind it", id="notes"),
            pytest.param(lambda data: pem(kind="CERTIFICATE") + data, id="a certificate before it"),
            pytest.param(lambda data: data.rstrip(b"\n"), id="no last line end"),
        ],
    )
    def test_however_it_was_copied(self, change):
        data = pem("kek-version: 7", header("raft-dek"))
        found = read_key_file(change(data))
        assert open_keys([found], []) == (CURRENT,)
        assert found.kek_version == 7

    def test_nothing_need_stand_behind_the_headers(self):
        data = pem(header("raft-dek")).replace(b"\n\nbm90IGEga2V5", b"")
        assert open_keys([read_key_file(data)], []) == (CURRENT,)

    def test_lines_behind_the_headers_are_none(self):
        data = pem(header("raft-dek")).replace(b"bm90", b"raft-dek-pending: \n\nbm90")
        assert not read_key_file(data).has_pending

    @pytest.mark.parametrize(
        ("text", "version"),
        [("118", 118), ("0", 0), ("", None), ("-1", None), ("one", None), ("9" * 21, None)],
    )
    def test_the_version_of_the_unlock_key(self, text, version):
        assert read_key_file(pem(f"kek-version: {text}", header("raft-dek"))).kek_version == version

    def test_the_largest_version(self):
        assert read_key_file(pem(f"kek-version: {2**64 - 1}")).kek_version == 2**64 - 1

    @pytest.mark.parametrize(
        "data",
        [
            b"",
            b"no key",
            pem(kind="CERTIFICATE"),
            pem().replace(b"END PRIVATE", b"END PUBLIC"),
            pem()[:40],
            pem(kind="PRIVATE KEY").replace(b"-----END P", b"-----END EC P"),
        ],
    )
    def test_what_is_no_key_file(self, data):
        with pytest.raises(StoreError, match="not the private key") as caught:
            read_key_file(data, "a file")
        assert caught.value.file == "a file"

    @pytest.mark.parametrize("value", ["!", "EiA", "EiAé", "a=b=", b64encode(b"\xff\xff").decode()])
    @pytest.mark.parametrize("name", ["raft-dek", "raft-dek-pending"])
    def test_a_header_that_is_broken_is_named_and_not_shown(self, name, value):
        with pytest.raises(StoreError, match=f"the header {name} cannot be read") as caught:
            read_key_file(pem(f"{name}: {value}"), "a file")
        assert caught.value.file == "a file"
        assert caught.value.__suppress_context__
        assert value == "!" or value not in str(caught.value)

    def test_it_does_not_show_its_keys(self):
        found = read_key_file(NodeKey(CURRENT).pem())
        assert "sealed" not in repr(found)


class TestOpen:
    """Out of all key files and all unlock keys, everything that fits."""

    def file(self, raw=CURRENT, unlock=None):
        return read_key_file(NodeKey(raw, unlock_key=unlock).pem())

    def test_the_keys_of_several_files_in_their_order(self):
        files = (self.file(CURRENT), self.file(PENDING, UNLOCK))
        assert open_keys(files, [UNLOCK]) == (CURRENT, PENDING)

    def test_what_cannot_be_opened_is_left_out_as_long_as_there_is_one(self):
        assert open_keys([self.file(PENDING, UNLOCK), self.file(CURRENT)], []) == (CURRENT,)

    def test_of_several_unlock_keys_the_one_that_fits(self):
        unlock = [key("another"), UNLOCK]
        assert open_keys([self.file(CURRENT, UNLOCK)], unlock) == (CURRENT,)

    def test_they_may_be_iterators(self):
        assert open_keys(iter([self.file(CURRENT, UNLOCK)]), iter([UNLOCK])) == (CURRENT,)
        with pytest.raises(WrongKey, match="does not open the node's key"):
            open_keys(iter([self.file(CURRENT, UNLOCK)]), iter([PENDING]))

    @pytest.mark.parametrize("unlock", [[], [UNLOCK]])
    def test_a_file_without_keys(self, unlock):
        with pytest.raises(WrongKey, match="holds no key of the raft log"):
            open_keys([self.file(None)], unlock)

    def test_a_file_without_keys_beside_one_that_is_locked(self):
        with pytest.raises(WrongKey, match="the swarm is locked"):
            open_keys([self.file(None), self.file(CURRENT, UNLOCK)], [])

    def test_no_unlock_key(self):
        with pytest.raises(WrongKey, match="the swarm is locked"):
            open_keys([self.file(CURRENT, UNLOCK)], [])

    def test_the_wrong_one(self):
        with pytest.raises(WrongKey, match="does not open the node's key"):
            open_keys([self.file(CURRENT, UNLOCK)], [key("another")])


class TestUnlockKey:
    """``SWMKEY-1-`` and 43 letters."""

    def test_it_is_read_and_written(self):
        text = write_unlock_key(UNLOCK)
        assert text.startswith("SWMKEY-1-")
        assert len(text) == 9 + 43
        assert read_unlock_key(text) == UNLOCK

    def test_its_last_letter_has_bits_that_do_not_count(self):
        """Managers ignore them as well: a typo there may be right all the same."""
        text = write_unlock_key(bytes(32))
        assert text.endswith("A")
        for letter in "ABCD":
            assert read_unlock_key(text[:-1] + letter) == bytes(32)
        assert read_unlock_key(text[:-1] + "E") != bytes(32)

    @pytest.mark.parametrize("line", ["\n", "\r", "\r\n"])
    def test_line_ends_in_it_do_not_count(self, line):
        text = write_unlock_key(UNLOCK)
        assert read_unlock_key(line.join([text[:20], text[20:], ""])) == UNLOCK

    @pytest.mark.parametrize("size", [0, 30, 31, 33, 34, 64])
    def test_it_has_32_bytes(self, size):
        with pytest.raises(WrongKey, match="43 more letters"):
            read_unlock_key(write_unlock_key(bytes(size)))

    @pytest.mark.parametrize(
        "change",
        [
            pytest.param(lambda text: text.removeprefix("SWMKEY-1-"), id="no beginning"),
            pytest.param(lambda text: "\n" + text, id="a line end before it"),
            pytest.param(lambda text: text.replace("-1-", "-2-"), id="another version"),
            pytest.param(lambda text: text + "=", id="padded"),
            pytest.param(lambda text: text[:-1] + "=", id="padded instead of a letter"),
            pytest.param(lambda text: text[:20] + " " + text[20:], id="a blank"),
            pytest.param(lambda text: text[:20] + "_" + text[21:], id="another alphabet"),
            pytest.param(lambda text: text[:20] + "é" + text[21:], id="no letter of it"),
        ],
    )
    def test_what_is_none_is_refused_and_not_repeated(self, change):
        text = change(write_unlock_key(UNLOCK))
        with pytest.raises(WrongKey, match="the unlock key is not one") as caught:
            read_unlock_key(text)
        assert text not in str(caught.value)
        assert text[25:40] not in str(caught.value)
