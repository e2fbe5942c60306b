"""Measures objectives with the recording rules of a Prometheus server."""

import json
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from arqctl.core.errors import InputError, Problem
from arqctl.core.json_access import Json, as_list, as_object, as_text
from arqctl.slo.measurement import NO_DATA, Measurement
from arqctl.slo.objective import Objective

_SECONDS_TO_ANSWER: Final = 30
# The interval of the recorded requests.
_EVALUATION_SECONDS: Final = 30
_SECONDS_PER_DAY: Final = 86_400
_PAIR: Final = 2
_FORWARD: Final = "kubectl port-forward --namespace monitoring services/kube-prometheus-stack-prometheus 9090"


class Prometheus:
    """A server, for example behind `kubectl port-forward`."""

    def __init__(self, url: str) -> None:
        if urllib.parse.urlsplit(url).scheme not in ("http", "https"):
            raise InputError([Problem("--prometheus", f"{url!r} is no URL", "Use http://localhost:9090")])
        self._url = url.rstrip("/")

    def measure(self, objective: Objective) -> Measurement:
        """Return the measurement of an objective.

        Raises:
            InputError: if the server can't be reached, or refuses a query.
        """
        series, window = f'{{slo="{objective.name}"}}', f"{objective.window_days}d"
        ratio = self._value(f"slo:sli_error:ratio_rate{window}{series}")
        if ratio is None:
            return NO_DATA
        evaluations = self._value(f"count_over_time(slo:requests:rate5m{series}[{window}])") or Decimal(0)
        covered = evaluations * _EVALUATION_SECONDS / (objective.window_days * _SECONDS_PER_DAY)
        return Measurement(
            error_ratio=ratio,
            last_hour=self._value(f"slo:sli_error:ratio_rate1h{series}"),
            covered=min(covered, Decimal(1)),
        )

    def _value(self, query: str) -> Decimal | None:
        """Return the only value of an instant query, or None without data."""
        samples = self._query(query)
        if len(samples) > 1:
            raise self._error(f"{query} has {len(samples)} results", "Query one server, not several")
        if not samples:
            return None
        value = as_list(as_object(samples[0]).get("value"))
        number = Decimal(as_text(value[1])) if len(value) == _PAIR else Decimal("NaN")
        return number if number.is_finite() else None

    def _query(self, query: str) -> Sequence[Json]:
        url = f"{self._url}/api/v1/query?{urllib.parse.urlencode({'query': query})}"
        try:
            with urllib.request.urlopen(url, timeout=_SECONDS_TO_ANSWER) as response:  # noqa: S310 - checked scheme
                answer = as_object(json.load(response))
        except (OSError, ValueError) as error:
            raise self._error(str(error), f"Run `{_FORWARD}`") from error
        if answer.get("status") != "success":
            raise self._error(as_text(answer.get("error")) or "no result", "Check the URL")
        return as_list(as_object(answer.get("data")).get("result"))

    def _error(self, what: str, fix: str) -> InputError:
        return InputError([Problem(f"Prometheus at {self._url}", what, fix)])
