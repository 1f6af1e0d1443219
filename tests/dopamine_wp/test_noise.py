"""Perturbations are replayed exactly, do not overlap, and have the right distribution."""

import numpy as np
import pytest
from scipy import stats

from dopamine_wp.noise import NoiseStream, draw_key


def replay(key, step, kind, out):
    stream = NoiseStream(key, kind)
    stream.restart(step)
    stream.fill(out)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("kind", ["normal", "rademacher"])
def test_a_stream_is_replayed_bit_for_bit(kind, dtype):
    first, again = np.empty((3, 50), dtype), np.empty((3, 50), dtype)
    replay(7, 3, kind, first)
    replay(7, 3, kind, again)
    np.testing.assert_array_equal(first, again)


@pytest.mark.parametrize("kind", ["normal", "rademacher"])
def test_neighboring_steps_share_no_stretch_of_noise(kind):
    """Counters that differ by one in the lowest word would give the same numbers, shifted."""
    one, two = np.empty(1024), np.empty(1024)
    replay(7, 3, kind, one)
    replay(7, 4, kind, two)
    spectrum = np.fft.rfft(one, 2048).conj() * np.fft.rfft(two, 2048)
    correlation = np.fft.irfft(spectrum) / 1024
    # Standard deviation 1/32 at every shift; 6 of them, over 2047 shifts
    assert np.abs(correlation).max() < 6 / 32


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_normal_noise_is_normal(dtype):
    # An odd length beyond one chunk; 2e5 numbers resolve 0.5 % of the distribution function
    normal = np.empty(200_001, dtype)
    replay(1, 0, "normal", normal)
    assert stats.kstest(normal, "norm").pvalue > 1e-4
    assert abs((normal.astype(float) ** 4).mean() - 3) < 0.1
    assert 4 < np.abs(normal).max() < 7
    # Neither neighbors nor the two halves of a pair are correlated
    for lag in (1, 2**14, 2**14 + 1):
        assert abs(np.corrcoef(normal[:-lag], normal[lag:])[0, 1]) < 0.015
        assert abs(np.corrcoef(normal[:-lag] ** 2, normal[lag:] ** 2)[0, 1]) < 0.015


def test_rademacher_noise_has_independent_signs():
    signs = np.empty(200_001)
    replay(1, 0, "rademacher", signs)
    assert set(np.unique(signs)) == {-1, 1}
    assert abs(signs.mean()) < 0.015
    assert abs((signs[1:] * signs[:-1]).mean()) < 0.015


def test_restarting_equals_a_fresh_generator_with_the_counter():
    mine, reference = np.empty(10), np.empty(10)
    replay(9, 5, "normal", mine)
    bits = np.random.Philox(key=9, counter=[0, 0, 5, 0])
    np.random.Generator(bits).standard_normal(out=reference)
    np.testing.assert_array_equal(mine, reference)


def test_a_generator_moves_on_and_a_seed_does_not():
    generator = np.random.default_rng(0)
    assert draw_key(0) == draw_key(0) == draw_key(generator) != draw_key(generator)
    assert draw_key(None) != draw_key(None)


def test_unknown_noise_is_refused():
    with pytest.raises(ValueError, match="NoiseStream.kind: must be one of 'normal', 'rademacher'"):
        NoiseStream(0, "uniform")


@pytest.mark.parametrize("kind", ["normal", "rademacher"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("size", [1, 8, 17, 1000])
def test_scaled_noise_is_the_noise_times_the_scale(kind, dtype, size):
    stream = NoiseStream(5, kind)
    plain, scaled = np.empty(size, dtype), np.empty(size, dtype)
    stream.restart(3)
    stream.fill(plain)
    stream.restart(3)
    stream.fill(scaled, 0.25)
    np.testing.assert_allclose(scaled, plain * 0.25, rtol=1e-6)
