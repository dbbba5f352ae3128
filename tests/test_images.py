"""References of images in full, as an engine understands them."""

import pytest

from swarmwire.images import normalized_image

DIGEST = "sha256:" + "a" * 64


@pytest.mark.parametrize(
    ("text", "full", "tagged"),
    [
        ("nginx", "docker.io/library/nginx:latest", None),
        ("nginx:1.27", "docker.io/library/nginx:1.27", None),
        ("team/app", "docker.io/team/app:latest", None),
        ("docker.io/nginx", "docker.io/library/nginx:latest", None),
        ("index.docker.io/nginx", "docker.io/library/nginx:latest", None),
        ("localhost/app", "localhost/app:latest", None),
        ("zoo/app", "docker.io/zoo/app:latest", None),
        ("r.example:5000/a/b:2", "r.example:5000/a/b:2", None),
        ("R.example/a", "R.example/a:latest", None),
        (f"nginx@{DIGEST}", f"docker.io/library/nginx@{DIGEST}", "docker.io/library/nginx"),
        (f"nginx:1@{DIGEST}", f"docker.io/library/nginx:1@{DIGEST}", "docker.io/library/nginx:1"),
    ],
)
def test_short_ones_stand_for_long_ones(text, full, tagged):
    found = normalized_image(text)
    assert str(found) == full
    assert found.tagged == (tagged or full)
    assert normalized_image(full) == found


@pytest.mark.parametrize("text", ["", "a" * 64, DIGEST, "Nginx", "a//b", "a:b:c", "a/../b", "a b"])
def test_what_names_no_image_of_a_registry(text):
    with pytest.raises(ValueError, match=r"."):
        normalized_image(text)
