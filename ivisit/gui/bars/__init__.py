"""The bars of the window: toolbar, menu, status line, error pane."""
