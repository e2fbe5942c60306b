"""No text of a plan moves a terminal's cursor or pretends to be a line of its own."""

from arqctl.core.sanitize import printable
from arqctl.plan.diff.difference import Difference, Kind


def test_what_a_terminal_obeys_is_a_space_wherever_it_stands() -> None:
    hostile = "a\x1b[2Jb\nPASS\u202ec\u2028\ud800"
    told = Difference(hostile, Kind.CHANGED, hostile, "plain", lines=(f"+{hostile}",))
    harmless = "a [2Jb PASS c  "
    assert printable(told) == Difference(harmless, Kind.CHANGED, harmless, "plain", lines=(f"+{harmless}",))


def test_what_is_no_text_stays() -> None:
    assert printable((1, None, Kind.ADDED, "é→")) == (1, None, Kind.ADDED, "é→")
    assert printable((Kind.ADDED,))[0] is Kind.ADDED
