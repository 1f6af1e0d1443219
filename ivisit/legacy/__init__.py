"""Scripts of IVISIT 0.7x: their comment language, their classes, their files.

From the ground up: `grid` (where a slider rests), `records` (what a widget is), `fields` (texts as
values), `widget_fields` (the fields of a widget by name, from a directive or a row), `readers`
(from them to a record), `lines` and `directives` (the comment language), `merge` (directives that
have changed), `rows`, `tables` and `database` (old files). `sliders`, `bindings` and `declare` turn
records into controls and panels, with which `adapter` makes subclasses of `ivisit.Simulation`;
`winfo`, `canvas`, `handles`, `display` and `parent` are what scripts are given; `starting`,
`reparsing` and `opening` begin a session, and `api` and `old_parser` are what scripts import;
`geometry`, `scope` and `mouse` are the helpers of `ivisit.special`. The tools read scripts without
running them: `source` and `kinds` say what stands in one, `check` and `uses` what to know about it,
and `migrate` makes a new simulation of it, with `naming`, `pointers`, `translate` and `edits`.
"""
