"""The command against files, folders, and a manager in memory."""

from tests.cli.conftest import invoke, run
from tests.cli_plan.conftest import fake, stored_service

__all__ = ["fake", "invoke", "run", "stored_service"]
