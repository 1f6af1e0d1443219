"""What MkDocs needs beyond its settings: the README as start page, and files beside docs/.

Pages link to programs and other files of the repository (``../apps/lorenz.py``), as readers of the
repository need it. The site has copies of these files in its folder ``files``.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
#: Pages that stand above docs/: where they are on the site.
ABOVE = {
    "README.md": "index.md",
    "CONTRIBUTING.md": "how-to-contribute.md",
    "CHANGELOG.md": "changelog.md",
}
_LINK = re.compile(r"(\]\(|src=\")(?!https?:|#|mailto:)([^)#\"\s]+)")


def on_config(config: Any) -> None:
    """Have attributes that the framework owns be shown as attributes, not as calls."""
    from griffe import stdlib_decorators

    stdlib_decorators["ivisit.reserved.Owned"] = {"property"}


def on_files(files: Any, config: Any) -> Any:
    """Add the pages from above docs/, and whatever files the pages link to."""
    from mkdocs.structure.files import File

    for name, place in ABOVE.items():
        text = (ROOT / name).read_text(encoding="utf-8")
        files.append(File.generated(config, place, content=text))
    pages = [file for file in files if file.src_uri.endswith(".md")]
    linked = {
        place: source
        for page in pages
        for _, link in _LINK.findall(page.content_string)
        for source, place in [_target(page.src_uri, link)]
        if place.startswith("files/")
    }
    for place, source in sorted(linked.items()):
        files.append(File.generated(config, place, abs_src_path=str(source)))
    return files


def on_page_markdown(markdown: str, page: Any, config: Any, files: Any) -> str:
    """Have links lead to where things are on the site."""
    here = page.file.src_uri
    if page.parent is None:  # a tab of its own: what would stand on the left is its name alone
        page.meta["hide"] = ["navigation"]

    def moved(match: re.Match[str]) -> str:
        start, link = match.groups()
        _, place = _target(here, link)
        return (
            f"{start}{os.path.relpath(place, os.path.dirname(here) or '.')}" if place else match[0]
        )

    if here.startswith("reference/"):
        markdown = _rendered(markdown)
    return _LINK.sub(moved, markdown)


def on_page_content(html: str, page: Any, config: Any, files: Any) -> str:
    """Mark the code within sentences that fits into any line, so that it is not broken."""
    return re.sub(r"<code>(?=[^<>]{1,26}</code>)", '<code class="short">', html)


def _rendered(markdown: str) -> str:
    """Have mkdocstrings show what the page of the repository shows as plain text."""
    for name in re.findall(r"^<!-- begin (\S+)", markdown, flags=re.M):
        markdown = markdown.replace(f"](#{name.partition('.')[2].lower()})", f"](#{name})")

    def directive(match: re.Match[str]) -> str:
        name, inherited = match.group(1), (match.group(2) or "").split()
        options = f"    options:\n      inherited_members: [{', '.join(inherited)}]\n"
        return f"::: {name}\n{options if inherited else ''}"

    entry = r"^<!-- begin (\S+)(?: inherits (.*?))? -->$.*?^<!-- end -->$"
    return re.sub(entry, directive, markdown, flags=re.M | re.S)


def _target(page: str, link: str) -> tuple[Path, str]:
    """Return the file that a page links to and its place on the site, empty if there is none.

    What is not there is left as it is, so that MkDocs complains of it.
    """
    above = {place: name for name, place in ABOVE.items()}
    folder = (ROOT / above[page] if page in above else ROOT / "docs" / page).parent
    source = (folder / link).resolve()
    name = source.relative_to(ROOT).as_posix() if source.is_relative_to(ROOT) else ""
    if not name or not source.is_file():
        return source, ""
    return source, ABOVE.get(name) or (
        name.removeprefix("docs/") if name.startswith("docs/") else f"files/{name}"
    )
