"""Optimizers from the few settings that a window offers for all of them."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from dopamine_wp.networks import Network
from dopamine_wp.optimizers import OPTIMIZERS, Optimizer

#: Rules whose rate is the fraction of a step that has a size of its own.
_FRACTIONAL = ("DopamineV", "DopamineVPlus", "DopamineK", "SNES", "SepCMAES")
_OWN_WIDTH = ("SNES", "SepCMAES", "NodePerturbation")

#: Windows in a batch that suit a rule, where they are not 16.
WINDOWS = {"DopamineK": 2, "DopamineVPlus": 8}


def rules_for(net: Network) -> list[str]:
    """Return the names of the registered optimizers that can train a network."""
    return [name for name in OPTIMIZERS if _trains(name, net)]


def _trains(name: str, net: Network) -> bool:
    rule = make_optimizer(name, rate=0.1, sigma=1e-3, perturbations=0)
    try:
        rule.check_network(net)
    except ValueError:
        return False
    return True


def make_optimizer(name: str, *, rate: float, sigma: float, perturbations: int) -> Optimizer:
    """Return a registered optimizer with what applies to it of these settings.

    Parameters
    ----------
    name : str
        A key of `OPTIMIZERS`.
    rate : float
        Learning rate; rules that take a fraction of a step of their own size keep that fraction.
    sigma : float
        Size of the perturbation; the evolution strategies and `NodePerturbation`, for which it is
        another quantity, keep their own.
    perturbations : int
        Directions in a step; 0 keeps the rule's own number.
    """
    settings: dict[str, Any] = {"decay": None}
    if name not in _FRACTIONAL:
        settings["rate"] = rate
    if name not in _OWN_WIDTH:
        settings["sigma"] = sigma
    if perturbations and name != "Dopamine2T":
        settings["perturbations"] = perturbations
    cls = OPTIMIZERS[name]
    known = {field.name for field in fields(cls)}
    return cls(**{key: value for key, value in settings.items() if key in known})
