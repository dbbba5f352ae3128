"""Where a manager's socket is looked for."""

import socket
import ssl
from datetime import timedelta
from pathlib import Path

import pytest

from swarmwire import control
from swarmwire.control import locate
from swarmwire.control._certificate import read_der, read_pem
from swarmwire.control.locate import Place, usual_places
from tests.support.certificates import ROOT_CERTIFICATE

SYSTEM = Path("/var/lib/docker/swarm/certificates")
USUAL = "/var/run/docker/swarm/control.sock"


@pytest.mark.parametrize(
    ("named", "environment", "expected"),
    [
        ("/a/control.sock", {"SWARMWIRE_SOCKET": "/b"}, Place(Path("/a/control.sock"))),
        ("unix:///a/control.sock", {}, Place(Path("/a/control.sock"))),
        (None, {"SWARMWIRE_SOCKET": "/b"}, Place(Path("/b"))),
        (USUAL, {}, Place(Path(USUAL), SYSTEM)),
    ],
)
def test_a_named_socket_is_taken(named, environment, expected):
    assert locate.locate(named, None, environment) == expected


def test_certificates_can_be_named():
    assert locate.locate("/a", "/certificates", {}) == Place(Path("/a"), Path("/certificates"))


def test_an_engine_without_root_keeps_its_socket_in_the_runtime_directory(tmp_path, monkeypatch):
    path = tmp_path / "docker/swarm/control.sock"
    path.parent.mkdir(parents=True)
    environment = {"XDG_RUNTIME_DIR": str(tmp_path), "HOME": "/home/me"}
    own = [place for place in usual_places(environment) if place.socket == path]
    monkeypatch.setattr(locate, "usual_places", lambda _: own)
    with pytest.raises(control.NotAManager, match="SWARMWIRE_SOCKET"):
        locate.locate(None, None, environment)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        found = locate.locate(None, None, environment)
    certificates = Path("/home/me/.local/share/docker/swarm/certificates")
    assert found == Place(path, certificates)


def test_a_node_without_a_socket_is_told_apart_by_its_certificates(tmp_path, monkeypatch):
    (tmp_path / "swarm-node.crt").write_text("")
    place = Place(tmp_path / "none.sock", tmp_path)
    monkeypatch.setattr(locate, "usual_places", lambda _: [place])
    assert locate.locate(None, None, {}) == place


def test_off_a_manager_the_error_begins_with_what_is_wrong(tmp_path, monkeypatch):
    none, neither = Place(tmp_path / "a"), Place(tmp_path / "b")
    monkeypatch.setattr(locate, "usual_places", lambda _: [none, neither])
    with pytest.raises(control.NotAManager) as caught:
        locate.locate(None, None, {})
    assert str(caught.value).startswith(
        f"no Docker manager on this machine (looked in {tmp_path}/a, {tmp_path}/b);"
        " run it on a manager, or use --host"
    )


def test_usual_places_are_those_of_the_system_and_the_snap():
    assert [str(place.socket) for place in usual_places({})] == [
        USUAL,
        "/run/docker/swarm/control.sock",
        "/var/snap/docker/current/run/docker/swarm/control.sock",
    ]


def test_certificates_are_read():
    facts = read_pem("notes\n" + ROOT_CERTIFICATE.pem)
    assert facts.role == ""
    day = timedelta(days=1)
    assert facts.problem(facts.starts + day) == ""
    assert facts.problem(facts.ends + day).startswith("expired on ")
    assert "look at the clock" in facts.problem(facts.starts - day)


def test_what_is_no_certificate_is_a_value_error():
    der = ssl.PEM_cert_to_DER_cert(ROOT_CERTIFICATE.pem)
    for size in range(0, len(der), 7):
        with pytest.raises(ValueError, match=r"not a certificate|breaks off"):
            read_der(der[:size])
    with pytest.raises(ValueError, match="no certificate"):
        read_pem("-----BEGIN CERTIFICATE-----")
