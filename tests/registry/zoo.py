"""What a registry can answer about an image: good manifests, broken ones, refusals."""

import json
from base64 import urlsafe_b64encode

from tests.support.scripted_registry import (
    MANIFEST,
    MANIFEST_LIST,
    NEVER,
    OCI_INDEX,
    OCI_MANIFEST,
    SIGNED_MANIFEST,
)

JSON = {"Content-Type": "application/json"}


def entry(**platform):
    return {"mediaType": OCI_MANIFEST, "size": 2, "digest": NEVER, "platform": platform}


def manifest_of(kind, config):
    image = {"mediaType": "application/vnd.docker.container.image.v1+json", "size": 9}
    fields = {"schemaVersion": 2, "mediaType": kind, "config": image | {"digest": config}}
    return json.dumps(fields | {"layers": []})


def unpadded(data):
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def signed(name):
    """A manifest of schema 1; nobody looks at its signature here."""
    head = json.dumps({"schemaVersion": 1, "name": name, "architecture": "amd64"})[:-1]
    tail = {"formatLength": len(head), "formatTail": unpadded(b"}")}
    protected = unpadded(json.dumps(tail).encode())
    signatures = [{"header": {"alg": "ES256"}, "signature": "AA", "protected": protected}]
    return f'{head},"signatures":{json.dumps(signatures)}}}'


def with_images(registry):
    """Give images of all kinds; their names, and the digest of the one at ``good/one``."""
    windows = {"architecture": "amd64", "os": "windows", "os.version": "10.0.<1>"}
    platforms = [
        entry(architecture="amd64", os="linux"),
        entry(architecture="arm", os="linux", variant="v7"),
        entry(**windows, **{"os.features": ["win32k"], "features": ["sse4"]}),
        entry(architecture="unknown", os="unknown"),
        {"mediaType": OCI_MANIFEST, "size": 1, "digest": NEVER},
    ]
    index = {"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": platforms}
    for name, kind, document in (
        ("index", OCI_INDEX, index),
        ("index-untyped", OCI_INDEX, {"schemaVersion": 2, "manifests": []}),
        ("index-other-case", OCI_INDEX, {"MANIFESTS": platforms[:1]}),
        ("list", MANIFEST_LIST, index | {"mediaType": MANIFEST_LIST}),
        ("list-with-type-of-index", MANIFEST_LIST, index),
        ("index-with-type-of-list", OCI_INDEX, index | {"mediaType": MANIFEST_LIST}),
        ("index-with-config", OCI_INDEX, index | {"config": {}}),
        ("index-without-list", OCI_INDEX, {"manifests": None}),
        ("oci-manifest-with-list", OCI_MANIFEST, {"manifests": []}),
    ):
        registry.serve(f"good/{name}", "latest", json.dumps(document), kind)
    registry.serve("good/with-parameter", "latest", json.dumps(index), f"{OCI_INDEX}; charset=x")
    digest = _with_single_images(registry)
    for name, kind, text in (
        ("json", "application/json", manifest_of(MANIFEST, NEVER)),
        ("html", "text/html", "{"),
        ("cut", OCI_INDEX, '{"x":'),
        ("empty", MANIFEST, ""),
        ("no-json", MANIFEST_LIST, "<html>"),
        ("null", OCI_INDEX, "null"),
        ("schema-1", SIGNED_MANIFEST, signed("good/schema-1")),
    ):
        registry.serve(f"good/{name}", "latest", text, kind)
    return digest


def _with_single_images(registry):
    config = {"architecture": "arm64", "os": "linux", "variant": "v8", "config": {"Cmd": ["x"]}}
    told = registry.serve_blob("good/one", json.dumps(config))
    untold = registry.serve_blob("good/without-platform", '{"config":{}}')
    odd = registry.serve_blob("good/odd-platform", '{"architecture":1,"os":"linux"}')
    for name, kind, told_kind, config in (
        ("oci", OCI_MANIFEST, OCI_MANIFEST, told),
        ("without-blob", MANIFEST, MANIFEST, told),
        ("without-platform", MANIFEST, MANIFEST, untold),
        ("odd-platform", MANIFEST, MANIFEST, odd),
        ("one-with-type-of-oci", MANIFEST, OCI_MANIFEST, told),
        ("oci-with-type-of-one", OCI_MANIFEST, MANIFEST, told),
    ):
        registry.serve(f"good/{name}", "latest", manifest_of(told_kind, config), kind)
    return registry.serve("good/one", "latest", manifest_of(MANIFEST, told), MANIFEST)


def error(code, message="m", **detail):
    return {"code": code, "message": message, **detail}


def with_refusals(registry):
    """Refuse in every way."""
    listed = {
        "unknown": (404, error("MANIFEST_UNKNOWN", "manifest unknown", detail={"Tag": "latest"})),
        "unknown-bare": (404, error("MANIFEST_UNKNOWN", "manifest unknown")),
        "name": (404, error("NAME_UNKNOWN", "no such name", detail={"name": "x"})),
        "denied": (403, error("DENIED", "requested access to the resource is denied")),
        "who": (401, error("UNAUTHORIZED", "authentication required", detail=[])),
        "often": (429, error("TOOMANYREQUESTS", "You have reached <your> limit.")),
        "odd": (404, error("SOMETHING", "odd thing")),
        "odd-bare": (404, error("SOMETHING", "")),
        "two": (400, error("NAME_INVALID", "bad"), error("TAG_INVALID", "")),
    }
    for name, (status, *errors) in listed.items():
        registry.serve_error(_path(name), status, *errors)
    registry.serve_error(_path("none"), 404)
    bearer = {"WWW-Authenticate": 'Bearer realm="https://x/t",error="%s"'}
    for name, word in (("scope", "insufficient_scope"), ("expired", 'invalid_token"\t,x="y')):
        challenge = {key: value % word for key, value in bearer.items()}
        registry.answer(_path(name), 401, '{"errors":[{"code":"UNAUTHORIZED"}]}', JSON | challenge)
    _with_odd_refusals(registry)
    _with_odd_tags(registry)


def _with_odd_refusals(registry):
    html = {"Content-Type": "text/html"}
    for name, status, body, headers in (
        ("html", 404, '<a>"no"\\</a>\n', html),
        ("html-denied", 403, "<a>no</a>", html),
        ("html-often", 429, "slow", html),
        ("html-who", 401, "who", html),
        ("plain", 404, "plain", {}),
        ("details", 404, '{"details":"some details"}', JSON),
        ("details-who", 401, '{"details":"some details"}', JSON),
        ("cut", 404, '{"errors":', JSON),
        ("array", 404, "[1]", JSON),
        ("empty", 404, "", JSON),
        ("nothing-who", 401, "{}", JSON),
        ("internal", 500, "x", JSON),
        ("gateway", (502, "Sorry"), "x", {}),
        ("away", 503, "x", {}),
    ):
        registry.answer(_path(name), status, body, headers)


def _with_odd_tags(registry):
    """Tags that do not say what they stand for as they should."""
    kind, digest = {"Content-Type": MANIFEST}, {"Docker-Content-Digest": NEVER}
    for name, headers in (
        ("no-type", digest | {"Content-Type": None}),
        ("no-length", kind | digest | {"Content-Length": None}),
        ("gone", kind | digest),
        ("digest", kind | {"Docker-Content-Digest": "nope"}),
        ("digest-algorithm", kind | {"Docker-Content-Digest": "md5:abc"}),
        ("digest-length", kind | {"Docker-Content-Digest": "sha256:abc"}),
    ):
        registry.answer(_path(name), 200, "x", headers)
    listed = json.dumps({"mediaType": MANIFEST_LIST, "manifests": []})
    registry.answer(_path("no-digest"), 200, listed, {"Content-Type": MANIFEST_LIST})


def _path(name):
    return f"/v2/bad/{name}/manifests/latest"


def images_of(registry):
    """All images that it was told about."""
    paths = [path.split("/") for path in registry.paths if "/manifests/latest" in path]
    return [f"{registry.name}/{parts[2]}/{parts[3]}:latest" for parts in paths]
