"""Where cards stand, and waiting until they do."""

from __future__ import annotations


def box(widget):
    """Return left, top, right and bottom of a widget on the screen."""
    x, y = widget.winfo_rootx(), widget.winfo_rooty()
    return x, y, x + widget.winfo_width(), y + widget.winfo_height()


def boxes(layout):
    """Return where the cards are that stand in the layout."""
    shown = layout.shown_cards().values()
    return {card.name: box(card) for card in shown if card.winfo_viewable()}


def settled(user, window):
    """Wait until all cards stand where the arrangement has them; return where that is."""

    def there():
        layout = window.layout
        board, paned = layout.board, layout.paned
        content = board.content
        if not layout.cards:
            return True
        # What stands around them has its final size, too.
        margins = layout.winfo_width() - paned.winfo_width()
        if layout.winfo_width() != window.root.winfo_width() or margins != 2 * board.gap:
            return False
        if board.winfo_x() + board.winfo_width() != paned.winfo_width():
            return False
        return board.winfo_width() > 50 and all(
            box(board.cards[name])[:2]
            == (content.winfo_rootx() + place.x, content.winfo_rooty() + place.y)
            and board.cards[name].winfo_width() == place.width
            and board.cards[name].winfo_height() == place.height
            for name, place in board.solution.places.items()
        )

    user.until(there)
    return boxes(window.layout)


def opened(user, window):
    """Wait until a window that has just been opened has its size; return where its cards are."""
    root, arranging = window.root, window.arranging
    # The shapes of the pictures may have made it larger.
    user.until(lambda: arranging.fitted in (None, (root.winfo_width(), root.winfo_height())))
    return settled(user, window)
