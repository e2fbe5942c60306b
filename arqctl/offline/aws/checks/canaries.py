"""Checks of canaries of CloudWatch Synthetics: runtime, code, schedule and timeout.

https://docs.aws.amazon.com/AmazonSynthetics/latest/APIReference/API_CreateCanary.html
"""

import re
from collections.abc import Iterator

from arqctl.offline.aws.checks.resource import Resource, as_text, check_exactly_one, make_error
from arqctl.offline.aws.numbers import as_number
from arqctl.offline.diagnostic import Diagnostic

_RUNTIME = re.compile(r"syn-(nodejs(-puppeteer|-playwright)?|python-selenium|java)-(\d+)\.\d+")
# The last releases that AWS has ended, by family.
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Synthetics_Runtime_Support_Policy.html
_ENDED = {"nodejs-puppeteer": 7, "python-selenium": 5}
_RATE = re.compile(r"rate\((\d+) (minute|hour)s?\)")
_MAX_MINUTES = 60


def check_runtime(canary: Resource) -> Iterator[Diagnostic]:
    """Check that Synthetics has the runtime, and creates canaries with it."""
    runtime = canary.get_text("runtime_version")
    if not runtime:
        return
    match = _RUNTIME.fullmatch(runtime)
    if match is None:
        yield make_error(
            "Invalid canary runtime",
            f"runtime_version is {runtime!r}. Write it like syn-nodejs-puppeteer-17.0.",
            "runtime_version",
        )
    elif int(match[3]) <= _ENDED.get(match[1], 0):
        yield make_error(
            "Ended canary runtime",
            f"AWS has ended {runtime}, and creates no canary with it. Use a newer runtime_version.",
            "runtime_version",
        )


def check_code(canary: Resource) -> Iterator[Diagnostic]:
    """Check that the canary has one source of code."""
    if problem := check_exactly_one(canary.values, ("zip_file", "s3_bucket")):
        yield make_error("Canary needs exactly one source of code", problem, "zip_file")


def check_schedule(canary: Resource) -> Iterator[Diagnostic]:
    """Check the rate, which is at most an hour, and that a run ends before the next one."""
    for schedule in canary.get_blocks("schedule"):
        expression = as_text(schedule.get("expression"))
        if not expression or expression.startswith("cron("):
            continue
        rate = _RATE.fullmatch(expression)
        minutes = int(rate[1]) * (_MAX_MINUTES if rate[2] == "hour" else 1) if rate else _MAX_MINUTES + 1
        if minutes > _MAX_MINUTES:
            yield make_error(
                "Invalid canary schedule",
                f"expression is {expression!r}. Use rate(1 minute) to rate(1 hour), or cron(…).",
                "schedule",
            )
        for run in canary.get_blocks("run_config"):
            seconds = as_number(run.get("timeout_in_seconds"))
            if seconds and 0 < minutes * 60 < seconds:
                yield make_error(
                    "Canary runs longer than its interval",
                    f"timeout_in_seconds is {seconds}, and the next run starts before that. Lower it.",
                    "run_config",
                )
