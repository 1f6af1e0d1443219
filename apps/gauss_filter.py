"""Smooth a photograph with a Gaussian kernel, the first example of the README.

Run it with ``ivisit gui apps/gauss_filter.py``, headlessly with
``ivisit run apps/gauss_filter.py --steps 10 -p sigma=4 --out r.npz``, or as a script.
"""

import matplotlib.cbook
import numpy as np
from PIL import Image
from scipy import ndimage

import ivisit as iv


def load_photo():
    """Return Matplotlib's sample portrait (public domain) in grey, shape (600, 512), float64."""
    with matplotlib.cbook.get_sample_data("grace_hopper.jpg") as file:
        return np.asarray(Image.open(file).convert("L"), dtype=float)


class GaussFilter(iv.Simulation):
    """Smooth a photograph with a Gaussian kernel."""

    live = True  # the picture follows the sliders
    sigma = iv.Slider(
        2.0,
        0.1,
        20.0,
        step=0.1,
        label="Kernel width",
        unit="px",
        help="Standard deviation of the Gaussian; details smaller than this disappear.",
    )
    mode = iv.OptionList(
        "reflect",
        ["reflect", "nearest", "mirror", "wrap"],
        label="Border",
        help="What the filter sees beyond the border of the picture.",
    )

    filtered = iv.Image(vmin=0, vmax=255, label="Filtered photograph")
    change = iv.Trace(
        label="RMS change", span=200, help="Root mean square of filtered minus original."
    )
    report = iv.TextOutput()

    def main_init(self):
        self.photo = load_photo()

    def step(self):
        self.filtered = ndimage.gaussian_filter(self.photo, self.sigma, mode=self.mode)
        self.change = np.sqrt(np.mean((self.filtered - self.photo) ** 2))
        self.report = f"RMS change {self.change:.2f} of 255 grey levels"


if __name__ == "__main__":
    iv.launch(GaussFilter)
