"""Who may import whom: each floor of a package imports from the floors below it only."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

#: From the ground up. What stands on one line may import each other; a part of a package that is
#: named here has a floor of its own.
FLOORS = """
    errors files installation ranges
    unfolding
    declarations events looks
    rendering artists viewing figure_layout
    inking
    rasterizing
    differences
    controls
    panels
    parameters reserved
    simulation
    recording link timing drawing previews pyplots
    class_plan
    pending delivering
    steering
    calling engine
    live courtesy
    worker
    films
    store
    sets
    plugins
    runs
    testing
    pytest_plugin
    gui
    matplotlib
    legacy
    special widgets parser defdb
    launcher
    __init__
    legacy.tools
    commands
    cli
    __main__
"""

HEIGHT = {
    unit: height for height, line in enumerate(FLOORS.strip().splitlines()) for unit in line.split()
}


def imports(file: Path) -> Iterator[str]:
    """Yield the modules that a file imports, also in functions and under ``TYPE_CHECKING``."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: a relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def unit_of(module: str) -> str:
    """Return the part of ivisit that has a floor: ``ivisit.legacy.tools.check`` in legacy.tools."""
    parts = module.split(".")[1:]
    if ".".join(parts[:2]) in HEIGHT:
        return ".".join(parts[:2])
    is_module = parts and any(
        (ROOT / "ivisit" / parts[0]).with_suffix(s).exists() for s in (".py", "")
    )
    return parts[0] if is_module else "__init__"


def module_of(file: Path) -> str:
    """Return the dotted name of a file's module."""
    return ".".join(file.relative_to(ROOT).with_suffix("").parts)


FILES = sorted((ROOT / "ivisit").rglob("*.py"))


@pytest.mark.parametrize("file", FILES, ids=module_of)
def test_each_floor_imports_only_from_the_floors_below(file):
    unit = unit_of(module_of(file))
    assert unit in HEIGHT, f"{unit} needs a place in FLOORS"
    upward = {
        module
        for module in imports(file)
        if module.split(".")[0] == "ivisit"
        and module != "ivisit.__version__"
        and unit_of(module) != unit
        and HEIGHT[unit_of(module)] > HEIGHT[unit]
    }
    assert not upward


@pytest.mark.parametrize("file", FILES, ids=module_of)
def test_only_the_window_knows_tk_and_its_toolkit_nothing_of_simulations(file):
    module = module_of(file)
    if not module.startswith("ivisit.gui"):
        assert not [name for name in imports(file) if name.split(".")[0] == "tkinter"]
    if module.startswith("ivisit.gui.toolkit"):
        others = {unit_of(name) for name in imports(file) if name.split(".")[0] == "ivisit"}
        assert others <= {"gui", "errors", "ranges"}


@pytest.mark.parametrize("package", ["assocmem", "dopamine_wp"])
def test_the_learning_packages_need_ivisit_in_their_plugins_only(package):
    for file in (ROOT / package).rglob("*.py"):
        used = {name.split(".")[0] for name in imports(file)}
        assert "tkinter" not in used
        is_plugin = "simulations" in (file.stem, file.parent.name)
        assert is_plugin or "ivisit" not in used, file
    for file in FILES:
        assert package not in {name.split(".")[0] for name in imports(file)}, file


@pytest.mark.parametrize(
    ("part", "forbidden"),
    [("executors", "ivisit.runs.proposers"), ("proposers", "ivisit.simulation")],
)
def test_executors_know_no_proposers_and_proposers_no_simulation(part, forbidden):
    for file in (ROOT / "ivisit" / "runs" / part).rglob("*.py"):
        assert not [name for name in imports(file) if f"{name}.".startswith(f"{forbidden}.")]
