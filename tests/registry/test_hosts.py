"""Which registries may be named, and which are on this machine."""

import pytest

from swarmwire.registry import registry_host
from swarmwire.registry.hosts import is_out_of_reach


@pytest.mark.parametrize(
    ("text", "name", "origins"),
    [
        ("docker.io", "docker.io", ["https://registry-1.docker.io"]),
        ("index.docker.io", "docker.io", ["https://registry-1.docker.io"]),
        ("quay.io", "quay.io", ["https://quay.io"]),
        ("Registry.Example:5000", "registry.example:5000", ["https://registry.example:5000"]),
        ("10.0.0.7:5000", "10.0.0.7:5000", ["https://10.0.0.7:5000"]),
        ("localhost", "localhost", ["https://localhost", "http://localhost"]),
        ("127.9.0.1:5", "127.9.0.1:5", ["https://127.9.0.1:5", "http://127.9.0.1:5"]),
        ("[::1]:5000", "[::1]:5000", ["https://[::1]:5000", "http://[::1]:5000"]),
        ("[2001:db8::1]", "[2001:db8::1]", ["https://[2001:db8::1]"]),
        ("localhost.example", "localhost.example", ["https://localhost.example"]),
        ("127.0.0.1.example", "127.0.0.1.example", ["https://127.0.0.1.example"]),
    ],
)
def test_a_registry_is_asked_where_it_answers(text, name, origins):
    host = registry_host(text)
    assert host.name == name
    assert list(host.origins) == origins
    assert host.is_local == (len(origins) == 2)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("https://quay.io", "without https://"),
        ("http://localhost:5000", "without http://"),
        ("nginx", "no HOST or HOST:PORT"),
        ("", "no HOST or HOST:PORT"),
        ("quay.io/team", "no HOST or HOST:PORT"),
        ("quay.io/", "no HOST or HOST:PORT"),
        ("ann:hush@quay.io", "no credentials in it"),
        ("https://ann:hush@quay.io", "no credentials in it"),
        ("quay.io:x", "no HOST or HOST:PORT"),
        ("quay.io:0", "no port 0"),
        ("quay.io:65536", "no port 65536"),
        ("a b.c", "no HOST or HOST:PORT"),
        ("quay.io?x", "no HOST or HOST:PORT"),
        ("-quay.io", "no HOST or HOST:PORT"),
    ],
)
def test_what_is_no_registry(text, words):
    with pytest.raises(ValueError, match=words) as caught:
        registry_host(text)
    assert "hush" not in str(caught.value)


@pytest.mark.parametrize(
    ("address", "is_out"),
    [
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("::1", True),
        ("::ffff:127.0.0.1", True),
        ("::ffff:169.254.169.254", True),
        ("169.254.169.254", True),
        ("fe80::1%eth0", True),
        ("0.0.0.0", True),
        ("::", True),
        ("224.0.0.1", True),
        ("255.255.255.255", True),
        ("10.0.0.1", False),
        ("192.168.1.1", False),
        ("8.8.8.8", False),
        ("2001:4860:4860::8888", False),
        ("::ffff:10.0.0.1", False),
    ],
)
def test_where_no_registry_may_send_us(address, is_out):
    assert is_out_of_reach(address) == is_out
