"""The file of audit records: appended to, for its owner alone."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from swarmwire.cli import exits
from swarmwire.gateway.auditing import Auditor
from swarmwire.policy import AuditLog, AuditSettings

_FLAGS = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC


@contextmanager
def auditor_of(settings: AuditSettings) -> Iterator[Auditor | None]:
    """What records in the file of a policy; None if it names none.

    Raises:
        Stop: it cannot be opened (2).
    """
    if not settings.file:
        yield None
        return
    try:
        file = os.open(settings.file, _FLAGS, 0o600)
    except OSError as err:
        reason = f"{settings.file}: {exits.reason_of(err)}"
        raise exits.Stop(exits.UNREADABLE, reason) from err
    try:
        yield Auditor(AuditLog(lambda data: os.write(file, data)), reads=settings.reads)
    finally:
        os.close(file)
