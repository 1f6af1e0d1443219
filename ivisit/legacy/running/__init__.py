"""The running of old scripts: their classes, their display, their simulation."""
