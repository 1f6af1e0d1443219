"""Units beside fields: one that is long must not cost all others their room."""

from __future__ import annotations

from collections.abc import Callable
from tkinter import ttk

#: Widest unit at 96 dpi, and in how many lines a longer one is broken.
WIDTH, LINES = 90, 2


def show_unit(label: ttk.Label, unit: str, width: int) -> None:
    """Show a unit in lines of at most `width` pixels; what does not fit ends in an ellipsis."""
    font = str(label.cget("font") or "TkDefaultFont")

    def measure(text: str) -> int:
        return int(str(label.tk.call("font", "measure", font, text)))

    lines: list[str] = []
    words = unit.split()
    while words and len(lines) < LINES:
        line = words.pop(0)
        while words and measure(f"{line} {words[0]}") <= width:
            line += f" {words.pop(0)}"
        lines.append(line)
    if words:
        lines[-1] += " …"
    lines = [_cut(line, width, measure) for line in lines]
    label.configure(text="\n".join(lines), wraplength=0)


def _cut(line: str, width: int, measure: Callable[[str], int]) -> str:
    if measure(line) <= width:
        return line
    kept = line.removesuffix(" …")
    while len(kept) > 1 and measure(f"{kept}…") > width:
        kept = kept[:-1].rstrip()
    return f"{kept}…"
