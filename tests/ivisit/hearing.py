"""Have what tests start hear signals, however the tests themselves were started."""

import signal


def hear_signals() -> None:
    """Undo in a process that begins what a shell's ``&`` and nohup have had it inherit."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
