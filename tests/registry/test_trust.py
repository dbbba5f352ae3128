"""Whom a gateway asks, what it tells them, and whom it never asks."""

import json
import socket

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from swarmwire.registry import UnusableCertificate
from tests.registry import zoo
from tests.registry.asking import described, header
from tests.support.client_certificates import client_certificate
from tests.support.scripted_registry import MANIFEST, NEVER, free_port, scripted

JSON = {"Content-Type": "application/json"}
PASSWORD = header(username="ann", password="hush")
SECRETS = ("hush", "YW5uOmh1c2g=", "the-token", "the-identity")
PUBLIC = ("registry.example", "tokens.example", "store.example")
HUB = ("registry-1.docker.io", "auth.docker.io")


@pytest.fixture
def registry(tmp_path):
    with scripted(tmp_path / "registry") as registry:
        registry.one = zoo.with_images(registry)
        yield registry


@pytest.fixture
def other(tmp_path):
    """A server that nobody has named."""
    with scripted(tmp_path / "other") as other:
        zoo.with_images(other)
        yield other


@pytest.fixture
def public(tmp_path, monkeypatch):
    """A registry with a name and a certificate, as those of the internet; all names lead to it."""
    files = client_certificate(tmp_path, "registry.example", (*PUBLIC, *HUB))
    look_up = socket.getaddrinfo

    with scripted(tmp_path / "public", tls=(files.certificate, files.key)) as registry:

        def here(host, port, *rest, **settings):
            if host in HUB:
                return look_up("127.0.0.1", registry.port, *rest, **settings)
            return look_up("127.0.0.1" if host in PUBLIC else host, port, *rest, **settings)

        monkeypatch.setattr(socket, "getaddrinfo", here)
        registry.name = f"registry.example:{registry.port}"
        registry.trusted = tmp_path / "certs.d"
        registry.authority = files.authority
        for name in (registry.name, "docker.io"):
            (registry.trusted / name).mkdir(parents=True)
            (registry.trusted / name / "own.crt").write_bytes(files.authority.read_bytes())
        registry.one = zoo.with_images(registry)
        yield registry


def test_what_is_known_of_an_image(registry):
    status, body = described(f"{registry.name}/good/one", registry.name)
    assert status == 200
    assert json.loads(body) == {
        "Descriptor": {"mediaType": MANIFEST, "digest": registry.one, "size": 274},
        "Platforms": [{"architecture": "arm64", "os": "linux", "variant": "v8"}],
    }


def test_a_registry_that_is_not_named_is_not_asked(registry, other):
    status, words = described(f"{other.name}/good/one", registry.name, "docker.io")
    assert (status, words) == (403, f"the registry {other.name} is not asked")
    assert described("nginx", registry.name) == (403, "the registry docker.io is not asked")
    assert other.asked == registry.asked == []


def test_names_of_registries_may_be_in_capitals(public):
    image = f"REGISTRY.example:{public.port}/good/one"
    assert (
        described(image, f"registry.EXAMPLE:{public.port}", certificates=public.trusted)[0] == 200
    )


@pytest.mark.parametrize("path", ["/v2/", "/v2/good/one/manifests/latest"])
def test_redirects_to_others_are_not_followed(registry, other, path):
    registry.answer(path, 302, "", {"Location": f"http://{other.name}{path}"})
    status, words = described(f"{registry.name}/good/one", registry.name, login=PASSWORD)
    assert status == 500
    assert "it redirects to 127.0.0.1, which is not asked" in words
    assert other.asked == []


@pytest.mark.parametrize(
    "location",
    [
        "file:///etc/passwd",
        "http://",
        "//",
        "mailto:x",
        "http://[",
        "http://x:y/",
        "ftp://x/",
        "\\\\x",
    ],
)
def test_redirects_to_nowhere(registry, location):
    path = "/v2/good/one/manifests/latest"
    registry.answer(path, 302, "", {"Location": location})
    assert described(f"{registry.name}/good/one", registry.name)[0] in (404, 500)


def test_a_token_that_is_no_header(registry):
    login = header(registrytoken="x\r\nX-Other: y")
    registry.demand("/v2/", "Bearer realm=x")
    status, words = described(f"{registry.name}/good/one", registry.name, login=login)
    assert status == 500
    assert words.endswith('net/http: invalid header field value for "Authorization"')
    assert [each["path"] for each in registry.asked] == ["/v2/"]


def test_half_characters(registry):
    platform = {"architecture": "\ud800", "os": "linux", "os.features": ["\udfff"]}
    index = json.dumps({"manifests": [{"platform": platform}]})
    registry.serve("good/half", "latest", index, zoo.OCI_INDEX)
    status, body = described(f"{registry.name}/good/half", registry.name)
    assert status == 200
    assert json.loads(body)["Platforms"][0]["architecture"] == "\ufffd"
    realm = f"http://{registry.name}/token"
    token_server(registry, realm)
    login = header(username="\ud800", password="\udfff")
    assert described(f"{registry.name}/good/half", registry.name, login=login)[0] == 200


def test_other_authorities_can_be_named(public, tmp_path, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    assert described(f"{public.name}/good/one", public.name)[0] == 200


def test_redirects_to_itself_are_followed(registry):
    moved = "/v2/moved/one/manifests/latest"
    registry.answer(moved, 302, "", {"Location": "/v2/good/one/manifests/latest"})
    digest = f"/v2/moved/one/manifests/{registry.one}"
    registry.answer(digest, 307, "", {"Location": f"/v2/good/one/manifests/{registry.one}"})
    assert described(f"{registry.name}/moved/one", registry.name)[0] == 200


def test_redirects_end(registry):
    path = "/v2/good/round/manifests/latest"
    registry.answer(path, 302, "", {"Location": path})
    status, words = described(f"{registry.name}/good/round", registry.name)
    assert status == 500
    assert "stopped after 10 redirects" in words


def token_server(registry, realm):
    registry.demand("/v2/", f'Bearer realm="{realm}",service="x"')
    registry.answer("/token", 200, '{"token":"the-token"}', JSON)


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1", "localhost", "[::1]", "169.254.169.254", "0.0.0.0"),
        *("127.1", "0", "2130706433", "0177.0.0.1"),
    ],
)
def test_a_realm_that_leads_to_this_machine_is_not_asked(public, scheme, host):
    token_server(public, f"{scheme}://{host}:{public.port}/token")
    image = f"{public.name}/good/one"
    status, words = described(image, public.name, login=PASSWORD, certificates=public.trusted)
    assert status == 500
    assert "is not asked" in words
    assert [each["path"] for each in public.asked] == ["/v2/"]
    assert not any(secret in words for secret in SECRETS)


def test_a_realm_whose_name_leads_to_this_machine_is_not_asked(public):
    token_server(public, f"https://tokens.example:{public.port}/token")
    image = f"{public.name}/good/one"
    status, words = described(image, public.name, login=PASSWORD, certificates=public.trusted)
    assert status == 500
    assert "tokens.example is of this machine or its link, and is not asked" in words
    assert [each["path"] for each in public.asked] == ["/v2/"]


def test_a_realm_on_this_machine_is_asked_if_it_is_named_too(public):
    token_server(public, f"https://tokens.example:{public.port}/token")
    named = (public.name, f"tokens.example:{public.port}")
    image = f"{public.name}/good/one"
    assert described(image, *named, login=PASSWORD, certificates=public.trusted)[0] == 200
    by_path = {each["path"].partition("?")[0]: each["headers"] for each in public.asked}
    assert by_path["/token"]["Authorization"] == "Basic YW5uOmh1c2g="
    assert by_path["/v2/good/one/manifests/latest"]["Authorization"] == "Bearer the-token"


def test_a_realm_somewhere_else_is_asked_over_tls(public, monkeypatch):
    monkeypatch.setattr("swarmwire.registry.transport.is_out_of_reach", lambda _: False)
    token_server(public, f"https://tokens.example:{public.port}/token")
    image = f"{public.name}/good/one"
    assert described(image, public.name, login=PASSWORD, certificates=public.trusted)[0] == 200
    assert public.asked[1]["headers"]["Authorization"] == "Basic YW5uOmh1c2g="


def test_docker_io_is_asked_where_docker_asks_it(public, monkeypatch):
    monkeypatch.setattr("swarmwire.registry.transport.is_out_of_reach", lambda _: False)
    token_server(public, "https://auth.docker.io/token")
    public.serve("library/nginx", "1.27", zoo.manifest_of(MANIFEST, NEVER), MANIFEST)
    assert described("nginx:1.27", "docker.io", certificates=public.trusted)[0] == 500
    monkeypatch.setenv("SSL_CERT_FILE", str(public.authority))
    public.forget()
    assert described("nginx:1.27", "docker.io")[0] == 200
    asked = [(each["headers"]["Host"], each["path"].partition("?")[0]) for each in public.asked]
    assert asked[:3] == [
        ("registry-1.docker.io", "/v2/"),
        ("auth.docker.io", "/token"),
        ("registry-1.docker.io", "/v2/library/nginx/manifests/1.27"),
    ]
    assert "scope=repository:library/nginx:pull" in public.asked[1]["path"]


def test_a_realm_without_tls_gets_no_password(public, other):
    token_server(public, f"http://store.example:{other.port}/token")
    status, words = described(
        f"{public.name}/good/one", public.name, login=PASSWORD, certificates=public.trusted
    )
    assert status == 500
    assert "without https it could be anybody" in words
    assert other.asked == []


def test_a_registry_on_this_machine_may_have_its_tokens_there(registry, other):
    token_server(registry, f"http://{other.name}/token")
    other.answer("/token", 200, '{"token":"the-token"}', JSON)
    assert described(f"{registry.name}/good/one", registry.name, login=PASSWORD)[0] == 200
    assert [each["path"].partition("?")[0] for each in other.asked] == ["/token"]


def test_a_token_server_that_sends_us_on_is_not_followed(registry, other):
    token_server(registry, f"http://{registry.name}/token")
    registry.answer("/token", 302, "", {"Location": f"http://{other.name}/token"})
    status, words = described(f"{registry.name}/good/one", registry.name, login=PASSWORD)
    assert status == 500
    assert "it redirects, and credentials do not go along" in words
    assert other.asked == []


@pytest.mark.parametrize(
    "realm", ["", "x", "//x", "http://", "ftp://x/", "http://x:y/", "file:///x"]
)
def test_realms_that_are_none(registry, realm):
    registry.demand("/v2/", f'Bearer realm="{realm}",service="x"')
    status, words = described(f"{registry.name}/good/one", registry.name, login=PASSWORD)
    assert status == 500
    assert "realm" in words or "is not asked" in words


def test_the_store_of_blobs_gets_no_credentials(public):
    """A registry may keep its blobs elsewhere; what comes from there must be what was asked for."""
    image = f"{public.name}/good/one"
    public.demand("/v2/", 'Basic realm="x"')
    config = '{"architecture":"riscv64","os":"linux"}'
    digest = public.serve_blob("kept", config)
    one = zoo.manifest_of(MANIFEST, digest)
    public.serve("good/one", "latest", one, MANIFEST)
    place = f"https://store.example:{public.port}/v2/kept/blobs/{digest}"
    public.answer(f"/v2/good/one/blobs/{digest}", 307, "", {"Location": place})
    named = (public.name, f"store.example:{public.port}")
    status, body = described(image, *named, login=PASSWORD, certificates=public.trusted)
    assert status == 200
    assert json.loads(body)["Platforms"] == [{"architecture": "riscv64", "os": "linux"}]
    sent = {each["path"]: each["headers"].get("Authorization") for each in public.asked}
    assert sent[f"/v2/good/one/blobs/{digest}"] == "Basic YW5uOmh1c2g="
    assert sent[f"/v2/kept/blobs/{digest}"] is None
    # not named, and on this machine: not asked, and so the platform is not known
    assert (
        json.loads(described(image, public.name, login=PASSWORD, certificates=public.trusted)[1])[
            "Platforms"
        ]
        is None
    )
    public.answer(f"/v2/kept/blobs/{digest}", 200, '{"architecture":"evil","os":"x"}')
    assert (
        json.loads(described(image, *named, login=PASSWORD, certificates=public.trusted)[1])[
            "Platforms"
        ]
        is None
    )


def test_a_certificate_of_nobody_is_refused(public):
    status, words = described(f"{public.name}/good/one", public.name, login=PASSWORD)
    assert status == 500
    assert words.startswith(f'Get "https://{public.name}/v2/": tls: failed to verify certificate: ')
    assert public.asked == []


def test_certificates_are_where_the_engine_has_them(public):
    folder = public.trusted / public.name
    files = {
        name: (public.authority.parent / name).read_bytes() for name in ("cert.pem", "key.pem")
    }
    (folder / "own.cert").write_bytes(files["cert.pem"])
    (folder / "own.key").write_bytes(files["key.pem"])
    (folder / "README").write_text("not looked at")
    image = f"{public.name}/good/one"
    assert described(image, public.name, certificates=public.trusted)[0] == 200


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("bad.crt", "no certificate", "is no certificate in PEM"),
        ("empty.crt", "", "is no certificate in PEM"),
        ("lone.cert", "x", "its key lone.key is missing"),
        ("lone.key", "hush", "its certificate lone.cert is missing"),
    ],
)
def test_a_certificate_that_cannot_be_used(tmp_path, name, content, words):
    (tmp_path / "registry.example").mkdir()
    (tmp_path / "registry.example" / name).write_text(content)
    with pytest.raises(UnusableCertificate, match=words) as caught:
        described("registry.example/x", "registry.example", certificates=tmp_path)
    assert str(caught.value).startswith(str(tmp_path / "registry.example" / name))
    assert "hush" not in str(caught.value)


def test_a_key_with_a_passphrase(public):
    folder = public.trusted / public.name
    key = ec.generate_private_key(ec.SECP256R1())
    pem, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    secret = serialization.BestAvailableEncryption(b"hush")
    (folder / "own.key").write_bytes(key.private_bytes(pem, form, secret))
    (folder / "own.cert").write_bytes((public.authority.parent / "cert.pem").read_bytes())
    with pytest.raises(UnusableCertificate, match="the key is encrypted"):
        described(f"{public.name}/x", public.name, certificates=public.trusted)


def test_tls_on_the_loopback_needs_no_authority(public):
    local = f"127.0.0.1:{public.port}"
    assert described(f"{local}/good/one", local)[0] == 200


def test_only_a_registry_on_this_machine_may_be_without_tls(registry, monkeypatch):
    look_up = socket.getaddrinfo
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda _, *rest, **more: look_up("127.0.0.1", *rest, **more)
    )
    name = f"registry.example:{registry.port}"
    status, words = described(f"{name}/good/one", name, login=PASSWORD)
    assert status == 500
    assert words == f'Get "https://{name}/v2/": http: server gave HTTP response to HTTPS client'
    assert registry.asked == []


def test_endless_answers_are_not_read(registry):
    registry.serve("good/large", "latest", b" " * (4 * 2**20 + 1), MANIFEST)
    status, words = described(f"{registry.name}/good/large", registry.name)
    assert status == 500
    assert "an answer of more than 4194304 bytes" in words


def test_deep_documents_are_refused(registry):
    registry.serve("good/deep", "latest", "[" * 1_000_000, MANIFEST)
    assert described(f"{registry.name}/good/deep", registry.name)[0] == 500


def test_a_registry_that_is_silent_does_not_hold_clients(registry, monkeypatch):
    monkeypatch.setattr("swarmwire.registry.lookup._PATIENCE", 0.2)
    registry.answer("/v2/good/one/manifests/latest", 200, "", delay=5)
    status, words = described(f"{registry.name}/good/one", registry.name)
    assert status == 500
    assert "Client.Timeout exceeded while awaiting headers" in words
    monkeypatch.setattr("swarmwire.registry.lookup._PATIENCE", 60)
    monkeypatch.setattr("swarmwire.registry.lookup._OVERALL", 0.2)
    status, words = described(f"{registry.name}/good/one", registry.name)
    assert (status, words) == (500, f"the registry {registry.name} takes too long")


def test_a_host_that_is_unknown(monkeypatch):
    def unknown(*_, **__):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    expected = 'Get "https://nowhere.example/v2/": dial tcp: lookup nowhere.example: no such host'
    assert described("nowhere.example/x", "nowhere.example") == (500, expected)


def test_nobody_listens():
    name = f"127.0.0.1:{free_port()}"
    words = f'Get "http://{name}/v2/": dial tcp {name}: connect: connection refused'
    assert described(f"{name}/x", name) == (500, words)
    assert described(f"{name}/x", name, release="19.03")[1] == words.replace('"', "")


def test_failures_show_no_credentials(registry):
    logins = (PASSWORD, header(identitytoken="the-identity"), header(registrytoken="the-token"))
    token_server(registry, f"http://{registry.name}/token?x=hush")
    for status in (200, 302, 401, 403, 404, 500):
        for path in ("/token", "/v2/good/one/manifests/latest"):
            registry.answer(path, status, "{", JSON)
            for login in logins:
                _, words = described(f"{registry.name}/good/one", registry.name, login=login)
                assert not any(secret in str(words) for secret in SECRETS)


def test_a_size_that_is_none(registry):
    path = "HEAD /v2/good/one/manifests/latest"
    given = {"Content-Type": MANIFEST, "Docker-Content-Digest": registry.one}
    for length in ("9" * 5000, "-1", "1e3", "x"):
        registry.answer(path, 200, "", given | {"Content-Length": length})
        assert described(f"{registry.name}/good/one", registry.name)[0] == 500


def test_a_broken_digest_of_a_config_is_not_asked_for(registry):
    for config in ("", "../../x", "sha256:zz", NEVER.replace("sha256", "sha999")):
        registry.serve("good/one", "latest", zoo.manifest_of(MANIFEST, config), MANIFEST)
        registry.forget()
        status, body = described(f"{registry.name}/good/one", registry.name)
        assert (status, json.loads(body)["Platforms"]) == (200, None)
        assert not any("/blobs/" in each["path"] for each in registry.asked)
