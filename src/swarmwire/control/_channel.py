"""The gRPC channel, as a manager needs it; and one that is closed when the last call has ended."""

import grpc
import grpc.aio

_MEGABYTE = 1 << 20
_OPTIONS: list[tuple[str, str | int]] = [
    # Every manager's certificate has this name, whatever its address is.
    ("grpc.ssl_target_name_override", "swarm-manager"),
    # Lists are of any length. A manager tells itself which requests are too long.
    ("grpc.max_receive_message_length", -1),
    ("grpc.max_send_message_length", -1),
    # Errors travel as metadata, and may repeat what they complain about.
    ("grpc.max_metadata_size", _MEGABYTE),
    ("grpc.absolute_max_metadata_size", _MEGABYTE),
    # A new channel is a new try: it waits for nothing that befell another one.
    ("grpc.use_local_subchannel_pool", 1),
    ("grpc.initial_reconnect_backoff_ms", 100),
    ("grpc.max_reconnect_backoff_ms", 1000),
    # No proxy stands between managers.
    ("grpc.enable_http_proxy", 0),
    ("grpc.service_config_disable_resolution", 1),
]


def secure_channel(
    target: str, roots: bytes, key: bytes | None = None, certificate: bytes | None = None
) -> grpc.aio.Channel:
    """A channel that trusts ``roots`` and shows ``certificate``. It connects when it is used."""
    credentials = grpc.ssl_channel_credentials(roots, key, certificate)
    return grpc.aio.secure_channel(target, credentials, _OPTIONS)


class Line:
    """A channel and the calls on it. Once retired it is closed when the last of them has ended."""

    def __init__(self, channel: grpc.aio.Channel, address: str) -> None:
        self.channel = channel
        self.address = address
        self._calls = 0
        self._retired = False

    async def __aenter__(self) -> grpc.aio.Channel:
        self._calls += 1
        return self.channel

    async def __aexit__(self, *_: object) -> None:
        self._calls -= 1
        await self._close_if_done()

    async def retire(self) -> None:
        """Close the channel as soon as nobody uses it."""
        self._retired = True
        await self._close_if_done()

    async def _close_if_done(self) -> None:
        if self._retired and not self._calls:
            await self.channel.close()
