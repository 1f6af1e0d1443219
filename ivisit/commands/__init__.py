"""The commands of ``ivisit``, one group a module; each module has one function `add`.

Nothing heavy is imported before a command runs, so that ``ivisit --help`` answers at once.
"""
