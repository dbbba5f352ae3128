"""What a folder tells without any key: of real nodes, and of folders with odd files."""

import base64
import random
import warnings
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from swarmwire.raftstore.facts import (
    ENGINE_STATE,
    MANAGERS,
    NODE_CERTIFICATE,
    ROOT_CERTIFICATE,
    Facts,
    Manager,
    Start,
    facts,
)

SECOND = 1_000_000_000
ODD = (
    b"",
    b"\0" * 400,
    b"\xff",
    b"null",
    b"7",
    b'"text"',
    b"{",
    b"[" * 100_000,
    b'{"a":' * 100_000,
)


def time(text):
    return int(datetime.fromisoformat(text).timestamp()) * SECOND


def facts_of(swarm):
    return facts(
        node_certificate=(swarm / NODE_CERTIFICATE).read_bytes(),
        root_certificate=(swarm / ROOT_CERTIFICATE).read_bytes(),
        engine_state=(swarm / ENGINE_STATE).read_bytes(),
        managers=(swarm / MANAGERS).read_bytes(),
    )


def test_manager_tells_who_it_is(sample):
    found = facts_of(sample("14-hot-copy-head") / "swarm")
    assert found.identity.node_id == "w50xc9uzt7f62s97ux8f8kn2h"
    assert found.identity.cluster_id == "yigepcdbxqgtzldjvizooysj7"
    assert found.identity.role == "manager"
    assert found.identity.not_before == time("2026-11-22T08:49:00Z")
    assert found.identity.not_after == time("2027-02-20T09:49:00Z")
    assert found.root_not_after == time("2046-11-17T09:44:00Z")
    assert found.unread == ()


def test_manager_tells_how_it_was_started_and_whom_it_knew(sample):
    found = facts_of(sample("06-leader-uncommitted-2010") / "swarm")
    assert found.start == Start(
        local_address="10.98.0.1",
        remote_address="",
        listen_address="0.0.0.0:2377",
        advertise_address="10.98.0.1:2377",
        data_path_address="",
        address_pool=(),
        subnet_size=24,
        data_path_port=4789,
        is_joining=False,
    )
    assert found.managers == (
        Manager(node_id="0j2ahgufxa3gqqw777lygfms7", address="10.98.0.1:2377"),
        Manager(node_id="10q68jomdspzt40sfxjiz4tue", address="10.98.0.3:2377"),
        Manager(node_id="pk11yvql2nb403p54mrttayad", address="10.98.0.2:2377"),
    )


def test_demoted_manager_is_a_worker(sample):
    found = facts_of(sample("18-demoted-worker-2010") / "swarm")
    assert found.identity.node_id == "x57ovqtyryz1870oh6mm8hmle"
    assert found.identity.cluster_id == "snpglbca0ll09c28sjbr1bs0q"
    assert found.identity.role == "worker"
    assert [each.address for each in found.managers] == ["10.98.0.1:2377", "10.98.0.3:2377"]
    assert found.start.remote_address == "10.98.0.1:2377"
    assert found.start.address_pool == ()  # it stands as null there
    assert found.unread == ()


def test_folder_without_these_files_tells_nothing():
    assert facts() == Facts()


KEY = ec.generate_private_key(ec.SECP256R1())
MADE = datetime(2026, 1, 1, tzinfo=UTC)


def certificate(*subject, days=90):
    name = x509.Name([x509.NameAttribute(oid, text) for oid, text in subject])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(KEY.public_key())
        .serial_number(1)
        .not_valid_before(MADE)
        .not_valid_after(MADE + timedelta(days=days))
        .sign(KEY, SHA256())
    )
    return made.public_bytes(Encoding.PEM)


def of_node(role="swarm-manager", node_id="the node", cluster_id="the swarm"):
    return certificate(
        (NameOID.ORGANIZATION_NAME, cluster_id),
        (NameOID.ORGANIZATIONAL_UNIT_NAME, role),
        (NameOID.COMMON_NAME, node_id),
    )


OF_ROOT = certificate((NameOID.COMMON_NAME, "swarm-ca"), days=3650)


def test_certificate_that_vouches_for_the_node_may_follow():
    found = facts(node_certificate=of_node() + OF_ROOT)
    assert (found.identity.node_id, found.identity.cluster_id) == ("the node", "the swarm")


def test_of_several_roots_the_first_end_counts():
    soon = certificate((NameOID.COMMON_NAME, "swarm-ca"), days=10)
    for roots in (OF_ROOT + soon, soon + OF_ROOT):
        assert facts(root_certificate=roots).root_not_after == time("2026-01-11T00:00:00Z")


@pytest.mark.parametrize(
    ("pem", "seen"),
    [
        (of_node(role="swarm-auditor"), ("the node", "the swarm", None)),
        (certificate((NameOID.COMMON_NAME, "the node")), ("the node", "", None)),
        (certificate(), ("", "", None)),
    ],
    ids=["another role", "only a name", "nothing"],
)
def test_certificate_of_no_node_is_told_as_far_as_it_goes(pem, seen):
    found = facts(node_certificate=pem)
    assert (found.identity.node_id, found.identity.cluster_id, found.identity.role) == seen
    assert found.identity.not_after == time("2026-04-01T00:00:00Z")
    (unread,) = found.unread
    assert unread.file == NODE_CERTIFICATE
    assert "does not name node, swarm and role" in unread.reason


@pytest.mark.parametrize("content", [*ODD, of_node()[:300]], ids=lambda content: repr(content[:9]))
def test_certificates_that_cannot_be_read_are_named(content):
    found = facts(node_certificate=content, root_certificate=content)
    assert (found.identity, found.root_not_after) == (None, None)
    assert [each.file for each in found.unread] == [NODE_CERTIFICATE, ROOT_CERTIFICATE]


@pytest.mark.parametrize("content", ODD, ids=lambda content: repr(content[:9]))
def test_states_that_cannot_be_read_are_named(content):
    found = facts(engine_state=content, managers=content)
    assert (found.start, found.managers) == (None, ())
    named = {each.file for each in found.unread}
    assert named == ({ENGINE_STATE} if content == b"null" else {ENGINE_STATE, MANAGERS})


def test_what_can_be_read_is_told_beside_what_cannot():
    found = facts(
        node_certificate=b"broken", engine_state=b'{"SubnetSize": 26}', managers=b'[{"addr":"a:1"}]'
    )
    assert found.start.subnet_size == 26
    assert found.managers == (Manager(node_id="", address="a:1"),)
    assert [each.file for each in found.unread] == [NODE_CERTIFICATE]


@pytest.mark.parametrize("content", [b"null", b"[]", b" [ ]\n"])
def test_no_managers_are_no_damage(content):
    assert facts(managers=content) == Facts()


@pytest.mark.parametrize(
    "content",
    [
        b'{"SubnetSize": -1}',
        b'{"SubnetSize": 1e999}',
        b'{"DataPathPort": 123456789012345678901234567890}',
        b'{"LocalAddr": 7}',
        b'{"LocalAddr": "\xff"}',
        b'{"LocalAddr": "\\ud800"}',
        b'{"DefaultAddressPool": [1]}',
    ],
)
def test_engine_state_with_a_wrong_value_is_named(content):
    found = facts(engine_state=content)
    assert found.start is None
    assert [each.file for each in found.unread] == [ENGINE_STATE]


def test_address_pool_and_members_that_are_new_to_us():
    found = facts(engine_state=b'{"DefaultAddressPool": ["10.20.0.0/16"], "New": [{}]}')
    assert found.start.address_pool == ("10.20.0.0/16",)


def changed(data, numbers):
    out = bytearray(data)
    for _ in range(numbers.randrange(1, 4)):
        at = numbers.randrange(len(out))
        start, end = at, min(len(out), at + numbers.choice([0, 1, 2, 8]))
        out[start:end] = numbers.randbytes(numbers.choice([0, 1, 2, 8]))
    return bytes(out)


@pytest.mark.parametrize("seed", range(4))
def test_any_certificate_is_told_or_named_and_nobody_is_warned(seed):
    numbers = random.Random(seed)  # the same changes on each run
    der = base64.b64decode(b"".join(of_node().splitlines()[1:-1]))
    read = 0
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for _ in range(400):
            body = base64.encodebytes(changed(der, numbers))
            pem = b"-----BEGIN CERTIFICATE-----\n" + body + b"-----END CERTIFICATE-----\n"
            found = facts(node_certificate=pem, root_certificate=pem)
            read += found.identity is not None
            assert found.identity is not None or found.unread
    assert 0 < read < 400
