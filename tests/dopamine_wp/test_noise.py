"""Perturbations are replayed exactly, do not overlap, and have the right distribution."""

import numpy as np
import pytest

from dopamine_wp.noise import NoiseStream, draw_key


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("kind", ["normal", "rademacher"])
def test_a_stream_is_replayed_bit_for_bit(kind, dtype):
    first, again = np.empty((3, 50), dtype), np.empty((3, 50), dtype)
    NoiseStream(7, 3, kind).fill(first)
    NoiseStream(7, 3, kind).fill(again)
    np.testing.assert_array_equal(first, again)


@pytest.mark.parametrize("kind", ["normal", "rademacher"])
def test_neighboring_steps_share_no_stretch_of_noise(kind):
    """Counters that differ by one in the lowest word would give the same numbers, shifted."""
    one, two = np.empty(1024), np.empty(1024)
    NoiseStream(7, 3, kind).fill(one)
    NoiseStream(7, 4, kind).fill(two)
    spectrum = np.fft.rfft(one, 2048).conj() * np.fft.rfft(two, 2048)
    correlation = np.fft.irfft(spectrum) / 1024
    # Standard deviation 1/32 at every shift; 6 of them, over 2047 shifts
    assert np.abs(correlation).max() < 6 / 32


def test_distributions():
    normal, signs = np.empty(100_000), np.empty(100_000)
    NoiseStream(1, 0, "normal").fill(normal)
    NoiseStream(1, 0, "rademacher").fill(signs)
    assert abs(normal.mean()) < 0.02
    assert abs(normal.var() - 1) < 0.03
    assert abs((normal**4).mean() - 3) < 0.2
    assert set(np.unique(signs)) == {-1, 1}
    assert abs(signs.mean()) < 0.02
    assert abs((signs[1:] * signs[:-1]).mean()) < 0.02


def test_a_generator_moves_on_and_a_seed_does_not():
    generator = np.random.default_rng(0)
    assert draw_key(0) == draw_key(0) == draw_key(generator) != draw_key(generator)
    assert draw_key(None) != draw_key(None)


def test_unknown_noise_is_refused():
    with pytest.raises(ValueError, match="NoiseStream.kind: must be one of 'normal', 'rademacher'"):
        NoiseStream(0, 0, "uniform")
