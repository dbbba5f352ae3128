"""The issuer that a swarm shows is the one of its certificate, or of the one that it turns to."""

import base64

import pytest

from swarmwire import convert, engine, pb
from tests.support.certificates import OTHER_CERTIFICATE, ROOT_CERTIFICATE

ROOT = ROOT_CERTIFICATE.pem.encode()
OTHER = OTHER_CERTIFICATE.pem.encode()


def shown(ca_cert, rotation=None):
    cluster = pb.Cluster(root_ca=pb.RootCA(ca_cert=ca_cert))
    if rotation is not None:
        cluster.root_ca.root_rotation.ca_cert = rotation
    return convert.swarm_from_grpc(cluster)


def issuer(info):
    return tuple(
        base64.b64encode(part).decode()
        for part in (info.cert_issuer_subject, info.cert_issuer_public_key)
    )


def test_issuer_is_that_of_the_root():
    swarm = shown(ROOT)
    assert issuer(swarm.tls_info) == (ROOT_CERTIFICATE.subject, ROOT_CERTIFICATE.public_key)
    assert swarm.tls_info.trust_root == ROOT_CERTIFICATE.pem
    assert swarm.root_rotation_in_progress is False
    text = engine.encode(swarm).decode()
    assert f'"CertIssuerSubject":"{ROOT_CERTIFICATE.subject}"' in text
    assert f'"CertIssuerPublicKey":"{ROOT_CERTIFICATE.public_key}"' in text


def test_issuer_is_that_of_the_new_root_while_it_rotates():
    swarm = shown(ROOT, OTHER)
    assert issuer(swarm.tls_info) == (OTHER_CERTIFICATE.subject, OTHER_CERTIFICATE.public_key)
    assert swarm.tls_info.trust_root == ROOT_CERTIFICATE.pem
    assert swarm.root_rotation_in_progress is True


def test_first_certificate_of_several_counts():
    assert issuer(shown(ROOT + OTHER).tls_info)[0] == ROOT_CERTIFICATE.subject
    assert issuer(shown(b"text before\n" + OTHER + ROOT).tls_info)[0] == OTHER_CERTIFICATE.subject


DER = base64.b64decode("".join(ROOT_CERTIFICATE.pem.splitlines()[1:-1]))


def pem(der):
    body = base64.encodebytes(der)
    return b"-----BEGIN CERTIFICATE-----\n" + body + b"-----END CERTIFICATE-----\n"


@pytest.mark.parametrize(
    "certificate",
    [
        b"",
        b"no certificate",
        b"\xff\xfe",
        b"-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n",
        b"-----BEGIN CERTIFICATE-----\n=\n-----END CERTIFICATE-----\n",
        b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
        ROOT[:-30],
        pem(b"\x30"),
        pem(b"\x30\x84\xff\xff\xff\xff"),
        pem(b"\x31\x00"),
        pem(b"\x30\x02\x30\x00"),
        pem(b"\x30\x80"),
    ],
)
def test_what_is_no_certificate_has_no_issuer(certificate):
    swarm = shown(certificate)
    assert issuer(swarm.tls_info) == ("", "")
    assert swarm.tls_info.trust_root == certificate.decode("utf-8", "replace")


def test_certificate_that_breaks_off_anywhere_is_no_crash():
    for size in range(len(DER)):
        tls_info = shown(pem(DER[:size])).tls_info
        assert issuer(tls_info) in [
            ("", ""),
            (ROOT_CERTIFICATE.subject, ROOT_CERTIFICATE.public_key),
        ]


def test_certificate_with_a_wrong_byte_is_no_crash():
    for index in range(len(DER)):
        shown(pem(DER[:index] + bytes([DER[index] ^ 0xFF]) + DER[index + 1 :]))


def test_certificate_without_a_version_is_read():
    # A version 1 certificate begins with its serial number.
    start = DER.index(bytes.fromhex("a003020102"))
    inner = DER[start + 5 :]
    body = b"\x30\x82" + (len(DER) - start - 5 - 84).to_bytes(2, "big") + inner
    whole = b"\x30\x82" + len(body).to_bytes(2, "big") + body
    tls_info = shown(pem(whole)).tls_info
    assert issuer(tls_info) == (ROOT_CERTIFICATE.subject, ROOT_CERTIFICATE.public_key)


def test_node_shows_the_issuer_that_it_told():
    info = pb.NodeTLSInfo(
        trust_root=b"a\xffb", cert_issuer_subject=b"s", cert_issuer_public_key=b"k"
    )
    node = pb.Node(description=pb.NodeDescription(tls_info=info))
    assert convert.node_from_grpc(node).description.tls_info == engine.TLSInfo(
        trust_root="a\ufffdb", cert_issuer_subject=b"s", cert_issuer_public_key=b"k"
    )
