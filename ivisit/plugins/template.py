"""A small working simulation to start from."""

from __future__ import annotations

import keyword
import re
from pathlib import Path

from ivisit.errors import IVisitError

TEMPLATE = '''"""A new simulation.

In the window:  ivisit gui {file}
Without one:    ivisit run {file} --steps 100 -p amplitude=2 --out result.npz
"""

import numpy as np

import ivisit as iv


class {name}(iv.Simulation):
    """A noisy oscillation."""

    pace = 100  # steps a second in a new window; without it as many as possible

    # Controls are inputs. The default's type decides: 1.0 is a float slider, 1 an int slider.
    amplitude = iv.Slider(1.0, 0.0, 5.0, step=0.1, help="Height of the oscillation.")
    noise = iv.Slider(0.1, 0.0, 1.0, step=0.01, help="Size of the random part.")

    # Panels are outputs: also iv.Image, iv.Figure, iv.TextOutput.
    signal = iv.Trace()

    def init(self):
        """Start a run."""
        self.time = 0.0

    def step(self):
        """Compute one step; self.rng gives the same random numbers for the same seed."""
        self.time += 0.1
        self.signal = self.amplitude * np.sin(self.time) + self.noise * self.rng.normal()


if __name__ == "__main__":
    iv.launch({name})
'''


def write_template(path: Path, *, replace: bool = False) -> None:
    """Write the simulation to a new file.

    Parameters
    ----------
    path : Path
        The file, ending in ``.py``.
    replace : bool, optional
        Whether a file that exists is overwritten.

    Raises
    ------
    IVisitError
        When the file exists, has another ending, or cannot be written.
    """
    if path.suffix != ".py":
        raise IVisitError(f"{path}: the file must end in .py")
    text = TEMPLATE.format(file=path, name=class_name(path.stem))
    try:
        # "x" leaves it to the file system that nothing is overwritten.
        with path.open("w" if replace else "x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise IVisitError(f"{path}: exists; --force overwrites it") from None
    except OSError as error:
        raise IVisitError(f"{path}: cannot be written: {error.strerror or error}") from error


def class_name(stem: str) -> str:
    """Return a class name for a file's name.

    >>> class_name("my_sim"), class_name("2d-waves"), class_name("class")
    ('MySim', 'Simulation2dWaves', 'Class')
    """
    name = "".join(word[:1].upper() + word[1:] for word in re.split(r"\W|_", stem) if word)
    if not name.isidentifier() or keyword.iskeyword(name) or name == "Simulation":
        name = f"Simulation{name}"
    return name if name.isidentifier() else "MySimulation"
