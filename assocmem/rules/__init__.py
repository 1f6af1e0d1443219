"""Learning rules, one family a file, and the registry of their names.

Probabilistic rules (`bayes.py`, `bcpnn.py`) yield log odds and take the noise of the query into
account; linear rules (`linear.py`) and binary ones (`willshaw.py`) yield plain sums. A rule of your
own is a subclass of `Rule` with one method; pass an instance to `AssociativeMemory`, or `register`
the class to reach it by name, and run `assocmem.testing.check_rule` on it.
"""

from __future__ import annotations

import difflib

from assocmem.rules.base import LikelihoodRule, Potentials, Rule, Terms, log_ratio, plog, settle
from assocmem.rules.bayes import Bayes, BayesianConfidencePropagation
from assocmem.rules.bcpnn import ClassicBCPNN, FullBCPNN, NoisyBCPNN, ShrunkBCPNN, StableBCPNN
from assocmem.rules.linear import (
    BipolarHopfield,
    Covariance,
    GlobalCovariance,
    Hebb,
    Heterosynaptic,
    Homosynaptic,
    Hopfield,
    PresynapticCovariance,
)
from assocmem.rules.willshaw import InhibitoryWillshaw, Willshaw

__all__ = [
    "RULES",
    "LikelihoodRule",
    "Potentials",
    "Rule",
    "Terms",
    "find",
    "log_ratio",
    "plog",
    "register",
    "settle",
]

#: All registered rules by name.
RULES: dict[str, type[Rule]] = {
    rule.name: rule
    for rule in (
        Bayes,
        BayesianConfidencePropagation,
        ClassicBCPNN,
        NoisyBCPNN,
        FullBCPNN,
        StableBCPNN,
        ShrunkBCPNN,
        Hebb,
        Hopfield,
        BipolarHopfield,
        Covariance,
        GlobalCovariance,
        PresynapticCovariance,
        Homosynaptic,
        Heterosynaptic,
        Willshaw,
        InhibitoryWillshaw,
    )
}


def register(rule: type[Rule]) -> type[Rule]:
    """Add a subclass of `Rule` to `RULES` under its name; usable as a class decorator.

    Parameters
    ----------
    rule : type
        The subclass; its attribute `name` is the name.

    Returns
    -------
    type
        The same class.

    Raises
    ------
    ValueError
        If it is no rule, has no name, or another rule has this name.
    """
    if not (isinstance(rule, type) and issubclass(rule, Rule)):
        raise ValueError(f"rule: must be a subclass of Rule, not {rule!r}")
    _check_name(rule)
    if RULES.setdefault(rule.name, rule) is not rule:
        raise ValueError(f"rule: the name {rule.name!r} is taken by {RULES[rule.name].__name__}")
    return rule


def find(rule: str | Rule | type[Rule]) -> Rule:
    """Return an instance of the rule with this name (or of this class, or the instance itself).

    Raises
    ------
    ValueError
        If no rule has this name, or the rule has none.
    """
    if isinstance(rule, type) and issubclass(rule, Rule):
        rule = rule()
    if isinstance(rule, Rule):
        _check_name(type(rule))
        return rule
    if isinstance(rule, str) and rule in RULES:
        return RULES[rule]()
    close = difflib.get_close_matches(str(rule), RULES, n=1)
    hint = f" Did you mean {close[0]!r}?" if close else ""
    raise ValueError(f"rule: must be one of {', '.join(RULES)}, not {rule!r}.{hint}")


def _check_name(rule: type[Rule]) -> None:
    """Refuse a rule without the name by which tables, files and messages know it."""
    if not isinstance(getattr(rule, "name", None), str):
        raise ValueError(f"rule: {rule.__name__} needs an attribute name, a str")
