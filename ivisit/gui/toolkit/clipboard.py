"""Copying pictures: Tk's clipboard holds texts only, so a program of the system is asked."""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
import sys
import tempfile
import tkinter as tk
from collections.abc import Callable
from pathlib import Path

from PIL import Image

logger = logging.getLogger(__name__)

#: Milliseconds between two looks at a program that copies, and seconds that it may take.
LOOK, PATIENCE = 50, 15.0
#: What is to be installed, by system.
ADVICE = {
    "darwin": "osascript, a part of macOS, is missing",
    "win32": "PowerShell, a part of Windows, is missing",
}
LINUX_ADVICE = "xclip (X11) or wl-copy (Wayland) is not installed"


def copying_command(path: str) -> list[str] | None:
    """Return the command that copies the PNG file at `path`; None where this system has none."""
    if sys.platform == "darwin":
        script = f'set the clipboard to (read (POSIX file "{path}") as «class PNGf»)'
        return _found("osascript", "-e", script)
    if sys.platform == "win32":
        quoted = path.replace("'", "''")
        script = (
            "Add-Type -AssemblyName System.Windows.Forms, System.Drawing; "
            f"$picture = [System.Drawing.Image]::FromFile('{quoted}'); "
            "[System.Windows.Forms.Clipboard]::SetImage($picture); $picture.Dispose()"
        )
        return _found("powershell", "-NoProfile", "-STA", "-Command", script)
    if os.environ.get("WAYLAND_DISPLAY") and (command := _found("wl-copy", "--type", "image/png")):
        return command
    return _found("xclip", "-selection", "clipboard", "-t", "image/png", "-i", path)


def _found(program: str, *arguments: str) -> list[str] | None:
    place = shutil.which(program)
    return None if place is None else [place, *arguments]


def copy_picture(widget: tk.Misc, picture: Image.Image, say: Callable[[str], None]) -> None:
    """Copy a picture to the clipboard; a message tells how it went.

    Parameters
    ----------
    widget : tkinter.Misc
        Its event loop waits for the program that copies.
    picture : PIL.Image.Image
        The picture.
    say : callable
        Shows a message.
    """
    handle, path = tempfile.mkstemp(suffix=".png")
    os.close(handle)
    picture.save(path, format="PNG")
    command = copying_command(path)
    if command is None:
        Path(path).unlink()
        advice = ADVICE.get(sys.platform, LINUX_ADVICE)
        say(f"Pictures cannot be copied here: {advice}. Save the picture instead.")
        return
    with open(path, "rb") as file:
        # Programs for X11 stay to serve what they hold: nothing of ours may be open in them.
        process = subprocess.Popen(
            command, stdin=file, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    def look(waited: float = 0.0) -> None:
        status = process.poll()
        if status is None and waited < PATIENCE:
            widget.after(LOOK, lambda: look(waited + LOOK / 1000))
            return
        Path(path).unlink(missing_ok=True)
        if status == 0:
            say(f"Copied a picture of {picture.width}×{picture.height} pixels")
        else:
            logger.error("%s: status %s", " ".join(command), status)
            say(f"The picture cannot be copied: {Path(command[0]).name} has failed")

    look()
