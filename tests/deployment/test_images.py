"""Which digest a service's image is pinned to: the docker command's rules, and where we differ."""

import http.server
import json
import socketserver
import threading

import pytest

from swarmwire import pb
from swarmwire.deployment import FoundImage, ask_image
from swarmwire.deployment.images import chosen_image, moved_tag, platforms_of
from swarmwire.images import pinned_image, tagged_image

DIGEST = f"sha256:{'a' * 64}"
OTHER = f"sha256:{'b' * 64}"
LABEL = "com.docker.stack.image"


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("busybox", "busybox:latest"),
        ("docker.io/library/busybox:1", "busybox:1"),
        ("index.docker.io/a/b", "a/b:latest"),
        ("localhost:5000/x", "localhost:5000/x:latest"),
        (f"busybox@{DIGEST}", f"busybox@{DIGEST}"),
        (f"r.io/a:1@{DIGEST}", f"r.io/a:1@{DIGEST}"),
        ("c" * 64, "c" * 64),
    ],
)
def test_images_are_sent_with_a_tag(written, sent):
    assert tagged_image(written) == sent


def test_a_digest_is_added_once():
    assert pinned_image("busybox:1", DIGEST) == f"busybox:1@{DIGEST}"
    assert pinned_image(f"busybox:1@{DIGEST}", OTHER) == f"busybox:1@{DIGEST}"


def service(image, label):
    found = pb.Service()
    found.spec.annotations.labels[LABEL] = label
    found.spec.task.container.image = image
    return found


FOUND = {"a:1": FoundImage(OTHER, (("amd64", "linux"),))}


@pytest.mark.parametrize(
    ("mode", "label", "image", "asked"),
    [
        ("always", "a:1", f"a:1@{OTHER}", "a:1"),
        ("changed", "a:1", f"a:1@{DIGEST}", ""),
        ("changed", "a:0", f"a:1@{OTHER}", "a:1"),
        ("never", "a:1", f"a:1@{DIGEST}", ""),
        ("never", "a:0", "a:1", ""),
    ],
)
def test_when_a_tag_is_looked_up(mode, label, image, asked):
    choice = chosen_image("a:1", service(f"a:1@{DIGEST}", label), mode, FOUND)
    assert (choice.image.name, choice.asked) == (image, asked)


def test_an_unchanged_image_keeps_its_digest_if_nobody_can_be_asked():
    stored = service(f"a:1@{DIGEST}", "a:1")
    choice = chosen_image("a:1", stored, "always", {"a:1": FoundImage(error="away")})
    assert (choice.image.name, choice.is_kept) == (f"a:1@{DIGEST}", True)
    assert chosen_image("a:1", None, "always", {}).image.name == "a:1"


def test_a_tag_that_moved_is_told():
    specs = [service(f"a:{tag}@{digest}", "").spec for tag, digest in (("1", DIGEST), ("1", OTHER))]
    assert (
        moved_tag(*specs)
        == "the tag a:1 has moved from sha256:aaaaaaaaaaaa… to sha256:bbbbbbbbbbbb…"
    )
    assert moved_tag(specs[0], specs[0]) == ""
    assert moved_tag(service(f"a:0@{DIGEST}", "").spec, specs[1]) == ""


def test_platforms_as_swarms_know_them():
    listed = [
        {"architecture": "amd64", "os": "linux"},
        {"architecture": "arm", "os": "linux", "variant": "v6"},
        {"architecture": "arm", "os": "linux", "variant": "v7"},
        {"architecture": "unknown", "os": "unknown"},
    ]
    assert platforms_of(listed) == (("amd64", "linux"), ("", "linux"))
    assert platforms_of(None) == ()


class Engine(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    """An engine that answers one thing."""

    daemon_threads = True


@pytest.fixture
def engine(tmp_path):
    """Where an engine listens, what it answers, and what it was asked."""
    answers, asked = {}, []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append((self.path, self.headers.get("X-Registry-Auth")))
            status, body = answers["now"]
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

        def address_string(self):
            return ""

    path = str(tmp_path / "e.sock")
    with Engine(path, Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield path, answers, asked
        server.shutdown()


def test_an_engine_is_asked(engine):
    path, answers, asked = engine
    body = {"Descriptor": {"digest": DIGEST}, "Platforms": [{"architecture": "a", "os": "b"}]}
    answers["now"] = (200, json.dumps(body).encode())
    assert ask_image(path, "r.io:5000/a/b:1", "login") == FoundImage(DIGEST, (("a", "b"),))
    assert asked == [("/distribution/r.io:5000/a/b:1/json", "login")]


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (403, b'{"message": "denied"}\n', "denied"),
        (200, b"{}", "the engine answers with 200, and not as engines do"),
        (500, b"<html>", "the engine answers with 500, and not as engines do"),
        (404, b"[]", "the engine answers with 404, and not as engines do"),
    ],
)
def test_what_else_an_engine_answers(engine, status, body, error):
    path, answers, _ = engine
    answers["now"] = (status, body)
    assert ask_image(path, "a:1") == FoundImage(error=error)


def test_no_engine_is_there(tmp_path):
    path = str(tmp_path / "none.sock")
    assert ask_image(path, "a:1").error == (
        f"the engine at {path} does not answer: No such file or directory"
    )
