"""About ivisit: versions, and how to cite it."""

from __future__ import annotations

import platform
import tkinter as tk
from importlib.metadata import PackageNotFoundError, version

from ivisit.gui.toolkit.dialogs import DialogHost, TextDialog

#: What decides about results and looks, besides Python.
LIBRARIES = ("numpy", "scipy", "matplotlib", "Pillow")
#: The papers: key, authors, title, year, number at arXiv; the same as in CITATION.cff.
PAPERS = (
    (
        "ivisit",
        "Knoblauch, A.",
        "IVISIT: An Interactive Visual Simulation Tool for system simulation, visualization, "
        "optimization, and parameter management",
        2024,
        "2408.03341",
    ),
    (
        "autoassociation",
        "Knoblauch, A.",
        "Neural auto-association with optimal Bayesian learning",
        2024,
        "2412.18349",
    ),
    (
        "dopamine",
        "Nambusubramaniyan, S. and Safavi, S. and Guru, R. and Knoblauch, A.",
        "Dopamine-driven synaptic credit assignment in neural networks",
        2025,
        "2510.22178",
    ),
)


def about() -> str:
    """Return versions, license and the papers to cite."""
    from ivisit import __version__

    libraries = ", ".join(f"{name} {_version(name)}" for name in LIBRARIES)
    papers = [
        f"{authors.replace(' and ', ', ')} ({year}). {title}. arXiv:{number}"
        for _, authors, title, year, number in PAPERS
    ]
    return "\n".join(
        [
            f"# ivisit-lab {__version__}",
            "Declare a simulation once; watch, steer, store and run it everywhere.",
            "MIT License.",
            "# Versions",
            f"Python {platform.python_version()}, Tk {tk.TkVersion}, {libraries}",
            platform.platform(),
            "# How to cite",
            "Please cite ivisit-lab with its version, and the papers it builds on:",
            *papers,
        ]
    )


def bibtex() -> str:
    """Return the papers for a bibliography."""
    entries = []
    for key, authors, title, year, number in PAPERS:
        fields = {
            "author": authors,
            "title": f"{{{title}}}",
            "year": str(year),
            "eprint": number,
            "archivePrefix": "arXiv",
        }
        lines = [f"  {name} = {{{value}}}," for name, value in fields.items()]
        entries.append("\n".join([f"@misc{{{key}{year},", *lines, "}"]))
    return "\n\n".join(entries) + "\n"


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "(version unknown)"


class AboutDialog(TextDialog):
    """Shows versions and papers; a button copies these for BibTeX."""

    def __init__(self, host: DialogHost) -> None:
        super().__init__(host, "About ivisit", about())
        self.add_button("Copy BibTeX", self.copy)

    def copy(self) -> None:
        """Copy the papers to the clipboard."""
        self.clipboard_clear()
        self.clipboard_append(bibtex())
