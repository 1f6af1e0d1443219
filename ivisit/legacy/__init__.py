"""Scripts of IVISIT 0.7x: their comment language, their classes, their files.

From the ground up: `records` (what a widget is), `fields` (texts as values), `widget_fields` (the
fields of a widget by name, from a directive or a row), `readers` (from them to a record), `lines`
and `directives` (the comment language), `merge` (directives that have changed), `rows`, `tables`
and `database` (old files); `bindings` and `declare` turn records into controls and panels, with
which `adapter`
makes subclasses of `ivisit.Simulation`; `canvas`, `handles`, `display` and `parent` are what
scripts are given; `starting`, `reparsing` and `opening` begin a session, and `api` is what scripts
import. `source`, `check` and `migrate` read scripts without running them; `geometry`, `scope` and
`mouse` are the helpers of `ivisit.special`.
"""
