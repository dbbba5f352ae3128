"""The grammar of names: image references."""

import pytest

from swarmwire.rules.names import image_problems, is_image_reference

HEX = "0123456789abcdef"

GOOD = [
    "busybox",
    "busybox:1",
    "A.com/b",
    "A/b",
    "localhost/x",
    "localhost:5000/x:y",
    "a__b",
    "a--b",
    "a.b_c",
    "a_b.c/x",
    "index.docker.io/x",
    "docker.io/x",
    "[::1]:5000/x",
    "[2001:db8::1]/x/y",
    "sha256:" + HEX * 4,
    "x@sha256:" + HEX * 4,
    "x:y@sha512:" + HEX * 8,
    "x@sha384:" + HEX * 6,
    "x:" + "t" * 128,
    "h.io/" + "a" * 255,
    "zoo/" + "a" * 251,
    "a" * 247,
]
BAD = [
    HEX * 4,
    "BUSYBOX",
    "a/B",
    "a..b",
    "a___b",
    "busybox:",
    "x:y:z",
    "x@sha256:123",
    "x@md5:" + HEX * 2,
    "x@SHA256:" + HEX * 4,
    "docker.io/library/BUSYBOX",
    "x@sha256:" + HEX.upper() * 4,
    "x@sha256:" + HEX * 3,
    "http://x/y",
    " x",
    "x\n",
    "é",
    "É/x",
    "-a/b",
    "a-/b",
    "x:" + "t" * 129,
    "h.io/" + "a" * 256,
    "zoo/" + "a" * 252,
    "a" * 248,
    "/",
    "a/",
    ":",
    "[::1/x",
]


@pytest.mark.parametrize("image", GOOD)
def test_good(image):
    assert is_image_reference(image)
    assert list(image_problems(image)) == []


@pytest.mark.parametrize("image", BAD)
def test_bad(image):
    assert not is_image_reference(image)
    assert len(list(image_problems(image))) == 1


def test_a_long_one_takes_no_time():
    assert not is_image_reference("a-" * 100_000 + "!")
    assert not is_image_reference("a." * 100_000 + "!")
