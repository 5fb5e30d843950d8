"""Comparisons shared by the model tests."""

import numpy as np


def error_of_range(actual, expected):
    """Largest absolute difference over the range of the expected values.

    A constant output has no range; its largest magnitude (or 1) stands for it.
    """
    expected = np.asarray(expected, np.float64)
    actual = np.asarray(actual, np.float64)
    if expected.size == 0:
        return 0.0
    spread = float(expected.max() - expected.min()) or float(np.abs(expected).max()) or 1.0
    difference = float(np.abs(actual - expected).max())
    return float("inf") if np.isnan(difference) else difference / spread


def assert_close(actual, expected, tolerance, what):
    assert tuple(actual.shape) == tuple(expected.shape), (
        f"{what}: shape {actual.shape}, expected {expected.shape}"
    )
    error = error_of_range(actual, expected)
    assert error <= tolerance, f"{what}: differs by {error:.2e} of the range, limit {tolerance:.0e}"
