"""Runs without a window: single ones, their results, where they come from."""
