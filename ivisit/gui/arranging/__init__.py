"""Where cards stand: a tree of rows and columns, its pixels, and the hand that changes it.

`tree` is the arrangement (kept as JSON), `solving` gives each card its rectangle, `automatic`
chooses the first arrangement. None of these knows Tk. `board` puts the cards there and has the
sashes, `dragging` moves cards by their headings, `detaching` gives them windows of their own, and
`menus` offers all of it to the keyboard.
"""
