"""Two certificates made once with openssl, and what the engine shows of their issuers.

    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 36500 \\
        -subj "/O=swarm-root/CN=swarm-ca"

Subject and public key are what ``openssl asn1parse`` and ``openssl pkey -outform DER`` give. They
certify nothing, and their keys are thrown away.
"""

from typing import NamedTuple


class Certificate(NamedTuple):
    """A certificate, and in base64 the DER of its subject and of its public key."""

    pem: str
    subject: str
    public_key: str


ROOT_CERTIFICATE = Certificate(
    pem="""\
-----BEGIN CERTIFICATE-----
MIIBpzCCAU2gAwIBAgIUSGWg2OtLLEejx17MLoeadWX7WhEwCgYIKoZIzj0EAwIw
KDETMBEGA1UECgwKc3dhcm0tcm9vdDERMA8GA1UEAwwIc3dhcm0tY2EwIBcNMjYx
MTIyMTUwNjE3WhgPMjEyNjEwMjkxNTA2MTdaMCgxEzARBgNVBAoMCnN3YXJtLXJv
b3QxETAPBgNVBAMMCHN3YXJtLWNhMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE
N3ooqD6fLy2S3Ta+i4s8px3Za2ys9CIJl8X/OdJfGeCxyA9oTgOxv3cUHHO43tXf
77NgPOtGNR54NwpjCV6YD6NTMFEwHQYDVR0OBBYEFCPQXwWnX2FZ7x9/V3uZ3jYy
S/qKMB8GA1UdIwQYMBaAFCPQXwWnX2FZ7x9/V3uZ3jYyS/qKMA8GA1UdEwEB/wQF
MAMBAf8wCgYIKoZIzj0EAwIDSAAwRQIhALCKu9532yjS018ToIaqyrkxn2Du224w
iSEpPEz5/yOdAiA2KsSchCGJsOj/grVGZ0p0ZRJXMW4f19HNO5fNZfur0A==
-----END CERTIFICATE-----
""",
    subject="MCgxEzARBgNVBAoMCnN3YXJtLXJvb3QxETAPBgNVBAMMCHN3YXJtLWNh",
    public_key=(
        "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEN3ooqD6fLy2S3Ta+i4s8px3Z"
        "a2ys9CIJl8X/OdJfGeCxyA9oTgOxv3cUHHO43tXf77NgPOtGNR54NwpjCV6YDw=="
    ),
)

OTHER_CERTIFICATE = Certificate(
    pem="""\
-----BEGIN CERTIFICATE-----
MIIBqTCCAU+gAwIBAgIUJCltzc127WUBB/hzhRduA56mHw0wCgYIKoZIzj0EAwIw
KTEUMBIGA1UECgwLc3dhcm0tb3RoZXIxETAPBgNVBAMMCHN3YXJtLWNhMCAXDTI2
MTEyMjE1MDYxN1oYDzIxMjYxMDI5MTUwNjE3WjApMRQwEgYDVQQKDAtzd2FybS1v
dGhlcjERMA8GA1UEAwwIc3dhcm0tY2EwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNC
AARlqEyPKplpQldbUrzaUOLpIn4lOHk14J1PQdPPfJ9gVm7pGQcUQkNjYn//PpU+
1CVNcws+v3t6spUwzON+Zll1o1MwUTAdBgNVHQ4EFgQUOEKgaa8+wPOnSMsPVRJH
QdjuANswHwYDVR0jBBgwFoAUOEKgaa8+wPOnSMsPVRJHQdjuANswDwYDVR0TAQH/
BAUwAwEB/zAKBggqhkjOPQQDAgNIADBFAiEA1bppb9bRpG33Wg+SjvN77YoEGgWY
DKvcrNEtajoEW4gCIBA4IWt3kcINk1lVNn0UDrl6vsE3RmN6E27gbLEAffoE
-----END CERTIFICATE-----
""",
    subject="MCkxFDASBgNVBAoMC3N3YXJtLW90aGVyMREwDwYDVQQDDAhzd2FybS1jYQ==",
    public_key=(
        "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEZahMjyqZaUJXW1K82lDi6SJ+"
        "JTh5NeCdT0HTz3yfYFZu6RkHFEJDY2J//z6VPtQlTXMLPr97erKVMMzjfmZZdQ=="
    ),
)
