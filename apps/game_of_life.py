"""Conway's Game of Life and its relatives, painted with the mouse.

A cell is born with one number of living neighbors and survives with another (M. Gardner,
Scientific American 223(4):120, 1970, for B3/S23); the world is a torus.
"""

import numpy as np
from scipy import ndimage

import ivisit as iv

#: Numbers of neighbors for birth and for survival.
RULES = {
    "Life B3/S23": ("3", "23"),
    "HighLife B36/S23": ("36", "23"),
    "Day & Night B3678/S34678": ("3678", "34678"),
    "Maze B3/S12345": ("3", "12345"),
    "Seeds B2/S": ("2", ""),
}
GUN = """
........................o...........
......................o.o...........
............oo......oo............oo
...........o...o....oo............oo
oo........o.....o...oo..............
oo........o...o.oo....o.o...........
..........o.....o.......o...........
...........o...o....................
............oo......................"""  # R. W. Gosper, 1970: a glider every 30 generations
GOSPER_GUN = np.array([[cell == "o" for cell in row] for row in GUN.split()])
AROUND = np.array([[1, 1, 1], [1, 0, 1], [1, 1, 1]])


class GameOfLife(iv.Simulation):
    """Paint cells and watch them live, by the rule of Conway or another one."""

    pace = 15
    rule = iv.OptionList("Life B3/S23", RULES, help="B: neighbors for birth, S: for survival.")
    start = iv.RadioButtons(
        "glider gun", ["glider gun", "soup", "empty"], restart=True, help="The first generation."
    )
    density = iv.Slider(0.25, 0.0, 1.0, step=0.01, restart=True, help="Living cells of the soup.")
    size = iv.Slider(96, 40, 400, restart=True, unit="cells", help="Side of the world.")
    brush = iv.Slider(1, 1, 20, unit="cells", help="Width of what the mouse paints.")
    noise = iv.Slider(0.0, 0.0, 0.01, step=0.0001, help="Chance that a cell flips in a step.")

    world = iv.Image(
        label="Paint cells here",
        help="The right button takes their life.",
        vmin=0,
        vmax=1,
        cmap="magma",
        pointer=True,
    )
    population = iv.Trace(plot="Cells", label="alive", span=400, help="Living cells.")
    births = iv.Trace(plot="Cells", label="born", help="In this generation.")
    deaths = iv.Trace(plot="Cells", label="died", help="In this generation.")

    def init(self):
        self.alive = np.zeros((self.size, self.size), bool)
        if self.start == "glider gun":
            height, width = GOSPER_GUN.shape
            self.alive[2 : 2 + height, 2 : 2 + width] = GOSPER_GUN
        elif self.start == "soup":
            self.alive = self.rng.random(self.alive.shape) < self.density
        self.glow = np.zeros(self.alive.shape)  # where life has been of late
        self.paint()

    def paint(self):
        self.world = np.where(self.alive, 1.0, 0.6 * self.glow)

    def pointer(self, event):
        if event.kind in ("press", "drag"):
            low = (self.brush - 1) // 2
            rows = (event.row - low + np.arange(self.brush)) % self.size
            columns = (event.column - low + np.arange(self.brush)) % self.size
            self.alive[np.ix_(rows, columns)] = event.button != 3
            self.paint()

    def step(self):
        neighbors = ndimage.convolve(self.alive.astype(np.uint8), AROUND, mode="wrap")
        born, survive = (np.isin(np.arange(9), [*map(int, numbers)]) for numbers in self.rule)
        new = np.where(self.alive, survive[neighbors], born[neighbors])
        if self.noise:
            new ^= self.rng.random(new.shape) < self.noise
        self.births, self.deaths = (new & ~self.alive).sum(), (self.alive & ~new).sum()
        self.glow = np.maximum(0.9 * self.glow, self.alive)
        self.alive, self.population = new, new.sum()
        self.paint()


if __name__ == "__main__":
    iv.launch(GameOfLife)
