"""Draws a self-contained SVG page for light and dark mode, without scripts, fonts or links."""

import unicodedata
from xml.etree import ElementTree as ET

from arqctl.diagram.layout import Point, Size

MARGIN = 24
LINE_HEIGHT = 18
"""Pixels from one line of text to the next."""

_CHARACTER_WIDTH = 7.5
"""Width of a character in pixels. Larger than average, as fonts differ and text must stay in its box."""
_HEADING_FACTOR = 1.25
_WIDE_CHARACTERS = frozenset("mwMW@%…")
_STYLE = """
svg { font: 13px system-ui, -apple-system, "Segoe UI", Roboto, Helvetica, Arial, sans-serif }
text { fill: #1f2328 }
.page { fill: #ffffff }
.box { fill: #f3f6f9; stroke: #57606a; stroke-width: 1.2 }
.heading { font-size: 16px; font-weight: 600 }
.count { fill: #57606a }
.traffic, .permission, .reference { fill: none; stroke-width: 1.4 }
.traffic { stroke: #0550ae; stroke-width: 3 }
.permission { stroke: #8250df; stroke-dasharray: 6 4 }
.reference { stroke: #6e7781 }
.traffic-head { fill: #0550ae }
.permission-head { fill: #8250df }
.reference-head { fill: #6e7781 }
.port { fill: #0550ae; font-weight: 600; stroke: #ffffff; stroke-width: 5; paint-order: stroke }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3 }
.page { fill: #0d1117 }
.box { fill: #1a212a; stroke: #8b949e }
.count { fill: #a5aeb8 }
.traffic { stroke: #58a6ff }
.permission { stroke: #bc8cff }
.reference { stroke: #8b949e }
.traffic-head { fill: #58a6ff }
.permission-head { fill: #bc8cff }
.reference-head { fill: #8b949e }
.port { fill: #79c0ff; stroke: #0d1117 }
}
"""


def width_of(text: str, *, heading: bool = False) -> float:
    """Estimate the width of a text in any common font."""
    wide = sum(each in _WIDE_CHARACTERS or unicodedata.east_asian_width(each) in "WF" for each in text)
    return (len(text) + wide) * _CHARACTER_WIDTH * (_HEADING_FACTOR if heading else 1)


def truncate(text: str, width: float, *, heading: bool = False) -> str:
    """Truncate a text to a width, with an ellipsis."""
    if width_of(text, heading=heading) <= width:
        return text
    while text and width_of(f"{text}…", heading=heading) > width:
        text = text[:-1]
    return f"{text}…"


class Canvas:
    """A group of SVG elements, drawn in order."""

    def __init__(self, element: ET.Element) -> None:
        self._element = element

    def group(self, title: str = "", *, at: Point | None = None) -> "Canvas":
        """Add a group with a title for tooltips and screen readers."""
        moved = {"transform": f"translate({format_length(at.x)} {format_length(at.y)})"} if at else {}
        element = ET.SubElement(self._element, "g", moved)
        if title:
            ET.SubElement(element, "title").text = replace_unprintable(title)
        return Canvas(element)

    def text(self, at: Point, text: str, style: str = "", *, align_right: bool = False) -> None:
        """Add a line of text that starts, or ends, at a point of its baseline."""
        attributes = {"x": format_length(at.x), "y": format_length(at.y)}
        attributes |= {"class": style} if style else {}
        attributes |= {"text-anchor": "end"} if align_right else {}
        ET.SubElement(self._element, "text", attributes).text = replace_unprintable(text)

    def box(self, size: Size) -> None:
        """Add a box at the group's origin."""
        edges = {"width": format_length(size.width), "height": format_length(size.height), "rx": "6"}
        ET.SubElement(self._element, "rect", {"class": "box", **edges})

    def path(self, commands: str, style: str) -> None:
        """Add a path with SVG path commands."""
        ET.SubElement(self._element, "path", {"class": style, "d": commands})


class Page(Canvas):
    """A page that grows downwards."""

    def __init__(self) -> None:
        self._root = ET.Element("g")
        self._right, self._bottom = 0.0, float(MARGIN)
        super().__init__(self._root)

    def reserve(self, size: Size) -> Point:
        """Reserve space at the bottom, and return its upper left corner."""
        corner = Point(MARGIN, self._bottom)
        self._bottom += size.height + MARGIN
        self._right = max(self._right, corner.x + size.width)
        return corner

    def render(self, title: str, description: str) -> str:
        """Render the page as SVG."""
        width, height = format_length(self._right + MARGIN), format_length(self._bottom)
        root = ET.Element(
            "svg",
            {
                "xmlns": "http://www.w3.org/2000/svg",
                "viewBox": f"0 0 {width} {height}",
                "width": width,
                "height": height,
                "role": "img",
                "aria-labelledby": "title description",
            },
        )
        ET.SubElement(root, "title", {"id": "title"}).text = replace_unprintable(title)
        ET.SubElement(root, "desc", {"id": "description"}).text = replace_unprintable(description)
        ET.SubElement(root, "style").text = _STYLE
        ET.SubElement(root, "rect", {"class": "page", "width": width, "height": height})
        root.extend(self._root)
        ET.indent(root, " ")
        return ET.tostring(root, encoding="unicode") + "\n"


def format_length(value: float) -> str:
    """Format a length with one decimal at most."""
    return f"{value:.1f}".removesuffix(".0")


def replace_unprintable(text: str) -> str:
    """Replace characters that XML doesn't allow with spaces."""
    return "".join(each if each.isprintable() else " " for each in text)
