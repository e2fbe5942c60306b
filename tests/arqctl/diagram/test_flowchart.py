import pytest

from arqctl.diagram.flowchart import Line, Node, flowchart, safe


def test_a_flowchart_has_its_nodes_in_groups_and_its_lines_after_them() -> None:
    nodes = {
        "a": Node(("one", "two"), "loud", ("outer",)),
        "b": Node(("three",), groups=("outer", "inner")),
        "c": Node(("four",)),
    }
    lines = [Line("a", "b", "==>", "tcp 443"), Line("b", "c")]
    assert flowchart(nodes, lines, {"loud": "fill:#fff", "unused": "fill:#000"}).splitlines() == [
        "flowchart LR",
        '  n2["four"]',
        '  subgraph g0["outer"]',
        '    n0["one<br/>two"]:::loud',
        '    subgraph g0_0["inner"]',
        '      n1["three"]',
        "    end",
        "  end",
        '  n0 ==>|"tcp 443"| n1',
        "  n1 --> n2",
        "  classDef loud fill:#fff",
    ]


def test_groups_that_hold_nothing_but_one_other_are_one() -> None:
    text = flowchart({"a": Node(("x",), groups=("one", "two", "three"))}, [], {})
    assert text.count("subgraph") == 1
    assert 'subgraph g0["one/two/three"]' in text


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("aws_iam-role/x 7", "aws_iam-role/x 7"),
        ('a"b', "a#34;b"),
        ("a.b:c", "a#46;b#58;c"),
        ("a -- b", "a #45;#45; b"),
        ("_a_", "#95;a#95;"),
        ("#35;", "#35;35#59;"),
        ("日", "#26085;"),
        (" a\nb\x1b\ud800", "a b"),
        ("x" * 81, "x" * 79 + "#8230;"),
    ],
)
def test_a_text_is_letters_digits_and_numbers_of_characters(text: str, written: str) -> None:
    assert safe(text) == written
