"""The file of audit records: appended to, for its owner alone."""

import os

from swarmwire.cli import exits
from swarmwire.gateway.auditing import Auditor
from swarmwire.policy import AuditLog, AuditSettings

_FLAGS = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC


class AuditFile:
    """The file, which may be moved away and opened anew.

    Attributes:
        auditor: what records in it.
    """

    def __init__(self, settings: AuditSettings) -> None:
        """Open it, or make it.

        Raises:
            Stop: it cannot be opened (2).
        """
        self._path = settings.file
        self._file = self._opened()
        self.auditor = Auditor(AuditLog(self._write), reads=settings.reads)

    def reopen(self) -> None:
        """Go on in the file that is there now: whoever keeps old records moved the other away.

        Raises:
            Stop: it cannot be opened; it goes on in the old one.
        """
        before, self._file = self._file, self._opened()
        os.close(before)

    def close(self) -> None:
        """Nothing is recorded any more."""
        os.close(self._file)

    def _opened(self) -> int:
        try:
            return os.open(self._path, _FLAGS, 0o600)
        except OSError as err:
            reason = f"{self._path}: {exits.reason_of(err)}"
            raise exits.Stop(exits.UNREADABLE, reason) from err

    def _write(self, data: bytes) -> int:
        return os.write(self._file, data)
