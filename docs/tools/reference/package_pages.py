"""The pages of the packages, from their docstrings."""

from __future__ import annotations

import importlib
import inspect
from types import ModuleType
from typing import Any

from docs.tools.reference.common import NOTE, cell, escape
from ivisit.reserved import Guarded, OwnedMethod

#: The order in which a reader wants the names of a package; what is not named here comes last.
GROUPS = {
    "ivisit": {
        "Simulations": ["Simulation", "launch"],
        "Controls": [
            "Slider",
            "DictSlider",
            "OptionList",
            "RadioButtons",
            "Checkbox",
            "CheckboxGroup",
            "Button",
            "TextBox",
            "Table",
        ],
        "Panels": ["Image", "Trace", "Raster", "Histogram", "Figure", "TextOutput", "Comment"],
        "Runs": ["run", "RunResult", "replay", "rerun", "Change", "PointerEvent", "Failure"],
        "Comparisons": ["compare", "Comparison"],
        "Films": ["Film"],
        "Sweeps and optimization": ["sweep", "SweepResult", "optimize", "OptimizeResult", "Range"],
        "Parameter sets": ["ParameterStore", "ParameterSet"],
        "Finding simulations": ["get_simulation", "list_simulations", "SimulationInfo"],
        "The engine": ["Engine", "Frame"],
        "Errors": [
            "IVisitError",
            "ParameterError",
            "StoreError",
            "PluginError",
            "RunError",
            "FilmError",
            "DirectiveError",
        ],
        "Scripts for IVISIT 0.7x": [
            "IVisit_main",
            "IVisit_Simulation",
            "IVisit_Parameters",
            "IVisit_Data",
        ],
    },
    "assocmem": {
        "Memories": ["AssociativeMemory", "BinaryMemory", "RetrievalResult", "Channel"],
        "Rules": [
            "RULES",
            "register",
            "Rule",
            "LikelihoodRule",
            "Terms",
            "Potentials",
            "Counts",
            "Weights",
        ],
        "Modules": ["patterns", "measures", "capacity", "decoders", "sequences", "theory"],
    },
    "dopamine_wp": {
        "Training": ["train", "Trainer", "AskTell", "History", "Checkpoint", "plot_histories"],
        "Networks": ["MLP", "RNN", "BlackBox", "Network"],
        "Dopamine": [
            "Dopamine1",
            "Dopamine2",
            "Dopamine2T",
            "DopamineV",
            "DopamineVPlus",
            "DopamineK",
        ],
        "Other rules without derivatives": ["WP", "SPSA", "SNES", "SepCMAES", "NodePerturbation"],
        "With derivatives": [
            "SGD",
            "Momentum",
            "RMSProp",
            "Adam",
            "ForwardGradient",
            "FeedbackAlignment",
            "RFLO",
        ],
        "A rule of your own": [
            "OPTIMIZERS",
            "Optimizer",
            "PerturbationOptimizer",
            "Probe",
            "Proposal",
        ],
        "Modules": ["tasks", "series", "metrics", "baselines"],
    },
}


def package_page(package: str) -> str:
    """Return the page of a package's public names.

    In the repository it has signatures and docstrings as they are; the site renders them instead
    (`docs.tools.hooks`), which the comments around each name are for.
    """
    module = importlib.import_module(package)
    public = [n for n in module.__all__ if is_own(package, getattr(module, n))]
    named = {n for names in GROUPS[package].values() for n in names}
    groups = {h: [n for n in names if n in public] for h, names in GROUPS[package].items()}
    groups["More"] = [n for n in public if n not in named]
    first = next(iter(groups.values()))[0]
    lines = [
        NOTE.format(source="the docstrings"),
        f"# {package}\n",
        f"{first_line(module)}\n",
        f"In Python `help({package}.{first})` prints the same.\n",
        "| name | what it is |\n|---|---|",
    ]
    lines += [
        f"| [`{name}`](#{name.lower()}) | {cell(first_line(getattr(module, name)))} |"
        for names in groups.values()
        for name in names
    ]
    for heading, names in groups.items():
        if names:
            lines += ["", f"## {heading}"]
        for name in names:
            lines += ["", *entry(package, name)]
    return "\n".join(lines) + "\n"


def entry(package: str, name: str) -> list[str]:
    """Return signature, docstring and members of a public name."""
    thing = getattr(importlib.import_module(package), name)
    inherited = inherited_names(package, thing)
    options = f" inherits {' '.join(inherited)}" if inherited else ""
    lines = [f"<!-- begin {package}.{name}{options} -->", f"### {name}", ""]
    doc = first_line(thing) if isinstance(thing, dict) else inspect.getdoc(thing) or ""
    call = [f"{name}{bare_signature(thing)}", ""] if callable(thing) else []
    lines += ["```text", *call, *doc.splitlines(), "```"]
    rows = [member_row(thing, member) for member in (*own_names(thing), *inherited)]
    lines += ["", *filter(None, rows)] if any(rows) else []
    return [*lines, "", "<!-- end -->"]


def own_names(thing: Any) -> list[str]:
    """Return the public members that a class or module defines itself, in their order."""
    if isinstance(thing, ModuleType):
        return [name for name, member in vars(thing).items() if is_offered(thing, name, member)]
    if not isinstance(thing, type) or issubclass(thing, Exception):
        return []
    return [
        name
        for name, member in vars(thing).items()
        if not name.startswith("_")
        and (inspect.isroutine(member) or isinstance(member, (property, classmethod, Guarded)))
    ]


def is_offered(module: ModuleType, name: str, member: Any) -> bool:
    """Tell whether a function or class of a module is for its users."""
    if hasattr(module, "__all__"):
        return name in module.__all__
    return (
        not name.startswith("_")
        and (inspect.isfunction(member) or isinstance(member, type))
        and member.__module__ == module.__name__
    )


def member_row(thing: Any, name: str) -> str:
    """Return the line about a method, property or function; empty where it has no docstring."""
    member = getattr(thing, name)
    if not (summary := first_line(member)):
        return ""
    method = member.function if isinstance(member, OwnedMethod) else member
    call = bare_signature(method) if callable(method) else ""
    return f"- `{name}{call}`: {escape(summary)}"


def bare_signature(thing: Any) -> str:
    """Return what a call takes, without types, which the docstring names."""
    try:
        signature = inspect.signature(thing)
    except (TypeError, ValueError):
        return ""
    bare = [
        p.replace(annotation=p.empty) for p in signature.parameters.values() if p.name != "self"
    ]
    return str(signature.replace(parameters=bare, return_annotation=signature.empty))


#: Bases whose methods matter to those who write a kind of their own, not to those who use one.
FOR_AUTHORS = (
    "ivisit.controls",
    "ivisit.panels",
    "ivisit.declarations",
    "dopamine_wp.optimizers",
    "dopamine_wp.networks",
)


def inherited_names(package: str, cls: Any) -> list[str]:
    """Return what a class inherits from bases that nobody else shows."""
    if not isinstance(cls, type):
        return []
    module = importlib.import_module(package)
    shown = [getattr(module, n) for n in module.__all__]
    hidden = [
        base
        for base in cls.__mro__[1:]
        if base.__module__.startswith(package)
        and base not in shown
        and not base.__module__.startswith(FOR_AUTHORS)
    ]
    names = {
        title: None
        for base in hidden
        for title, member in vars(base).items()
        if not title.startswith("_") and title not in vars(cls)
        if inspect.isfunction(member) or isinstance(member, property)
    }
    return list(names)


def is_own(package: str, thing: Any) -> bool:
    """Tell the package's own names from those that old scripts find in it."""
    if isinstance(thing, ModuleType):
        return thing.__name__.startswith(f"{package}.")
    if isinstance(thing, (str, dict)):
        return isinstance(thing, dict)
    return str(getattr(thing, "__module__", "")).startswith(f"{package}.")


def first_line(thing: Any) -> str:
    """Return the summary of a docstring."""
    if isinstance(thing, dict):
        return f"All by name: {', '.join(map(str, thing))}."
    return (inspect.getdoc(thing) or "").partition("\n\n")[0].replace("\n", " ")
