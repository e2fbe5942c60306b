"""Times in which a total outage changes the result of expressions of Prometheus, independent of the library.

Strings don't count. An expression in another form has no time: a rule must then answer UNKNOWN.
https://prometheus.io/docs/prometheus/latest/querying/basics/
"""

import re
from collections.abc import Mapping, Sequence

_DURATION = re.compile(r"(?:\d{1,9}(?:ms|[smhdwy]))+")
_PARTS = re.compile(r"(\d+)(ms|[smhdwy])")
_UNITS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800, "y": 31_536_000}
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"|\'(?:[^\'\\]|\\.)*\'|`[^`]*`')
# Another time than the present, a name within a selector, a comment, and an expression of Terraform.
_UNREADABLE = re.compile(r"\boffset\b|@|__name__|#|\$|%\{|[\"'`]")
_WINDOW = re.compile(r"\[([^\[\]]*)\]")
_RECORD = re.compile(r"(?<![\w:])(\w*:[\w:]*)(?:\{[^{}]*\})?")
# The share of failed requests in a window above a limit, as rules of objectives record it.
_LIMIT = re.compile(r" > (\d{1,9}(?:\.\d+)?)(?= and |\)|\n|$)")
# Few failed requests in the window. Their time depends on the traffic, and the limit on the share decides.
_COUNT = re.compile(r" \* (\d{1,9}) >= (\d{1,9})(?= and |\)|\n|$)")
_MAX_COUNT = 10
_ABOVE_ZERO = re.compile(r" > 0(?= and | or | unless |\)|\n|$)")
# Requests of before, as long as there is no pod: an outage has them at once.
_LOST = re.compile(
    r"max\(kube_\w+_replicas_available\{[^{}]*\} == bool 0\) \* "
    r"sum\(avg_over_time\(\w+:requests:rate\w+\{[^{}]*\}\[\w+\] offset \w+\)\) or vector\(0\)"
)
_BEFORE = re.compile(r"max(?: by \([\w, ]*\))? ?\(max_over_time\(\w+(?:\{[^{}]*\})?\[\w+\]\)\)")
# A fault does not change what a specification wants.
_WANTED = re.compile(r"min(?: by \([\w, ]*\))? ?\(min_over_time\(kube_\w+_spec_\w+(?:\{[^{}]*\})?\[\w+\]\)\)")
_CLAUSE = re.compile(r"\b(?:on|by|ignoring|without)\s*\([^()]*\)\s*$")
_WORD = re.compile(r"(\w+)\s*$")
_OPERATOR = re.compile(r"\b(?:and|or|unless)\b")
_KEEPING = ("and", "count", "label_replace", "max", "min", "or", "sum", "unless")

Records = Mapping[str, Sequence[str]]
"""The expressions of recording rules, by the name of the series. One that nobody can read is `$`."""


def seconds(duration: object) -> float | None:
    """Return a duration such as `1m30s`, or None if it has another form."""
    text = str(duration).strip()
    if not _DURATION.fullmatch(text):
        return None
    return sum(int(number) * _UNITS[unit] for number, unit in _PARTS.findall(text))


def detection_seconds(expression: str, records: Records) -> float | None:
    """Return the time in which a total outage changes the result of an expression, or None if it is unknown.

    A share of failed requests exceeds its limit after this share of its window. All windows of an alternative
    must. Other windows count completely, also those of recorded series.
    """
    text = _without_strings(expression)
    longest = None if text is None else _longest_window(text)
    if text is None or longest is None:
        return None
    times, shares = [longest], []
    for alternative in text.split("\nor\n"):
        found: list[float] = []
        for match in _RECORD.finditer(alternative):
            time = _record_seconds(match[1], records, ())
            limit = _LIMIT.match(alternative, match.end())
            if _is_condition(alternative, match, records):
                continue
            if time is None:
                return None
            if ":ratio_rate" in match[1] and limit:
                found.append(time * float(limit[1]))
            else:
                times.append(time)
        if found:
            shares.append(max(found))
    return max(*times, min(shares, default=0))


def _without_strings(expression: str) -> str | None:
    text = _STRING.sub("", expression)
    return None if _UNREADABLE.search(text) else text


def _longest_window(text: str) -> float | None:
    """Return the longest window in an expression, 0 without one, or None if one is not a plain duration."""
    windows = [seconds(each) for each in _WINDOW.findall(text)]
    if len(windows) != text.count("[") or len(windows) != text.count("]"):
        return None
    known = [each for each in windows if each is not None]
    return max(known, default=0) if len(known) == len(windows) else None


def _record_seconds(name: str, records: Records, users: tuple[str, ...]) -> float | None:
    """Return the longest window of a recorded series with those of the series that it uses."""
    rules = records.get(name)
    if not rules or name in users:
        return None
    times = [_rule_seconds(each, records, (*users, name)) for each in rules]
    known = [each for each in times if each is not None]
    return max(known) if len(known) == len(times) else None


def _rule_seconds(expression: str, records: Records, users: tuple[str, ...]) -> float | None:
    if _LOST.fullmatch(_STRING.sub("", expression)):
        return 0
    text = _without_strings(expression)
    own = _longest_window(text) if text else None
    if text is None or own is None:
        return None
    used = [_record_seconds(match[1], records, users) for match in _RECORD.finditer(text)]
    known = [each for each in used if each is not None]
    return own + max(known, default=0) if len(known) == len(used) else None


def _is_condition(text: str, record: re.Match[str], records: Records) -> bool:
    """Return whether a recorded series can't delay: it has few failures, or the state before the fault."""
    count = _COUNT.match(text, record.end())
    if count and int(count[2]) <= _MAX_COUNT:
        window = seconds(record[1].rpartition(":rate")[2])
        return ":errors:" in record[1] and record[1] in records and window == int(count[1])
    rules = records.get(record[1], ())
    if rules and all(_WANTED.fullmatch(each) for each in rules):
        return True
    # The highest value of a window is above zero from the first value above zero until long after the last.
    is_highest = bool(rules) and all(_BEFORE.fullmatch(_STRING.sub("", each)) for each in rules)
    return is_highest and bool(_ABOVE_ZERO.match(text, record.end())) and _is_wanted(text, record.start())


def _is_wanted(text: str, position: int) -> bool:
    """Return whether the comparison at a position makes the alert fire, and does not prevent it."""
    if re.search(r"\bbool\b", text):
        return False
    is_wanted, start, depth, operators = True, position, 0, ""
    for index in range(position - 1, -2, -1):
        if index < 0 or (text[index] == "(" and depth == 0):
            found = _OPERATOR.findall(operators)
            # The operators have the same precedence and associate to the left, but `or` is weaker.
            is_wanted ^= bool(found) and found[-1] == "unless"
            if index < 0:
                return is_wanted
            if not _keeps(text, index):
                return False
            start, operators = index, ""
        elif text[index] == ")":
            depth += 1
        elif text[index] == "(":
            depth -= 1
        elif depth == 0:
            operators = text[index] + operators
    return start < 0


def _keeps(text: str, start: int) -> bool:
    """Return whether the parentheses around an expression, and what is beside them, keep its result."""
    end, depth = start, 0
    for end in range(start, len(text)):
        depth += (text[end] == "(") - (text[end] == ")")
        if depth == 0:
            break
    before = _CLAUSE.sub("", text[:start]).rstrip()
    word = _WORD.search(before)
    before = before[: word.start()].rstrip() if word else before
    is_known = word is None or word[1] in _KEEPING
    beside = text[end + 1 :].lstrip()[:1] + before[-1:]
    return is_known and not re.search(r"[<>=!+\-*/%^]", beside)
