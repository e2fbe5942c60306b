from arqctl.diagram.overview import Box, Kind, Overview, Wire
from arqctl.diagram.overview_mermaid import render_mermaid


def test_stacks_are_subgraphs_and_constructs_are_nodes() -> None:
    boxes = (Box("api", 1_200, (("role", 3), ("group", 1))), Box("database", 1))
    wires = (
        Wire("api", "database", (Kind.TRAFFIC, Kind.PERMISSION), ("tcp 5432",)),
        Wire("database", "api", (Kind.PERMISSION,)),
        Wire("api", "api", (Kind.REFERENCE,)),
    )
    assert render_mermaid(
        [Overview("dev", 1_201, boxes, wires), Overview("dev-x", 1, (Box("api", 1),), ())]
    ) == "\n".join(
        [
            "flowchart TB",
            '  subgraph g0["dev#58; 1#44;201 resources"]',
            '    n0["api<br/>1#44;200 resources<br/>role#58; 3<br/>group#58; 1"]',
            '    n1["database<br/>1 resource"]',
            "  end",
            '  subgraph g1["dev-x#58; 1 resource"]',
            '    n2["api<br/>1 resource"]',
            "  end",
            '  n0 ==>|"tcp 5432"| n1',
            "  n1 -.-> n0",
            "  n0 --> n0",
            "",
        ]
    )
