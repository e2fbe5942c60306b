import pytest

from arqctl.diagram.mermaid import Line, Node, escape, render_flowchart


def test_a_flowchart_has_subgraphs_followed_by_lines() -> None:
    nodes = {
        "a": Node(("one", "two"), "loud", ("outer",)),
        "b": Node(("three",), groups=("outer", "inner")),
        "c": Node(("four",)),
    }
    lines = [Line("a", "b", "==>", "tcp 443"), Line("b", "c")]
    assert render_flowchart(nodes, lines, {"loud": "fill:#fff", "unused": "fill:#000"}).splitlines() == [
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


def test_a_group_with_only_one_subgroup_is_merged_with_it() -> None:
    text = render_flowchart({"a": Node(("x",), groups=("one", "two", "three"))}, [], {})
    assert text.count("subgraph") == 1
    assert 'subgraph g0["one/two/three"]' in text


@pytest.mark.parametrize(
    ("text", "expected"),
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
def test_escape(text: str, expected: str) -> None:
    assert escape(text) == expected
