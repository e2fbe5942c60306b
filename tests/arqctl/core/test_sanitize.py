"""Texts of a plan cannot control the terminal or add lines."""

from arqctl.core.sanitize import sanitize
from arqctl.plan.diff.difference import Difference, Kind


def test_unprintable_characters_become_spaces_in_all_fields() -> None:
    hostile = "a\x1b[2Jb\nPASS\u202ec\u2028\ud800"
    difference = Difference(hostile, Kind.CHANGED, hostile, "plain", lines=(f"+{hostile}",))
    harmless = "a [2Jb PASS c  "
    assert sanitize(difference) == Difference(
        harmless, Kind.CHANGED, harmless, "plain", lines=(f"+{harmless}",)
    )


def test_other_values_stay_the_same() -> None:
    assert sanitize((1, None, Kind.ADDED, "é→")) == (1, None, Kind.ADDED, "é→")
    assert sanitize((Kind.ADDED,))[0] is Kind.ADDED
