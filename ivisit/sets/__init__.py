"""What can be done with stored parameter sets, for the command line and the window alike.

Nothing here knows Tk. The store keeps and finds; this package says in words how sets differ
(`wording`), which of them somebody looks for (`conditions`, `listing`), and does what takes more
than one call of the store (`actions`).
"""
