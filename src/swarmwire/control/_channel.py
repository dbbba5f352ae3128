"""The gRPC channel, as a manager needs it; and one that is closed when the last call has ended."""

import grpc.aio

from swarmwire.control._tunnel import Dial, Tunnel

SERVER_NAME = "swarm-manager"
"""Every manager's certificate has this name, whatever its address is."""

_MEGABYTE = 1 << 20
_OPTIONS: list[tuple[str, str | int]] = [
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
    ("grpc.service_config_disable_resolution", 1),
]


class Line:
    """A channel and the calls on it. Once retired it is closed when the last of them has ended."""

    def __init__(self, channel: grpc.aio.Channel, tunnel: Tunnel, address: str) -> None:
        self.address = address
        self._channel = channel
        self._tunnel = tunnel
        self._calls = 0
        self._retired = False

    async def __aenter__(self) -> grpc.aio.Channel:
        self._calls += 1
        return self._channel

    async def __aexit__(self, *_: object) -> None:
        self._calls -= 1
        await self._close_if_done()

    async def retire(self) -> None:
        """Hang up as soon as nobody speaks."""
        self._retired = True
        await self._close_if_done()

    async def close(self) -> None:
        """Hang up now. Whoever still speaks has an error."""
        await self._channel.close()
        await self._tunnel.close()

    async def _close_if_done(self) -> None:
        if self._retired and not self._calls:
            await self.close()


async def open_line(address: str, dial: Dial) -> Line:
    """A line to a manager; it connects, by ``dial``, when it is used."""
    tunnel = Tunnel(dial)
    path = await tunnel.open()
    return Line(grpc.aio.insecure_channel(f"unix:{path}", _OPTIONS), tunnel, address)
