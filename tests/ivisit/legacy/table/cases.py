"""The cases of the table: directives as people write them, odd ones too.

A case is a dict: ``directives`` (lines behind ``#@IVISIT:``, without the SIMULATION), and where
needed ``parameters`` and ``data`` (attribute -> expression that the script's class begins with)
and ``actions`` (what the user, or the script, does afterwards; see `generate.act`).
"""

from __future__ import annotations

from typing import Any

Case = dict[str, Any]


def cases() -> list[Case]:
    """Return all cases, each once."""
    made = [
        *_sliders(),
        *_moved_sliders(),
        *_dict_sliders(),
        *_lists(),
        *_radio_buttons(),
        *_check_boxes(),
        *_buttons(),
        *_text_inputs(),
        *_images(),
        *_text_outputs(),
        *_spellings(),
        *_several_widgets(),
    ]
    return list({repr(case): case for case in made}.values())


def case(*directives: str, **parts: Any) -> Case:
    return {"directives": list(directives), **parts}


def slider(
    grid: str,
    kind: str,
    value: str,
    *,
    name: str = "A",
    size: str = "[200,1]",
    parameter: str = "p",
    index: str = "-1",
) -> str:
    return f"SLIDER & {name} & {size} & {grid} & {parameter} & {index} & {kind} & {value}"


def _sliders() -> list[Case]:
    made = []
    floats = {
        "[0.01,1,5,0.1]": ("1.0", "0.01", "0.5", "0.55", "0", "2", "-1"),
        "[0,1,5,0.1]": ("0.7", "0.123", "0.05", "0.15", "0.95", "1e-3"),
        "[0,6.283,5,0.1]": ("6.283", "3.1416", "6.25", "0.0"),
        "[0,2,4,0.05]": ("1.25", "1.24", "0.025", "1.975"),
        "[0,1,4,0.25]": ("0.25", "0.3", "0.5", "0.7"),
        "[-1,1,4,0.5]": ("0.25", "-0.25", "0.75", "-1.0", "0.1"),
        "[0,10,5,0]": ("0.123456", "3.3333333", "10", "-0.001"),
        "[0,1000,5,0]": ("0.123456", "333.33333", "999.99"),
        "[0.001,0.002,2,0.0001]": ("0.0015", "0.00155", "0.001"),
        "[1e-6,1e-3,2,1e-6]": ("1e-4", "5e-7", "0.00025", "1e-6"),
        "[0,1e6,2,1000]": ("1234", "500000", "999999", "1e6"),
        "[-100,-50,5,0.5]": ("-70.3", "-50", "-100", "0"),
        "[1,100,5,10]": ("100", "1", "55", "50.5", "0"),
        "[0.5,9.5,3,1]": ("3", "3.7", "0.5", "9.5", "9.9"),
        "[0,1,5,0.3]": ("0.9", "1", "0.45", "0.3"),
        "[0,1,5,0.125]": ("0.125", "0.375", "0.5", "1"),
        "[-5,5,3,0.1]": ("0.0", "1.23", "-4.96"),
        "[ -5 , 5 , 3 , 0.1 ]": ("2.5",),
        "[3,3,1,1]": ("3", "5"),
        "[0,1,5,2]": ("0.4", "1", "0.6"),
        "[0,1,5,1]": ("0.3", "0.5", "0.7", "1"),
    }
    for grid, values in floats.items():
        made += [case(slider(grid, "float", value)) for value in values]
    ints = {
        "[0,20,5,1]": ("3", "20", "21", "-1", "3.6", "1e1", "x", "+5", " 7 ", "007", "1_0"),
        "[1,100,5,10]": ("100", "1", "50", "51", "55", "56", "0", "95", "96"),
        "[-5,5,2,2]": ("0", "1", "-1", "5", "-5", "4", "3"),
        "[0,10,5,0.5]": ("5", "10"),
        "[0.4,10.6,5,1]": ("11", "0", "5"),
        "[0.5,1.5,5,1]": ("0", "1", "2"),
        "[0,7,1,3]": ("7", "6", "5", "3", "1", "2"),
        "[-10,-1,3,4]": ("-10", "-9", "-8", "-3", "-1", "0"),
        "[0,1000000,2,1]": ("123456", "999999", "1000000"),
        "[0,100000,2,1000]": ("100000", "1499", "1500", "99999"),
        "[5,50,3,7]": ("5", "12", "13", "50", "47"),
        "[0,10,5,20]": ("0", "9", "10"),
    }
    for grid, values in ints.items():
        made += [case(slider(grid, "int", value)) for value in values]
    for grid in (
        "[0,5]",
        "[0,5,5]",
        "0,5,5,1",
        "[[0,5,5,1]]",
        "[a,b,c,d]",
        "",
        "['0','5','5','1']",
        "[0,5,2.5,1]",
        "[0,5,0,1]",
        "[5,0,5,1]",
        "[0,5,5,-1]",
        "[0,5,5,1,9]",
        "[0;5;5;1]",
        "(0,5,5,1)",
        "[0,5,5,1",
        "[1e0,5E0,5,1]",
    ):
        made += [case(slider(grid, kind, "2")) for kind in ("int", "float")]
    for kind in (
        "INT",
        "integer",
        "INTEGER",
        "Int",
        "double",
        "FLOAT",
        "DOUBLE",
        "Float",
        "text",
        "bool",
        "number",
        "",
        "long",
    ):
        made.append(case(slider("[0,20,5,1]", kind, "3")))
    for size in ("[10,1]", "200", "[200]", "", "[x,y]", "[1000,1]", "[0,0]"):
        made.append(case(slider("[0,10,5,0]", "float", "3.14159265", size=size)))
    for value in ("nan", "inf", "1,5", "", "one", "'2'", "1e400", "0x10", "3/2", ".5", "5."):
        made += [case(slider("[0,20,5,0.5]", kind, value)) for kind in ("int", "float")]
    for present in ("[1,2,3]", "(1,2,3)", "np.array([1,2,3])", "None", "'text'", "{}", "5"):
        for index in ("-1", "0", "2", "3", "1.0", "x"):
            made.append(
                case(slider("[0,20,5,1]", "int", "7", index=index), parameters={"p": present})
            )
    return made


def _moved_sliders() -> list[Case]:
    """Sliders whose value the script, or a hand at one end of the slider, changes."""
    made = []
    grids = {
        ("[0.01,1,5,0.1]", "float", "0.5"): (0.55, 0.04, 0.06, 3, 1.0, 0.449),
        ("[0,6.283,5,0.1]", "float", "3"): (6.283, 6.2, 6.24, 6.26, -1),
        ("[1,100,5,10]", "int", "51"): (100, 96, 95, 5, 6, 0),
        ("[-5,5,2,2]", "int", "3"): (0, 1, 2, -4, 9),
        ("[0,10,5,0]", "float", "5"): (0.123456, 9.99999, 1 / 3),
        ("[0,1,4,0.25]", "float", "0.5"): (0.3, 0.25, 0.7, 0.125),
        ("[0,2,4,0.05]", "float", "1"): (0.33, 1.025, 1.99),
        ("[-100,-50,5,0.5]", "float", "-70"): (-70.3, -50, 0, -99.75),
        ("[0,20,5,1]", "int", "3"): (7, 7.4, 7.5, 7.6, 25, -3),
        ("[1e-6,1e-3,2,1e-6]", "float", "1e-4"): (5e-5, 1e-3, 1.5e-6),
    }
    for (grid, kind, value), moves in grids.items():
        actions = [["set", "A", move] for move in moves]
        made.append(case(slider(grid, kind, value), actions=actions))
        ends = [["end", "A", "maximum"], ["end", "A", "minimum"]]
        made.append(case(slider(grid, kind, value), actions=ends))
    for value in ("3", "7", "10", "0"):
        for change in (
            {"max": 5},
            {"min": 4},
            {"max": 40},
            {"min": 20, "max": 30},
            {"scale": 4},
            {"min": 1, "scale": 0.5},
            {"nTicks": 2},
        ):
            for kind in ("int", "float"):
                actions = [["reconfigure", "A", change], ["set", "A", 4.5], ["set", "A", 100]]
                made.append(case(slider("[0,10,5,1]", kind, value), actions=actions))
    return made


def group(
    *items: str,
    size: str = "[200,20,-1,2,10]",
    parameter: str = "d",
    selected: str = "0",
    **parts: Any,
) -> Case:
    first = f"DICTSLIDER & G & {size} & {parameter} & {selected}"
    return case(first, *items, **{"parameters": {"d": "{}"}, **parts})


def item(grid: str, kind: str, value: str, *, name: str = "i1", key: str = "k") -> str:
    return f"DICTSLIDERITEM & {name} & {grid} & {key} & {kind} & {value}"


def _dict_sliders() -> list[Case]:
    made = []
    for value in ("75", "75.0", "1e2", "4.7", "4.5", "5.5", "-3", "300", "x", "", "nan", "7 "):
        made.append(group(item("[0,200,5,1]", "int", value)))
        made.append(
            group(
                item("[0,9,5,1]", "int", "4", name="first", key="a"),
                item("[0,200,5,1]", "int", value, name="second", key="b"),
            )
        )
    for value in ("0.7", "0.33", "7", "-1", "1e-3", "x", "1", "0.05"):
        made.append(group(item("[0,1,5,0.1]", "float", value)))
        made.append(
            group(
                item("[0,9,5,1]", "int", "4", name="first", key="a"),
                item("[0,1,5,0.1]", "float", value, name="second", key="b"),
            )
        )
    for grid in (
        "[0,5]",
        "[0,5,5]",
        "[5]",
        "",
        "[5,0,5,1]",
        "[0,5,5,0]",
        "[3,3,5,1]",
        "[0,5,0,1]",
        "[0.01,1,5,0.1]",
        "[1,100,5,10]",
        "[-5,5,2,2]",
    ):
        made += [group(item(grid, kind, "3")) for kind in ("int", "float")]
    two = (
        item("[0,10,5,1]", "int", "3", name="first", key="a"),
        item("[0,1,5,0.1]", "float", "0.33", name="second", key="b"),
    )
    made += [group(*two, selected=which) for which in ("0", "1", "2", "-1", "x", "1.0", "")]
    made += [
        group(*two, size=size)
        for size in ("[200,20,-1,0,10]", "[200,20,-1,1,10]", "[200]", "200", "[200,20,1,2,8]", "")
    ]
    made += [
        group(*two, parameters={"d": present})
        for present in ("{'a': 1, 'other': 5}", "[]", "5", "None", "dict(b=0.9)")
    ]
    made += [
        group(*two, actions=actions)
        for actions in (
            [["set", "G", [7, 0.9]], ["set", "G", [77, 7.7]]],
            [["end", "G", "maximum"], ["end", "G", "minimum"]],
            [["choose", "G", "second"], ["end", "G", "maximum"]],
            [["type", "G", "first: 8\nsecond: 0.44"]],
            [["type", "G", "8\n0.25"]],
            [["type", "G", "x: 99"]],
        )
    ]
    made += [
        group(item("[0,10,5,1]", "int", "3", name=name, key=key))
        for name, key in (("a:b", "k"), ("", "k"), ("n", ""), ("a b", "c d"), ("n", "1"))
    ]
    made.append(group(item("[0,1,5,0.1]", "text", "0.5")))
    made.append(group())
    made.append(case(item("[0,1,5,0.1]", "float", "0.5")))
    return made


def listsel(options: str, kind: str, value: str, **parts: Any) -> Case:
    return case(f"LISTSEL & L & [20,5] & {options} & p & -1 & {kind} & {value}", **parts)


def _lists() -> list[Case]:
    made = []
    for kind in ("text", "string", "STRING", "TEXT", "str", "int", "float", "double", "INTEGER"):
        made += [listsel("[1,2,4,8]", kind, value) for value in ("4", "3", "4.0", "x")]
    for options in (
        "[a,b,c]",
        "[a, b, c]",
        "a,b,c",
        "[a]",
        "",
        "[]",
        "[,]",
        "[a,,b]",
        "[a,a,b]",
        "['a','b']",
        "[ä,ö,ß]",
        "[a b,c (d),e/f]",
        "[a,b,c",
    ):
        made.append(listsel(options, "text", "a"))
    made.append(listsel("[a, b, c]", "text", "b", actions=[["choose", "L", " c"]]))
    made.append(listsel("[a,b,c]", "text", "zzz", actions=[["choose", "L", "c"]]))
    made.append(listsel("[1,2,4]", "int", "2", actions=[["choose", "L", "4"]]))
    made.append(listsel("[1,2.5]", "float", "1", actions=[["choose", "L", "2.5"]]))
    made.append(listsel("[0.5,1.5]", "int", "1"))
    for present in ("['x','y']", "('x','y')", "5"):
        made += [
            case(
                f"LISTSEL & L & [20,5] & [a,b] & p & {index} & text & b", parameters={"p": present}
            )
            for index in ("-1", "0", "1", "2")
        ]
    return made


def _radio_buttons() -> list[Case]:
    made = [
        case(f"RADIOBUTTON & R & {options} & p & {value}")
        for options, value in (
            ("[New,Delete,Move]", "New"),
            ("[New,Delete,Move]", "Move"),
            ("[New, Delete, Move]", "Delete"),
            ("[New,Delete,Move]", "other"),
            ("[New,Delete,Move]", ""),
            ("New,Delete", "Delete"),
            ("[one]", "one"),
            ("[1,2]", "2"),
            ("[a,a,b]", "a"),
            ("['a','b']", "a"),
        )
    ]
    three = "RADIOBUTTON & R & [New,Delete,Move] & p & New"
    made.append(case(three, actions=[["choose", "R", "Move"], ["choose", "R", "Delete"]]))
    made += [case(three, parameters={"p": present}) for present in ("[1,2]", "(1,2)", "'Move'")]
    return made


def _check_boxes() -> list[Case]:
    made = [
        case(f"CHECKBOX & C & {labels} & p & {value}")
        for labels, value in (
            ("[gray,rgb,text,extra]", "0110"),
            ("[gray, rgb, text]", "111"),
            ("[a,b]", "1"),
            ("[a,b]", "101"),
            ("[a,b]", "12"),
            ("[a,b]", ""),
            ("[a]", "1"),
            ("[]", "0"),
            ("a,b", "01"),
            ("[a,a]", "01"),
            ("[a,b]", "0 1"),
        )
    ]
    four = "CHECKBOX & C & [gray,rgb,text,extra] & p & 0110"
    made.append(case(four, actions=[["choose", "C", "gray"], ["choose", "C", "rgb"]]))
    made += [case(four, parameters={"p": present}) for present in ("[1,2]", "(1,2)", "'0000'")]
    return made


def _buttons() -> list[Case]:
    made = [
        case(f"BUTTON & B & {texts} & p")
        for texts in ("[<,Reset]", "[a, b]", "[only]", "[a,b,c]", "a,b", "[,]", "")
    ]
    made.append(case("BUTTON & B & [<,Reset] & p", actions=[["press", "B"], ["step"]]))
    made += [
        case("BUTTON & B & [<,Reset] & p", parameters={"p": present}, actions=[["press", "B"]])
        for present in ("[5,6]", "'1'", "0")
    ]
    return made


def text_in(value: str, *, size: str = "[20,3]", index: str = "-1", **parts: Any) -> Case:
    return case(f"TEXT_IN & T & {size} & p & {index} & {value}", **parts)


def _text_inputs() -> list[Case]:
    made = [
        text_in(value)
        for value in (
            "Hello world",
            "",
            "3.5",
            "a, b; c",
            '"quoted"',
            "äöü",
            "  inner  blanks  x",
            "[1,2]",
            "back\\slash",
            "tab\there",
            "50%",
            "$x$",
            "@mail",
        )
    ]
    made += [text_in("x", size=size) for size in ("[20]", "20,3", "", "[0,0]", "[a,b]", "[20.6,2]")]
    made += [
        text_in("x", index=index, parameters={"p": present})
        for present in ("['a','b']", "('a','b')")
        for index in ("-1", "0", "1", "2")
    ]
    made.append(text_in("x", actions=[["type", "T", "two\nlines"], ["type", "T", ""]]))
    return made


def image(scale: str = "1", grid: str = "[0,255]", kind: str = "int") -> str:
    return f"IMAGE & I & {scale} & {grid} & im & {kind}"


def _images() -> list[Case]:
    arrays = (
        "np.arange(12).reshape(3,4)",
        "np.arange(-6,6).reshape(3,4)*60",
        "np.linspace(0,1,12).reshape(3,4)",
        "np.linspace(-300,600,12).reshape(3,4)",
        "np.arange(12).reshape(3,4) % 2 == 0",
        "np.arange(36).reshape(3,4,3)",
        "np.arange(48).reshape(3,4,4)*5",
        "np.arange(24).reshape(3,4,2)*10",
        "np.arange(12).reshape(3,4,1)",
        "np.arange(12)",
        "np.zeros((0,0))",
        "np.zeros((1,2,3,4))",
        "np.array([[0,0,0]])",
        "[[1,2],[3,4]]",
        "((1,2),(3,4))",
        "[[300,2],[3,4]]",
        "[[1.5,2.9],[3,-4]]",
        "[[1,2],[3]]",
        "5",
        "None",
        "'text'",
        "np.array([[np.nan,np.inf],[1.0,-np.inf]])",
        "np.arange(12).reshape(3,4)*(30+7j)",
        "np.array([[1,2],[3,4]], dtype=object)",
        "np.array([[1.7,None],[3,4]], dtype=object)",
        "np.arange(12, dtype='uint16').reshape(3,4)*5000",
        "np.arange(12, dtype='int8').reshape(3,4)-6",
        "np.arange(12, dtype='float16').reshape(3,4)*30",
        "np.array([['a','b']])",
        "np.array([[2**40+5, 7]])",
    )
    made = [case(image(), data={"im": array}) for array in arrays]
    made += [
        case(image(scale), data={"im": "np.arange(36).reshape(3,4,3)*7"})
        for scale in ("2", "2.0", "1.5", "0.5", "0", "-1", "x", "", "3.9")
    ]
    made += [
        case(image(grid=grid, kind=kind), data={"im": "np.linspace(0,300,12).reshape(3,4)"})
        for grid, kind in (
            ("[0,1]", "float"),
            ("[0,300]", "int"),
            ("", "binary"),
            ("[0,255]", "bool"),
            ("[0,255]", "nonsense"),
            ("None", "text"),
        )
    ]
    made.append(case(image()))
    return made


def text_out(options: str = "None", size: str = "[20,3]") -> str:
    return f"TEXT_OUT & O & {size} & {options} & text"


def _text_outputs() -> list[Case]:
    made = [
        case(text_out(options), data={"text": "'some text'"})
        for options in (
            "None",
            "just_left",
            "just_right",
            "[just_left]",
            "[just_left,x]",
            "[x, just_left]",
            "[x,just_right]",
            "",
            "[]",
            "left",
            "JUST_LEFT",
            "['just_left']",
            "[just_left,just_right]",
        )
    ]
    made += [
        case(text_out(), data={"text": expression})
        for expression in (
            "''",
            "5",
            "3.25",
            "None",
            "[1, 2]",
            "np.array([1.5,2])",
            "'a\\nb'",
            "{'a': 1}",
            "np.float64(0.5)",
            "b'bytes'",
            "True",
            "1e-300",
        )
    ]
    made.append(case(text_out()))
    made.append(case(text_out(size="x"), data={"text": "'t'"}))
    return made


def _spellings() -> list[Case]:
    plain = slider("[0,20,5,1]", "int", "3")
    made = [
        case(line)
        for line in (
            " " + plain,
            plain + "   # comment",
            plain + "# a & b",
            plain.replace(" & ", "&"),
            plain.replace(" & ", "  &\t"),
            plain + " &",
            plain + " & surplus",
            plain.rpartition(" &")[0],
            plain.replace("SLIDER", "slider"),
            plain.replace("SLIDER", "Slider"),
            plain.replace("SLIDER", "SLIDERS"),
            plain.replace("SLIDER &", "SLIDER"),
            "NONSENSE & x",
            "",
        )
    ]
    made += [
        case(slider("[0,20,5,1]", "int", "3", name=name))
        for name in (
            "Gain",
            "Gain (dB)",
            "a/b",
            "a.b",
            "ä ß",
            "1st",
            "",
            "it's",
            '"q"',
            "rng",
            "step",
            "parameters",
            "name",
            "x" * 60,
            "%s",
            "a\\b",
        )
    ]
    made += [
        case(slider("[0,20,5,1]", "int", "3", parameter=parameter))
        for parameter in ("gain", "Gain", "_hidden", "a b", "ä", "class", "rng", "p.x", "")
    ]
    return made


def _several_widgets() -> list[Case]:
    first, second = slider("[0,20,5,1]", "int", "3"), slider("[0,9,3,1]", "int", "7")
    return [
        case(first, second),
        case(first, slider("[0,1,3,0.1]", "float", "0.7")),
        case(first, slider("[0,9,3,1]", "int", "7", name="B")),
        case(first, slider("[0,9,3,1]", "int", "7", parameter="q")),
        case(first, "LISTSEL & A & [20,5] & [a,b] & p & -1 & text & b"),
        case(first, "CHECKBOX & C & [a,b] & q & 01", "RADIOBUTTON & R & [x,y] & r & y"),
        case(
            slider("[0,9,3,1]", "int", "4", index="0"),
            slider("[0,9,3,1]", "int", "7", name="B", index="1"),
            parameters={"p": "[0, 0]"},
        ),
        case(first, image(), text_out(), data={"im": "np.ones((2,2))", "text": "'t'"}),
        case("TEXT_IN & T & [20,1] & p & 0 & x", "TEXT_IN & U & [20,1] & q & 0 & y"),
    ]
