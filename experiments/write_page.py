"""Write the page of the experiments, with the table of claims, from their captions.

python experiments/write_page.py
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from common import FOLDER, write_text

#: The parts of the page, and the experiments of each in the order of telling.
PARTS = {
    "Auto-association": (
        "capacity_rules",
        "noise_estimation",
        "ensembles",
        "capacity_size",
        "suboptimal_rules",
        "wrong_noise",
        "bits_per_synapse",
        "theory",
    ),
    "Dopamine": (
        "xor_rates",
        "forecasting",
        "closed_loop",
        "memory_over_time",
        "rate_over_time",
        "noisy_rewards",
    ),
    "IVISIT": ("old_scripts_speed", "old_directives"),
}

#: What to show first of each package: an experiment, and how its claims begin.
HEADLINES = {
    "assocmem": (
        "bits_per_synapse",
        (
            "palm: search gains more bits per synapse than Willshaw",
            "palm: search gains more bits per synapse than BCPNN",
            "palm: Bayes, search gains more than ln 2 / 4",
        ),
    ),
    "dopamine_wp": (
        "xor_rates",
        (
            "xor: Dopamine1 solves 90 % over more decades than WP",
            "xor: Dopamine1 solves 90 % over more decades than SepCMAES",
            "xor: Dopamine1 needs fewer passes than WP",
            "xor: Dopamine1 needs fewer passes than Adam",
        ),
    ),
    "ivisit": ("old_directives", ("Where 0.72 works", "What differs")),
}

HEAD = """\
# Experiments

<!-- Written by experiments/write_page.py: change that, or the experiments. -->

Figures for what this project says about its learning systems and its window. Each is made by one
script in `experiments/`, from rows that lie beside it as a CSV file; each states
sentences and checks them itself. A sentence **holds** when the whole 95 % interval of its number is
on its side; else it does not, whatever the estimate. Sentences that fail stay: {holding} of
{number} hold. One interval in twenty misses its number, so a few verdicts are wrong.

```
make experiments            # all, about an hour on two cores; goes on where it was ended
make experiments QUICK=1    # small versions, which try the scripts and decide nothing
python experiments/xor_rates.py --redraw    # picture and claims of the rows that are there
```

Methods of one experiment have the same random numbers where that is possible; ratios between them
are therefore sharper than the intervals in the pictures. Theory and guides:
[associative memories](../assocmem.md), [learning without derivatives](../dopamine.md),
[old scripts](../migrating.md).
"""


def captions(folder: Path) -> dict[str, dict[str, Any]]:
    """Return the captions of the experiments that have been run, in the order of the page."""
    names = [name for part in PARTS.values() for name in part]
    files = {name: folder / f"{name}.json" for name in names}
    return {
        name: json.loads(file.read_text(encoding="utf-8"))
        for name, file in files.items()
        if file.exists()
    }


def page(folder: Path) -> str:
    """Return the page as Markdown."""
    known = captions(folder)
    claims = [claim for caption in known.values() for claim in caption["claims"]]
    holding = sum(claim["holds"] for claim in claims)
    lines = [HEAD.format(holding=holding, number=len(claims)), "## In short", ""]
    for package, (name, beginnings) in HEADLINES.items():
        lines += headline(package, name, known[name], beginnings)
    lines += ["## Claims", ""]
    lines += ["| experiment | claim | number [95 % interval] | |", "|---|---|---|---|"]
    for name, caption in known.items():
        lines += [row(name, claim) for claim in caption["claims"]]
    for part, names in PARTS.items():
        lines += ["", f"## {part}"]
        for name in names:
            if name in known:
                lines += section(name, known[name])
    return "\n".join(lines) + "\n"


def headline(
    package: str, name: str, caption: dict[str, Any], beginnings: tuple[str, ...]
) -> list[str]:
    """Return the lines that show first what a package is for, and what it is not."""
    lines = [f"**`{package}`.** {caption['title']}", ""]
    for claim in caption["claims"]:
        if claim["sentence"].startswith(beginnings):
            verdict = "holds" if claim["holds"] else "**does not hold**"
            lines.append(f"- {claim['sentence']}: {verdict}, {claim['number']}.")
    return [*lines, "", f"![{caption['title']}]({name}.png)", ""]


def row(name: str, claim: dict[str, Any]) -> str:
    """Return a claim's row of the table."""
    verdict = "holds" if claim["holds"] else "**does not hold**"
    sentence = claim["sentence"].replace("|", "\\|")
    link = f"[{title(name)}](#{name.replace('_', '-')})"
    return f"| {link} | {sentence} | {claim['number']} | {verdict} |"


def section(name: str, caption: dict[str, Any]) -> list[str]:
    """Return the lines about one experiment: question, picture, caption."""
    versions = ", ".join(f"{key} {value}" for key, value in caption["versions"].items())
    return [
        "",
        f"### {title(name)}",
        "",
        f"**{caption['title']}** {caption['text']}",
        "",
        f"![{caption['title']}]({name}.png)",
        "",
        f"Intervals: {caption['intervals']}. {caption['reference']}",
        f"*`{caption['command']}`, {caption['date']}, {versions}; {caption['processor']}.*",
        f"[Rows]({name}.csv), [script](../../experiments/{name}.py).",
    ]


def title(name: str) -> str:
    """Return a name in words."""
    return name.replace("_", " ").capitalize().replace("Xor", "XOR")


def main() -> int:
    """Write the page."""
    write_text(FOLDER / "README.md", page(FOLDER))
    return 0


if __name__ == "__main__":
    sys.exit(main())
