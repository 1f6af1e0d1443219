"""``python -m docs.tools.reference``: write all pages."""

from docs.tools.blocks import ROOT
from docs.tools.reference import pages

for name, text in pages().items():
    (ROOT / "docs" / "reference" / name).write_text(text, encoding="utf-8")
