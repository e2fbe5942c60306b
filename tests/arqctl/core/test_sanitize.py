"""Texts of a plan can't control the terminal or imitate lines of the output."""

from arqctl.core.sanitize import printable
from arqctl.plan.diff.difference import Difference, Kind


def test_control_characters_become_spaces_in_all_fields() -> None:
    hostile = "a\x1b[2Jb\nPASS\u202ec\u2028\ud800"
    difference = Difference(hostile, Kind.CHANGED, hostile, "plain", lines=(f"+{hostile}",))
    harmless = "a [2Jb PASS c  "
    assert printable(difference) == Difference(
        harmless, Kind.CHANGED, harmless, "plain", lines=(f"+{harmless}",)
    )


def test_values_that_are_not_text_are_unchanged() -> None:
    assert printable((1, None, Kind.ADDED, "é→")) == (1, None, Kind.ADDED, "é→")
    assert printable((Kind.ADDED,))[0] is Kind.ADDED
