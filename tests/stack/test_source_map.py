"""Fields of bodies know where in the files they came from."""

import pytest

from swarmwire.stack import Place
from tests.stack.support import bodies

BASE = """\
x-base: &base
  image: "busybox:${TAG}"
  environment: [A=1, B]
services:
  a:
    <<: *base
    ports: ["80-81:80-81"]
    labels: {x: "1"}
    deploy:
      replicas: ${COUNT}
  b: *base
volumes:
  data: {driver: local}
secrets:
  s: {file: s.txt}
"""
OVER = """\
services:
  a:
    environment:
      B: two
    volumes: [data:/d]
    secrets: [s]
secrets:
  s: {file: s.txt, labels: {l: m}}
networks:
  default:
    driver_opts: {mtu: 9000}
"""


@pytest.fixture
def source_map():
    around = {"environment": {"TAG": "1", "COUNT": "3"}, "files": {"s.txt": "hidden"}}
    return bodies(BASE, OVER, **around).source_map


@pytest.mark.parametrize(
    ("kind", "name", "steps", "place"),
    [
        ("services", "a", ("TaskTemplate", "ContainerSpec", "Image"), ("0.yml", 2, 10)),
        ("services", "b", ("TaskTemplate", "ContainerSpec", "Image"), ("0.yml", 2, 10)),
        ("services", "a", ("Labels", "com.docker.stack.image"), ("0.yml", 2, 10)),
        ("services", "a", ("TaskTemplate", "ContainerSpec", "Env", 0), ("0.yml", 3, 17)),
        ("services", "a", ("TaskTemplate", "ContainerSpec", "Env", 1), ("1.yml", 4, 10)),
        ("services", "b", ("TaskTemplate", "ContainerSpec", "Env", 1), ("0.yml", 3, 22)),
        ("services", "a", ("EndpointSpec", "Ports", 1, "TargetPort"), ("0.yml", 7, 13)),
        ("services", "a", ("TaskTemplate", "ContainerSpec", "Labels", "x"), ("0.yml", 8, 17)),
        ("services", "a", ("Mode", "Replicated", "Replicas"), ("0.yml", 10, 17)),
        ("services", "a", ("TaskTemplate", "ContainerSpec", "Mounts", 0), ("1.yml", 5, 15)),
        (
            "services",
            "a",
            ("TaskTemplate", "ContainerSpec", "Mounts", 0, "VolumeOptions", "DriverConfig", "Name"),
            ("0.yml", 13, 18),
        ),
        ("services", "a", ("TaskTemplate", "ContainerSpec", "Secrets", 0), ("1.yml", 6, 15)),
        # What nothing in the files made stands at what it is in.
        ("services", "a", ("TaskTemplate", "ForceUpdate"), ("0.yml", 6, 5)),
        ("networks", "st_default", ("Options", "mtu"), ("1.yml", 11, 24)),
        ("secrets", "st_s", ("Labels", "l"), ("1.yml", 8, 32)),
        ("secrets", "st_s", ("Data",), ("1.yml", 8, 13)),
    ],
)
def test_place_of_a_field(source_map, kind, name, steps, place):
    assert source_map.place(kind, name, *steps) == Place(*place)


def test_the_map_tells_no_contents(source_map):
    assert "hidden" not in repr(vars(source_map))


def test_there_is_no_such_body(source_map):
    with pytest.raises(KeyError):
        source_map.place("services", "z")
