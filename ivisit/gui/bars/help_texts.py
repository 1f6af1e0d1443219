"""Texts of the help menu, most of them from docstrings and help texts of the simulation."""

from __future__ import annotations

import inspect

from ivisit.declarations import Declaration
from ivisit.simulation import Simulation

WINDOW_HELP = """\
# Running
Run computes steps until Stop; Step computes one; Init starts a new run with the seed's random \
numbers. Parameters take effect before the next step. A Stop takes effect when the present step \
has ended. Speed is the number of steps a second at the most; For runs for so many steps. The menu \
Simulation has the number of steps a picture, and runs until a trace crosses a value.

# Live
With Live, a changed value computes a step while nothing runs, so that the picture follows the \
hand. A label with a colored ground belongs to a value that is not in the picture yet.

# Parameters
Drag a slider, or type a number and press Enter. Up, Down, Page Up and Page Down go by steps, with \
Shift by tenths of a step; so does the mouse wheel while the field has the focus. Home and End go \
to the ends of a slider. A double click on a label returns to the default. A value that is not \
allowed is refused with the reason.

# Parameter sets
Save keeps all values under a name, in one file in the working directory; former versions stay. \
Undo takes back the last change, also a loaded or deleted set. Ctrl-B opens the browser of all \
sets: type words or conditions such as sigma>3, Down leads into the list, Enter loads, 0 to 5 \
grade, F2 renames, F3 comments, Ctrl-D duplicates, Delete deletes, a right click has it all. A dot \
marks a value that differs from the loaded set, a tick on the trough the saved one; a click on \
either goes back.

# Panels
A right click on a picture, figure or plot opens its menu. Ctrl and the mouse wheel zoom, the \
middle button moves a picture, dragging moves a plot, a double click on a plot shows all again. A \
click on an entry of a legend hides a line. Drag a heading to move a panel beside another one, or \
out of the window to give it a window of its own; drag the gaps to make room. A double click on a \
heading lets a panel fill the window. The menus of the panels and View > Panels offer the same.
"""

KEYS = """\
# Keys
Space   Run or stop
F5   Init
F6   Step
Escape   Cancel a drag; return from one panel alone; cancel the steps that wait
Ctrl-B   Browser of parameter sets
Ctrl-J   Console: what the simulation prints
Ctrl-plus, Ctrl-minus, Ctrl-0   Larger, smaller, normal text
Ctrl-S   Save the parameter set
Ctrl-Shift-S   Save under another name
Ctrl-Z   Undo
Ctrl-Y, Ctrl-Shift-Z   Redo
Ctrl-R   Reload the source file
F1   Help on the simulation
?   These keys
Ctrl-Q   Quit
"""

WINDOW_HELP += KEYS

LAUNCHER_HELP = """\
# Simulations
The list has all installed plugins, the files in ./apps and in the folders of IVISIT_PATH, and \
files that you have opened before; those come first that were used last. Type words to search in \
names, summaries and places. A simulation that cannot be loaded says why.

# Opening
Enter, a double click or Open opens a window in a process of its own: several may be open at once, \
and they live on when the launcher is closed. Copy command copies what runs the simulation without \
a window. New writes a small working simulation to start from. Running a file is running code.

# Keys
Down, Up   The next, the former simulation
Enter   Open
Escape   All simulations
Ctrl-O   Open a file
Ctrl-N   Write a new simulation
F5   Look anew
F1   This help
Ctrl-Q   Quit; the windows live on
"""


def describe(simulation: type[Simulation]) -> str:
    """Return what a simulation says about itself, its controls and its panels."""
    # Not inspect.getdoc, which would find the text of the base class.
    text = inspect.cleandoc(simulation.__doc__ or "")
    parts = [f"# {simulation.key}", text]
    controls = [
        _line(control, f"{control.allowed()}; default {control.text(control.default)}")
        for control in simulation.controls.values()
    ]
    panels = [_line(panel, type(panel).__name__) for panel in simulation.panels.values()]
    for title, lines in (("Controls", controls), ("Panels", panels)):
        if lines:
            parts += [f"# {title}", *lines]
    return "\n".join(part for part in parts if part)


def _line(declaration: Declaration, facts: str) -> str:
    help_text = f". {declaration.help}" if declaration.help else ""
    return f"{declaration.label}: {facts}{help_text}"
