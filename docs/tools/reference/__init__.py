"""The pages of docs/reference, written from the parser, the docstrings and the schema.

``make reference`` does it; a test says when a page is stale.
"""

from docs.tools.reference.command_page import command_line, commands
from docs.tools.reference.package_pages import GROUPS, is_own, package_page
from docs.tools.reference.store_page import QUERIES, store_schema

__all__ = ["GROUPS", "QUERIES", "commands", "is_own", "pages"]


def pages() -> dict[str, str]:
    """Return the text of each page by its file name."""
    return {
        "command-line.md": command_line(),
        "store-schema.md": store_schema(),
        **{f"{package}.md": package_page(package) for package in GROUPS},
    }
