"""CloudWatch alarms: how long they look, at what, and when they speak up."""

from collections.abc import Iterator

from arqctl.offline.aws.checks.resource import Resource, check_exactly_one, get_blocks, make_error
from arqctl.offline.aws.numbers import as_number
from arqctl.offline.diagnostic import Diagnostic

_SHORT = (10, 20, 30)
_MINUTE, _DAY, _WEEK = 60, 86400, 604800
_STATISTICS = ("statistic", "extended_statistic")


def check_period(alarm: Resource) -> Iterator[Diagnostic]:
    """A period is 10, 20 or 30 seconds or whole minutes, and all of them are a week at most."""
    periods = [("period", alarm.get_number("period"))]
    for query in alarm.get_blocks("metric_query"):
        periods += [
            ("metric_query", as_number(each.get("period"))) for each in (query, *get_blocks(query, "metric"))
        ]
    for argument, seconds in periods:
        if seconds is None:
            continue
        if seconds not in _SHORT and (seconds < _MINUTE or seconds % _MINUTE):
            yield make_error(
                "A period that CloudWatch refuses",
                f"period is {seconds} seconds; 10, 20, 30 and multiples of 60 are taken.",
                argument,
            )
        count = alarm.get_number("evaluation_periods")
        longest = _WEEK if seconds >= 3600 else _DAY  # noqa: PLR2004 - an hour, as the API reference says
        if count is not None and float(seconds) * float(count) > longest:
            yield make_error(
                "An alarm that looks back too far",
                f"{count} periods of {seconds} seconds are together more than {longest} seconds.",
                "evaluation_periods",
            )


def check_datapoints(alarm: Resource) -> Iterator[Diagnostic]:
    """No more points raise an alarm than it looks at."""
    points, periods = alarm.get_number("datapoints_to_alarm"), alarm.get_number("evaluation_periods")
    if points is not None and periods is not None and points > periods:
        yield make_error(
            "An alarm that can't ring",
            f"datapoints_to_alarm is {points}, evaluation_periods {periods}. Take no more points.",
            "datapoints_to_alarm",
        )


def check_metric(alarm: Resource) -> Iterator[Diagnostic]:
    """An alarm is about one metric with one statistic, or about a query; and it has a threshold."""
    queried, named = alarm.definitely_set("metric_query"), alarm.definitely_set("metric_name")
    if problem := check_exactly_one(alarm.values, ("metric_name", "metric_query")):
        yield make_error("An alarm is about one thing", problem, "metric_name")
    if named and (problem := check_exactly_one(alarm.values, _STATISTICS)):
        yield make_error("An alarm needs one statistic", problem, "statistic")
    if named and not alarm.possibly_set("period"):
        yield make_error("An alarm without a period", "Give period, in seconds.", "period")
    if queried:
        returning = [each for each in alarm.get_blocks("metric_query") if each.get("return_data") is True]
        if len(returning) != 1:
            yield make_error(
                "An alarm needs one result",
                f"return_data is true in {len(returning)} metric_query blocks; it has to be in one.",
                "metric_query",
            )
        yield from _check_query_ids(alarm)
    if problem := check_exactly_one(alarm.values, ("threshold", "threshold_metric_id")):
        yield make_error("An alarm needs one threshold", problem, "threshold")


def _check_query_ids(alarm: Resource) -> Iterator[Diagnostic]:
    ids = [each.get("id") for each in alarm.get_blocks("metric_query")]
    known = [each for each in ids if isinstance(each, str)]
    for each in sorted({each for each in known if known.count(each) > 1}):
        yield make_error("Two queries with one id", f"metric_query has the id {each} twice.", "metric_query")
    for each in known:
        if not (each[:1].islower() and each.isidentifier()):
            yield make_error(
                "A query id that CloudWatch refuses",
                f"metric_query has the id {each!r}; write a lower-case letter, then letters, digits and _.",
                "metric_query",
            )
