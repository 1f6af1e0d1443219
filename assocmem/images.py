"""Binary patterns from real images."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from assocmem._validation import finite_numbers, real_number, refusal, whole_number


def from_images(
    images: ArrayLike | None = None,
    *,
    threshold: float | None = None,
    n_active: int | None = None,
) -> NDArray[np.uint8]:
    """Return binary patterns from grey images, one unit per pixel.

    Parameters
    ----------
    images : array_like, shape (n_images, height, width), optional
        Grey values of any scale. Default: 1797 hand-written digits of 8 x 8 pixels with values
        from 0 to 16, which come with the package.
    threshold : float, optional
        Pixels of at least this value are active. Default: half of the largest value.
    n_active : int, optional
        In place of a threshold: the brightest `n_active` pixels of each image are active (equal
        ones by index).

    Returns
    -------
    ndarray of uint8, shape (n_images, height * width)

    Raises
    ------
    ValueError
        If the shape is wrong, a value is not finite, or both `threshold` and `n_active` are given.

    References
    ----------
    E. Alpaydin, C. Kaynak, Optical Recognition of Handwritten Digits, UCI (1998), CC BY 4.0.
    """
    grey = load_digits()[0] if images is None else finite_numbers("images", images)
    if grey.ndim != 3:
        raise refusal("images", "an array of numbers, shape (n_images, height, width)", grey)
    pixels = grey.reshape(len(grey), grey.shape[1] * grey.shape[2])
    if n_active is None:
        if threshold is None:
            threshold = pixels.max(initial=0) / 2
        return (pixels >= real_number("threshold", threshold, -np.inf)).astype(np.uint8)
    if threshold is not None:
        raise ValueError("threshold and n_active: must not both be given")
    n_active = whole_number("n_active", n_active, 0, pixels.shape[1])
    result = np.zeros(pixels.shape, np.uint8)
    brightest = np.argsort(-pixels.astype(np.float64), axis=1, kind="stable")[:, :n_active]
    np.put_along_axis(result, brightest, 1, axis=1)
    return result


def load_digits() -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Return the hand-written digits that come with the package, and their labels.

    Returns
    -------
    images : ndarray of uint8, shape (1797, 8, 8)
        Grey values from 0 to 16.
    labels : ndarray of uint8, shape (1797,)
        The digits 0 to 9.
    """
    from importlib.resources import files

    with (files("ivisit_lab_data") / "digits.npz").open("rb") as file, np.load(file) as archive:
        return archive["images"], archive["labels"]
