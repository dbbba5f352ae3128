"""Whatever a registry or a client sends, there is an answer or a refusal, and nothing else."""

import json
from contextlib import suppress

from hypothesis import given
from hypothesis import strategies as st

from swarmwire.engine import encode
from swarmwire.registry.answers import RegistryAnswer, refusal
from swarmwire.registry.challenges import read_challenges
from swarmwire.registry.credentials import RegistryLogin
from swarmwire.registry.description import DistributionInspect, ImageDescriptor
from swarmwire.registry.errors import ImageLookupRefused
from swarmwire.registry.manifests import ACCEPTED, platform_of_config, read_manifest
from swarmwire.registry.references import image_reference
from swarmwire.releases import RELEASES

NAMES = st.sampled_from(
    [
        *("mediaType", "manifests", "platform", "architecture", "os", "os.features", "config"),
        *("digest", "signatures", "errors", "code", "message", "detail", "details", "Errors"),
    ]
)
SCALARS = st.none() | st.booleans() | st.integers() | st.text() | st.sampled_from(ACCEPTED)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner) | st.dictionaries(NAMES, inner), max_leaves=12
)
BODIES = st.binary() | VALUES.map(lambda value: json.dumps(value).encode())
TYPES = st.sampled_from([*ACCEPTED, "", "application/json", "text/html"])


@given(TYPES, BODIES)
def test_manifests(media_type, body):
    with suppress(ValueError):
        manifest = read_manifest(media_type, body)
        described = DistributionInspect(
            ImageDescriptor(manifest.media_type, "sha256:x", manifest.size), manifest.platforms
        )
        json.loads(encode(described))
    assert len(platform_of_config(body)) < 2


@given(st.sampled_from(RELEASES), st.integers(300, 599), TYPES, BODIES, st.text())
def test_refusals(release, status, media_type, body, challenge):
    answer = RegistryAnswer(
        status,
        "x",
        body,
        media_type,
        challenges=read_challenges([challenge, f"Bearer {challenge}"]),
    )
    found = refusal(answer, release)
    assert isinstance(found, ImageLookupRefused)
    assert 400 <= found.status < 600


@given(st.text() | BODIES.map(lambda body: body.hex()))
def test_credentials(header):
    RegistryLogin.read(header)


@given(st.sampled_from(RELEASES), st.text())
def test_references(release, text):
    with suppress(ImageLookupRefused):
        found = image_reference(text, release)
        assert found.tag or found.digest
