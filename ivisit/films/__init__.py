"""Films of a simulation: what to film, how its panels become pictures, and files of pictures."""

from ivisit.films.request import Film

__all__ = ["Film"]
