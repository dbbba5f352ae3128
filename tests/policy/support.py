"""Policies and specs for tests: a service that a strict policy allows, and ways to change it."""

from copy import deepcopy

from swarmwire import convert, engine, pb
from swarmwire.policy import STACK_LABEL, Policy

IMAGE = "registry.example/shop/web:1.2"
BODY = {
    "Name": "shop_web",
    "Labels": {STACK_LABEL: "shop"},
    "TaskTemplate": {"ContainerSpec": {"Image": IMAGE}},
    "Mode": {"Replicated": {"Replicas": 2}},
}


def changed(*patches):
    """The body with patches: maps are merged, everything else is replaced."""
    body = deepcopy(BODY)
    for patch in patches:
        _merge(body, patch)
    return body


def _merge(into, patch):
    for key, value in patch.items():
        if isinstance(value, dict) and isinstance(into.get(key), dict):
            _merge(into[key], value)
        else:
            into[key] = deepcopy(value)


def container(**fields):
    """A patch of the container."""
    return {"TaskTemplate": {"ContainerSpec": fields}}


def mount(**fields):
    """A patch with one mount."""
    return container(Mounts=[{"Target": "/data", **fields}])


def task(**fields):
    """A patch of the task."""
    return {"TaskTemplate": fields}


def message(body, api_version="1.52"):
    """What a manager is sent for a body."""
    spec = engine.from_dict(body, engine.ServiceSpec)
    spec = engine.adjust_for_api_version(spec, api_version)
    return convert.service_spec_to_grpc(spec, lossless=True)


def client(rules="", use="", more="", write='["services", "networks", "secrets", "configs"]'):
    """A client of one stack, shop, with lines of its set of rules."""
    images = "" if "images" in rules else 'images = ["registry.example/shop/*"]'
    text = f"""
version = 1
[clients.ci]
uid = [1]
write = {write}
stacks = ["shop"]
rules = "shop"
{f"use = {{ {use} }}" if use else ""}
{more}
[rules.shop]
{images}
{rules}
"""
    return Policy.load(text).clients["ci"]


def judged(who, spec, **known):
    """What a creation of a service breaks."""
    if isinstance(spec, dict):
        spec = message(spec)
    return who.judge_write("service.create", "service", spec, None, **known)


def rules_of(violations):
    return [violation.rule for violation in violations]


def stored(spec, previous=None, kind=pb.Service):
    """A stored object."""
    found = kind(id="id1")
    found.spec.CopyFrom(spec)
    if previous is not None:
        found.previous_spec.CopyFrom(previous)
    return found
