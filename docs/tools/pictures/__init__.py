"""All pictures of the README and of docs/, and how each is made.

``make pictures`` makes all of them, ``python -m docs.tools.pictures steered.gif`` some. Pictures of
windows come from the running window on a virtual screen (Xvfb), those of examples from the code on
their page. A maker is a function that `makes` registers, in one of the modules here.
"""

from docs.tools.pictures import film, gallery, of_pages, of_windows
from docs.tools.pictures.registry import FOLDER, app, keep, made, main, makes

__all__ = [
    "FOLDER",
    "app",
    "film",
    "gallery",
    "keep",
    "made",
    "main",
    "makes",
    "of_pages",
    "of_windows",
]
