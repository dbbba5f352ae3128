"""The way in: arguments to one command, and every way out without a traceback.

Only click is imported here, and not even that before it is known to be installed: ``--help`` has to
start at once.
"""

# ruff: noqa: PLC0415 - see above

import io
import os
import sys
from typing import NoReturn

from swarmwire.cli import exits
from swarmwire.cli.terminal import one_line
from swarmwire.extras import needed

_COMPLETION_VARIABLE = "_SWARMWIRE_COMPLETE"


def main() -> NoReturn:
    """Run ``swarmwire`` with the arguments of the process, and exit."""
    _clean_up_when_told_to_end()
    _write_what_the_terminal_cannot_show()
    try:
        code = _run()
        _flush()
    except KeyboardInterrupt:
        code = exits.INTERRUPTED
    except BrokenPipeError:
        _silence_output()
        code = exits.CLOSED_PIPE
    except OSError as err:
        _silence_output()
        _say(one_line(exits.told_of(err)))
        code = exits.UNREADABLE
    sys.exit(code)


def _clean_up_when_told_to_end() -> None:
    """Let SIGTERM and SIGHUP end the command as Ctrl-C does: temporary files may hold secrets."""
    import signal

    def end(number: int, _frame: object) -> NoReturn:
        signal.signal(number, signal.SIG_IGN)  # once is enough
        sys.exit(128 + number)

    for name in ("SIGTERM", "SIGHUP"):
        each = getattr(signal, name, None)  # Windows lacks one of them, and nohup ignores it
        if each is not None and signal.getsignal(each) == signal.SIG_DFL:
            signal.signal(each, end)


def _write_what_the_terminal_cannot_show() -> None:
    """Write characters that are not in the encoding of the output by their numbers.

    Names and values come from elsewhere, and one of them must not end the command half-way.
    """
    if isinstance(sys.stdout, io.TextIOWrapper) and sys.stdout.errors == "strict":
        sys.stdout.reconfigure(errors="backslashreplace")


def _run() -> int:
    try:
        import click
    except ModuleNotFoundError:
        _say(needed("the command", "click"))
        return exits.UNREADABLE
    from swarmwire.cli.group import cli

    try:
        result = cli.main(
            prog_name="swarmwire", complete_var=_COMPLETION_VARIABLE, standalone_mode=False
        )
    except exits.Stop as stop:
        if stop.message:
            _say(stop.message)
        return stop.code
    except click.ClickException as err:
        err.show()
        return exits.UNREADABLE
    except click.Abort as err:
        raise KeyboardInterrupt from err
    except MemoryError:
        _say("out of memory: an object is too large for this machine")
        return exits.UNREADABLE
    except (OSError, KeyboardInterrupt):
        raise
    except ModuleNotFoundError as err:
        return _not_installed(err)
    except Exception as err:  # noqa: BLE001 - nothing leaves as a traceback
        return _internal(err)
    return result if isinstance(result, int) else exits.CLEAN


def _not_installed(err: ModuleNotFoundError) -> int:
    reason = needed("this command", err.name)
    if not reason:
        return _internal(err)
    _say(reason)
    return exits.UNREADABLE


def _internal(err: Exception) -> int:
    """A mistake of ours, in one line without the error's text, which may hold a secret."""
    if os.environ.get("SWARMWIRE_TRACEBACK"):
        raise err
    trace = err.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = f" at {trace.tb_frame.f_globals.get('__name__')}:{trace.tb_lineno}" if trace else ""
    _say(
        f"internal error, please report it: {type(err).__name__}{place}"
        " (SWARMWIRE_TRACEBACK=1 shows more)"
    )
    return exits.INTERNAL


def _say(message: str) -> None:
    if sys.stderr is None:
        return
    try:
        print(f"swarmwire: {message}", file=sys.stderr)  # noqa: T201 - click may be missing here
    except OSError:
        return


def _flush() -> None:
    if sys.stdout is not None:
        sys.stdout.flush()


def _silence_output() -> None:
    """Send what is still buffered nowhere, so that Python does not complain about it at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


if __name__ == "__main__":
    main()
