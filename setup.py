"""Which packages there are; everything else about the distribution is in setup.cfg.

setup.cfg alone cannot say it: ``packages = find:`` finds folders by their own names, and the folder
``data`` is installed under another one, `ivisit_lab_data`.
"""

from setuptools import find_packages, setup

PACKAGES = ["ivisit", "assocmem", "dopamine_wp"]

FOUND = find_packages(include=[pattern for name in PACKAGES for pattern in (name, f"{name}.*")])

setup(packages=[*FOUND, "ivisit_lab_data"])
