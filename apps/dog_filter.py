"""Difference of Gaussians: a model of retinal ganglion cells, applied to a photograph.

A narrow excitatory center minus a wide inhibitory surround answers to edges and spots (R. W.
Rodieck, "Quantitative analysis of cat retinal ganglion cell response to visual stimuli", Vision
Research 5:583, 1965).
"""

import numpy as np
from gauss_filter import load_photo
from scipy import ndimage

import ivisit as iv


class DogFilter(iv.Simulation):
    """Find edges in a photograph with a difference of Gaussians."""

    live = True  # the picture follows the sliders
    center = iv.Slider(
        1.5, 0.5, 10.0, step=0.1, label="Center width", unit="px", help="Of the narrower Gaussian."
    )
    ratio = iv.Slider(
        1.6, 1.1, 5.0, step=0.1, label="Surround / center", help="Quotient of the two widths."
    )
    balance = iv.Slider(
        1.0,
        0.0,
        1.2,
        step=0.01,
        label="Surround weight",
        help="1 makes the answer to uniform light zero.",
    )
    cells = iv.RadioButtons(
        "on", ["on", "off", "both"], label="Cells shown", help="Sign of the response that is kept."
    )
    row = iv.Slider(
        200, 0, 599, label="Row of the profile", unit="px", help="Where the profile is taken."
    )

    photo = iv.Image(vmin=0, vmax=255, label="Photograph")
    response = iv.Image(vmin=-40, vmax=40, cmap="RdBu_r", label="Response")
    profile = iv.Figure(label="Profile along the row", height=3.2)
    energy = iv.Trace(label="RMS response", span=200)

    def main_init(self):
        self.pixels = load_photo()

    def init(self):
        self.profile.clear()
        axes = self.profile.subplots()
        columns = np.arange(self.pixels.shape[1])
        (self.light,) = axes.plot(columns, columns, color="0.6", label="light / 5")
        (self.answer,) = axes.plot(columns, columns, color="tab:red", label="response")
        axes.set(xlim=(0, columns[-1]), ylim=(-60, 60), xlabel="column [px]")
        axes.axhline(0, color="0.3", linewidth=0.5)
        axes.legend(loc="lower right", ncols=2)

    def step(self):
        surround = ndimage.gaussian_filter(self.pixels, self.center * self.ratio)
        center = ndimage.gaussian_filter(self.pixels, self.center)
        response = center - self.balance * surround
        if self.cells != "both":
            response = np.maximum(response if self.cells == "on" else -response, 0)
        self.response = response
        self.energy = np.sqrt(np.mean(response**2))

    def draw(self):
        marked = self.pixels.copy()
        marked[self.row] = 255
        self.photo = marked
        self.light.set_ydata(self.pixels[self.row] / 5)
        if self.response is not None:
            self.answer.set_ydata(self.response[self.row])


if __name__ == "__main__":
    iv.launch(DogFilter)
