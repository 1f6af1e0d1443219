"""Tools for old scripts: ``from ivisit.special import *``."""

import numpy as np

import ivisit.matplotlib as ivml
from ivisit.legacy.running.geometry import computeGrid2D, getNearestNeighbor
from ivisit.legacy.running.mouse import ClickDragEventAutomaton
from ivisit.legacy.running.scope import SimpleScope

__all__ = [
    "ClickDragEventAutomaton",
    "SimpleScope",
    "computeGrid2D",
    "getNearestNeighbor",
    "ivml",
    "np",
]
