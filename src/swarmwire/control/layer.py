"""A Control in front of another one. Each layer changes one thing about all calls."""

from collections.abc import AsyncGenerator, Callable, Coroutine
from typing import Any

from swarmwire.control.api import Control
from swarmwire.control.methods import Answer, AsyncCalls, Methods, Request, Streaming, Unary

_NAMES: dict[str, str] = {
    method.place: name
    for name, method in vars(Methods).items()
    if isinstance(method, Unary | Streaming)
}


class Layer(AsyncCalls):
    """Passes every call on to ``inner``."""

    def __init__(self, inner: Control) -> None:
        self.inner = inner

    async def unary(self, method: Unary[Request, Answer], request: Request) -> Answer:
        """Pass the call on."""
        call: Callable[[Request], Coroutine[Any, Any, Answer]]
        call = getattr(self.inner, _NAMES[method.place])
        return await call(request)

    def stream(
        self, method: Streaming[Request, Answer], request: Request
    ) -> AsyncGenerator[Answer, None]:
        """Pass the call on."""
        call: Callable[[Request], AsyncGenerator[Answer, None]]
        call = getattr(self.inner, _NAMES[method.place])
        return call(request)
