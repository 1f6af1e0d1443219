"""Simulations for the ivisit framework: watch a memory recall, and watch it fill up.

ivisit gui associative-recall
ivisit run associative-capacity --steps 40 --out capacity.npz
"""

from assocmem.simulations.capacity import AssociativeCapacity
from assocmem.simulations.recall import AssociativeRecall

__all__ = ["AssociativeCapacity", "AssociativeRecall"]
