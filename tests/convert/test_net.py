"""Addresses and prefixes as Go's net/netip has them: strict in requests, lenient in the store."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swarmwire import convert, engine, pb
from swarmwire.engine.address import mask_prefix, parse_address, parse_prefix, unmap_address
from swarmwire.errors import ConvertError, DecodeError


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("10.0.0.1", "10.0.0.1"),
        ("0.0.0.0", "0.0.0.0"),
        ("255.255.255.255", "255.255.255.255"),
        ("::", "::"),
        ("::1", "::1"),
        ("2001:DB8:0:0:0:0:0:1", "2001:db8::1"),
        ("1:0:0:2:0:0:0:3", "1:0:0:2::3"),
        ("1:0:2:3:4:5:6:7", "1:0:2:3:4:5:6:7"),
        ("::ffff:10.0.0.1", "::ffff:10.0.0.1"),
        ("::FFFF:a00:1", "::ffff:10.0.0.1"),
        ("::10.0.0.1", "::a00:1"),
        ("64:ff9b::1.2.3.4", "64:ff9b::102:304"),
        ("fe80::1%eth0", "fe80::1%eth0"),
        ("::ffff:10.0.0.1%eth0", "::ffff:10.0.0.1%eth0"),
    ],
)
def test_address_is_made_canonical(text, canonical):
    assert parse_address(text) == canonical


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "unable to parse IP"),
        ("bad", "unable to parse IP"),
        ("1", "unable to parse IP"),
        ("1.2.3", "IPv4 address too short"),
        ("1.2.3.4.5", "IPv4 address too long"),
        ("1.2.3.256", "IPv4 field has value >255"),
        ("1.2.3.04", "IPv4 field has octet with leading zero"),
        ("1..3.4", "IPv4 field must have at least one digit"),
        ("1.2.3.x", "unexpected character"),
        (" 1.2.3.4", "unexpected character"),
        ("1.2.3.4 ", "unexpected character"),
        ("1.2.3.\u0664", "unexpected character"),
        ("1.2.3." + "9" * 5000, "IPv4 field has value >255"),
        ("::g", None),
        ("1:2:3:4:5:6:7:8:9", None),
        ("::1%", None),
        ("1::2::3", None),
        (":::", None),
        ("[::1]", None),
        ("::1/64", None),
        ("12345::", None),
    ],
)
def test_text_that_is_no_address_is_refused_in_gos_words(text, reason):
    with pytest.raises(ValueError, match="ParseAddr") as caught:
        parse_address(text)
    if reason is not None:
        assert str(caught.value).endswith(f": {reason}")


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("10.0.0.0/8", "10.0.0.0/8"),
        ("10.1.2.3/8", "10.1.2.3/8"),
        ("0.0.0.0/0", "0.0.0.0/0"),
        ("10.0.0.1/32", "10.0.0.1/32"),
        ("::/0", "::/0"),
        ("2001:DB8::1/128", "2001:db8::1/128"),
        ("::ffff:10.0.0.1/96", "::ffff:10.0.0.1/96"),
    ],
)
def test_prefix_is_made_canonical_with_its_host_bits(text, canonical):
    assert parse_prefix(text) == canonical


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "no '/'"),
        ("10.0.0.0", "no '/'"),
        ("10.0.0.0/", 'bad bits after slash: ""'),
        ("10.0.0.0/08", 'bad bits after slash: "08"'),
        ("10.0.0.0/+8", 'bad bits after slash: "+8"'),
        ("10.0.0.0/-1", 'bad bits after slash: "-1"'),
        ("10.0.0.0/x", 'bad bits after slash: "x"'),
        ("10.0.0.0/\u0668", None),
        ("10.0.0.0/33", "prefix length out of range"),
        ("10.0.0.0/" + "9" * 5000, None),
        ("::/129", "prefix length out of range"),
        ("fe80::1%eth0/64", "IPv6 zones cannot be present in a prefix"),
        ("10.0.0/8", None),
        ("bad/8", None),
        ("/8", None),
        ("10.0.0.0/8/8", None),
    ],
)
def test_text_that_is_no_prefix_is_refused_in_gos_words(text, reason):
    with pytest.raises(ValueError, match=r"netip\.ParsePrefix") as caught:
        parse_prefix(text)
    if reason is not None:
        assert str(caught.value).endswith(f": {reason}")


@pytest.mark.parametrize("text", ['a"b', "a\\b", "a\nb", "a\x01b", "a\u2028b", "\U000e0001", "é"])
def test_text_is_quoted_as_go_quotes_it(text):
    want = {
        'a"b': '"a\\"b"',
        "a\\b": '"a\\\\b"',
        "a\nb": '"a\\nb"',
        "a\x01b": '"a\\x01b"',
        "a\u2028b": '"a\\u2028b"',
        "\U000e0001": '"\\U000e0001"',
        "é": '"é"',
    }[text]
    with pytest.raises(ValueError, match="unable to parse IP") as caught:
        parse_address(text)
    assert str(caught.value) == f"ParseAddr({want}): unable to parse IP"


@given(st.ip_addresses())
def test_every_address_goes_there_and_back(address):
    text = parse_address(str(address))
    assert ipaddress.ip_address(text) == address
    assert parse_address(text) == text
    assert parse_address(address.exploded) == text


@given(st.ip_addresses(), st.integers(0, 128))
def test_masked_prefix_is_the_network(address, bits):
    bits = min(bits, address.max_prefixlen)
    if getattr(address, "ipv4_mapped", None) is None:
        network = ipaddress.ip_network(f"{address}/{bits}", strict=False)
        assert mask_prefix(f"{address}/{bits}") == str(network)


@given(st.text(max_size=20) | st.from_regex(r"[0-9a-f:./%]{0,24}", fullmatch=True))
def test_any_text_is_an_address_or_a_value_error(text):
    for function in (parse_address, parse_prefix, mask_prefix, unmap_address):
        try:
            function(text)
        except ValueError as error:
            assert type(error) is ValueError  # noqa: PT017


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("", ""),
        ("10.1.2.3/8", "10.0.0.0/8"),
        ("10.1.2.3/32", "10.1.2.3/32"),
        ("10.1.2.3/0", "0.0.0.0/0"),
        ("2001:db8::1/32", "2001:db8::/32"),
        ("::ffff:10.1.2.3/104", "10.0.0.0/8"),
        ("::ffff:1.2.3.4/24", "0.0.0.0/0"),
    ],
)
def test_new_network_loses_host_bits(text, masked):
    request = engine.NetworkCreateRequest(
        ipam=engine.IPAM(config=[engine.NetworkIPAMConfig(subnet=text, ip_range=text)])
    )
    config = convert.network_create_to_grpc(request).ipam.configs[0]
    assert (config.subnet, config.range) == (masked, masked)


@pytest.mark.parametrize(
    ("text", "unmapped"),
    [("", ""), ("10.0.0.1", "10.0.0.1"), ("::ffff:10.0.0.1", "10.0.0.1"), ("::1", "::1")],
)
def test_gateway_is_unmapped(text, unmapped):
    request = engine.NetworkCreateRequest(
        ipam=engine.IPAM(config=[engine.NetworkIPAMConfig(gateway=text)])
    )
    assert convert.network_create_to_grpc(request).ipam.configs[0].gateway == unmapped


def with_pool(subnet="", ip_range="", gateway="", reserved=None):
    return pb.IPAMOptions(
        configs=[
            pb.IPAMConfig(subnet=subnet, range=ip_range, gateway=gateway, reserved=reserved or {})
        ]
    )


@pytest.mark.parametrize("bad", ["bad", "10.0.0.0", "10.0.0.0/33", "", "\x00"])
def test_stored_prefix_that_is_none_is_empty(bad):
    network = convert.network_from_grpc(pb.Network(ipam=with_pool(bad, bad, "bad")))
    assert network.ipam.config == [engine.NetworkIPAMConfig()]
    attached = pb.NetworkAttachment(
        network=pb.Network(ipam=with_pool(bad, bad, "bad"), spec={"ipam": with_pool(bad)}),
        addresses=[bad, "10.1.2.3/24"],
    )
    (got,) = convert.task_from_grpc(pb.Task(networks=[attached])).networks_attachments
    assert got.addresses == ["", "10.1.2.3/24"]
    assert got.network.ipam_options.configs == [engine.IPAMConfig()]
    assert got.network.spec.ipam_options.configs == [engine.IPAMConfig()]
    service = pb.Service()
    service.spec.task.container.image = "i"
    service.endpoint.virtual_ips.add(network_id="n", addr=bad)
    (virtual_ip,) = convert.service_from_grpc(service).endpoint.virtual_ips
    assert virtual_ip == engine.EndpointVirtualIP(network_id="n")
    cluster = pb.Cluster(defaultAddressPool=[bad, "10.1.2.3/8"])
    assert convert.swarm_from_grpc(cluster).default_addr_pool == ["", "10.1.2.3/8"]


def test_stored_prefix_of_a_network_loses_host_bits():
    pool = with_pool(
        "10.1.2.3/8", "::ffff:10.1.2.3/104", "::ffff:10.0.0.1", {"a": "::ffff:1.2.3.4"}
    )
    (config,) = convert.network_from_grpc(pb.Network(ipam=pool)).ipam.config
    assert config == engine.NetworkIPAMConfig(
        subnet="10.0.0.0/8",
        ip_range="10.0.0.0/8",
        gateway="10.0.0.1",
        auxiliary_addresses={"a": "1.2.3.4"},
    )


def test_stored_name_server_that_is_none_is_empty():
    task = pb.Task()
    task.spec.container.dns_config.nameservers.extend(["invalid IP", "10.0.0.1", "x"])
    container = convert.task_from_grpc(task).spec.container_spec
    assert container.dns_config.nameservers == ["", "10.0.0.1", ""]


def test_empty_name_server_is_stored_as_gos_zero_address():
    spec = engine.ServiceSpec(
        task_template=engine.TaskSpec(
            container_spec=engine.ContainerSpec(dns_config=engine.DNSConfig(nameservers=[""]))
        )
    )
    message = convert.service_spec_to_grpc(spec)
    assert list(message.task.container.dns_config.nameservers) == ["invalid IP"]


def test_hand_built_address_that_is_none_is_refused():
    with pytest.raises((DecodeError, ConvertError, ValueError)):
        engine.NetworkIPAMConfig(subnet="bad")
    config = engine.NetworkIPAMConfig()
    config.subnet = "bad"
    request = engine.NetworkCreateRequest(
        ipam=engine.IPAM(config=[engine.NetworkIPAMConfig(), config])
    )
    with pytest.raises(ConvertError) as caught:
        convert.network_create_to_grpc(request)
    assert (caught.value.path, caught.value.kind) == ("IPAM.Config[1]", "type")
    assert caught.value.reason == "netip.ParsePrefix(\"bad\"): no '/'"


# What the allocator adds on request


def network(*subnets, type_url="type.googleapis.com/docker.engine.netextra.Extra"):
    extra = pb.netextra.Extra()
    for subnet in subnets:
        extra.IPAMStatus.add(Subnet=subnet, IPsInUse=3, DynamicIPsAvailable=253)
    out = pb.Network(id="n1")
    out.extra.type_url = type_url
    out.extra.value = extra.SerializeToString()
    return out


def shown(message):
    return engine.encode(convert.network_inspect_from_grpc(message)).decode()


def test_use_of_addresses_is_shown_as_the_engine_shows_it():
    ipv6 = bytes.fromhex("fd00" + "00" * 14) + b"\x40"
    found = shown(network(b"\x0a\x00\x01\x00\x18", ipv6))
    assert found.endswith(
        '"Containers":{},"Status":{"IPAM":{"Subnets":{'
        '"10.0.1.0/24":{"IPsInUse":3,"DynamicIPsAvailable":253},'
        '"fd00::/64":{"IPsInUse":3,"DynamicIPsAvailable":253}}}}}'
    )


def test_an_allocator_that_knows_no_subnet_says_so():
    assert shown(network()).endswith('"Containers":{},"Status":{"IPAM":{}}}')


@pytest.mark.parametrize(("release", "tells"), [("28.5", False), ("29.0", True), ("29", True)])
def test_engines_before_29_0_tell_nothing_of_addresses(release, tells):
    message = network(b"\x0a\x00\x01\x00\x18")
    found = convert.network_inspect_from_grpc(message, release=release)
    assert (found.status is not None) is tells
    assert (found.id, found.containers) == ("n1", {} if tells else None)


def test_a_network_of_which_nothing_was_asked_has_no_status():
    assert shown(pb.Network(id="n1")).endswith('"Containers":{}}')
    assert "Status" not in shown(network(type_url="example.com/docker.engine.Other"))


@pytest.mark.parametrize("subnet", [b"", b"\x0a\x00\x18", b"\x00" * 18])
def test_a_damaged_status_is_refused(subnet):
    with pytest.raises(ConvertError) as caught:
        convert.network_inspect_from_grpc(network(subnet))
    assert (caught.value.path, caught.value.kind) == ("Status", "type")
    assert "unexpected slice size" in str(caught.value)


def test_a_status_that_is_no_message_is_refused():
    message = network()
    message.extra.value = b"\xff"
    with pytest.raises(ConvertError) as caught:
        convert.network_inspect_from_grpc(message)
    assert caught.value.path == "Status"
