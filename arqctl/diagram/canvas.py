"""An SVG page that stands alone: no script, no font and no link from elsewhere, in light and in dark."""

import unicodedata
from xml.etree import ElementTree as ET

from arqctl.diagram.layout import Point, Size

MARGIN = 24
LINE = 18
"""From one line of text to the next."""

_CHARACTER = 7.5
"""How wide a character is, more than most: fonts differ, and text must not leave its box."""
_HEADING = 1.25
_WIDE = frozenset("mwMW@%…")
_STYLE = """
svg { font: 13px system-ui, -apple-system, "Segoe UI", Roboto, Helvetica, Arial, sans-serif }
text { fill: #1f2328 }
.page { fill: #ffffff }
.box { fill: #f3f6f9; stroke: #57606a; stroke-width: 1.2 }
.heading { font-size: 16px; font-weight: 600 }
.count { fill: #57606a }
.traffic, .permission, .use { fill: none; stroke-width: 1.4 }
.traffic { stroke: #0550ae; stroke-width: 3 }
.permission { stroke: #8250df; stroke-dasharray: 6 4 }
.use { stroke: #6e7781 }
.traffic-head { fill: #0550ae }
.permission-head { fill: #8250df }
.use-head { fill: #6e7781 }
.port { fill: #0550ae; font-weight: 600; stroke: #ffffff; stroke-width: 5; paint-order: stroke }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3 }
.page { fill: #0d1117 }
.box { fill: #1a212a; stroke: #8b949e }
.count { fill: #a5aeb8 }
.traffic { stroke: #58a6ff }
.permission { stroke: #bc8cff }
.use { stroke: #8b949e }
.traffic-head { fill: #58a6ff }
.permission-head { fill: #bc8cff }
.use-head { fill: #8b949e }
.port { fill: #79c0ff; stroke: #0d1117 }
}
"""


def width_of(text: str, *, heading: bool = False) -> float:
    """How wide a text gets in whatever font there is."""
    wide = sum(each in _WIDE or unicodedata.east_asian_width(each) in "WF" for each in text)
    return (len(text) + wide) * _CHARACTER * (_HEADING if heading else 1)


def fitted(text: str, width: float, *, heading: bool = False) -> str:
    """As much of a text as there is room for, and an ellipsis where that isn't all."""
    if width_of(text, heading=heading) <= width:
        return text
    while text and width_of(f"{text}…", heading=heading) > width:
        text = text[:-1]
    return f"{text}…"


class Canvas:
    """A piece of the page that things are drawn on, one over the other."""

    def __init__(self, element: ET.Element) -> None:
        self._element = element

    def group(self, title: str = "", *, at: Point | None = None) -> "Canvas":
        """A group of things, with a title for who points at it or hears the page."""
        moved = {"transform": f"translate({number(at.x)} {number(at.y)})"} if at else {}
        element = ET.SubElement(self._element, "g", moved)
        if title:
            ET.SubElement(element, "title").text = printable(title)
        return Canvas(element)

    def text(self, at: Point, text: str, style: str = "", *, ends_there: bool = False) -> None:
        """One line of text that begins, or ends, at a point of its base line."""
        attributes = {"x": number(at.x), "y": number(at.y)}
        attributes |= {"class": style} if style else {}
        attributes |= {"text-anchor": "end"} if ends_there else {}
        ET.SubElement(self._element, "text", attributes).text = printable(text)

    def box(self, size: Size) -> None:
        """A box whose corner is where the group is."""
        edges = {"width": number(size.width), "height": number(size.height), "rx": "6"}
        ET.SubElement(self._element, "rect", {"class": "box", **edges})

    def path(self, course: str, style: str) -> None:
        """A line or a shape, in SVG's own letters."""
        ET.SubElement(self._element, "path", {"class": style, "d": course})


class Page(Canvas):
    """A whole page, which grows downwards."""

    def __init__(self) -> None:
        self._root = ET.Element("g")
        self._right, self._bottom = 0.0, float(MARGIN)
        super().__init__(self._root)

    def take(self, size: Size) -> Point:
        """Give room below all that there is: its upper left corner."""
        corner = Point(MARGIN, self._bottom)
        self._bottom += size.height + MARGIN
        self._right = max(self._right, corner.x + size.width)
        return corner

    def written(self, title: str, description: str) -> str:
        """The page as a file."""
        width, height = number(self._right + MARGIN), number(self._bottom)
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
        ET.SubElement(root, "title", {"id": "title"}).text = printable(title)
        ET.SubElement(root, "desc", {"id": "description"}).text = printable(description)
        ET.SubElement(root, "style").text = _STYLE
        ET.SubElement(root, "rect", {"class": "page", "width": width, "height": height})
        root.extend(self._root)
        ET.indent(root, " ")
        return ET.tostring(root, encoding="unicode") + "\n"


def number(value: float) -> str:
    """A length as it is written: to a tenth of a pixel."""
    return f"{value:.1f}".removesuffix(".0")


def printable(text: str) -> str:
    """A text without what XML can't hold."""
    return "".join(each if each.isprintable() else " " for each in text)
