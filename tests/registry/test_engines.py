"""What is said of an image is what real engines say of it, whatever the registry answers."""

from urllib.parse import parse_qsl

import pytest

from tests.registry import zoo
from tests.registry.asking import described, engine_describes, header
from tests.support.dockerd import Dockerd
from tests.support.scripted_registry import NEVER, scripted

pytestmark = pytest.mark.engine

PASSWORD = header(username="ann", password="hush: ä")
"""As the docker command sends what ``docker login`` was told."""


@pytest.fixture(scope="module")
def daemon(installation):
    with Dockerd(installation) as daemon:
        yield daemon


@pytest.fixture
def registry(daemon, tmp_path):
    """A registry that answers in every way, here and on the loopback of the engine."""
    with scripted(tmp_path / "registry", daemon) as registry:
        registry.one = zoo.with_images(registry)
        zoo.with_refusals(registry)
        yield registry


def differences(daemon, registry, images, **settings):
    found = {}
    for image in images:
        theirs = engine_describes(daemon, image, **settings)
        ours = described(image, registry.name, release=daemon.release, **settings)
        if theirs != ours:
            found[image] = {"engine": theirs, "ours": ours}
    return found


def test_all_that_registries_answer(daemon, registry):
    images = zoo.images_of(registry)
    assert len(images) > 50
    assert differences(daemon, registry, images) == {}


def test_references_of_all_kinds(daemon, registry):
    image = f"{registry.name}/good/one"
    unreachable = "127.0.0.1:1"
    images = [image, f"{image}@{registry.one}", f"{image}:other@{registry.one}", f"{image}@{NEVER}"]
    images += ["scratch", "a" * 64, f"sha256:{'a' * 64}", "Upper", "a..b", "x:", "a" * 300]
    assert differences(daemon, registry, images) == {}
    theirs = engine_describes(daemon, f"{unreachable}/x")
    assert described(f"{unreachable}/x", unreachable, release=daemon.release) == theirs


def test_a_password(daemon, registry):
    image = f"{registry.name}/good/one:latest"
    challenge = 'Basic realm="a registry"'
    for path in registry.paths:
        registry.demand(path, challenge, "who are you?")
    assert differences(daemon, registry, [image]) == {}
    for login in (PASSWORD, header(username="ann"), header(password="x"), "nonsense", header()):
        assert differences(daemon, registry, [image], login=login) == {}
    assert described(image, registry.name, login=PASSWORD)[0] == 200


JSON = {"Content-Type": "application/json"}
REFUSED = '{"errors":[{"code":"%s","message":"%s","detail":null}]}'


TOKENS = (
    (200, '{"token":"t"}'),
    (200, '{"access_token":"a","token":"t"}'),
    (200, "{}"),
    (200, "{"),
    (200, ""),
    (500, "{"),
    (401, '{"details":"incorrect username or password"}'),
    (401, REFUSED % ("UNAUTHORIZED", "authentication required")),
    (403, REFUSED % ("DENIED", "requested access to the resource is denied")),
    (429, REFUSED % ("TOOMANYREQUESTS", "slowly")),
)


def test_a_token(daemon, registry):
    image = f"{registry.name}/good/one:latest"
    realm = f"http://{registry.name}/token"
    registry.demand("/v2/", f'Bearer realm="{realm}",service="a registry"')
    for login in (PASSWORD, header(identitytoken="i"), header(), ""):
        for answer in TOKENS:
            registry.answer("/token", *answer, JSON)
            registry.forget()
            assert differences(daemon, registry, [image], login=login) == {}, answer
            asked = [(read_form(each), each["headers"]) for each in registry.asked]
            sent = [(form, headers.get("Authorization")) for form, headers in asked]
            assert sent[: len(sent) // 2] == sent[len(sent) // 2 :], answer


def read_form(request):
    """A request with its query and its form, in one order."""
    path, _, query = request["path"].partition("?")
    return request["method"], path, sorted(parse_qsl(query)), sorted(parse_qsl(request["sent"]))


def test_a_token_that_is_given_and_odd_challenges(daemon, registry):
    image = f"{registry.name}/good/one:latest"
    realm = f'realm="http://{registry.name}/token"'
    registry.answer("/token", 200, '{"token":"t"}', JSON)
    for challenge in (
        f"Bearer {realm}",
        'Bearer service="a registry"',
        "Bearer",
        'Digest realm="x"',
        f'bEARER  service = "x" , {realm}',
        f'Bearer error="x\\"y",{realm}',
        "=",
    ):
        registry.answer("/v2/", 401, "{}", {"WWW-Authenticate": challenge})
        for login in (header(registrytoken="given"), PASSWORD):
            assert differences(daemon, registry, [image], login=login) == {}, challenge
    registry.answer("/v2/", 404, "no")
    assert differences(daemon, registry, [image]) == {}
