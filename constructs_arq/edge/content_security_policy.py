"""The Content-Security-Policy of pages."""

import re
from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from constructs_arq.core.config import Config, validation_error
from constructs_arq.edge.headers import Header

_ORIGIN = r"(https|wss)://(\*\.)?([a-z0-9-]+\.)+[a-z]{2,63}(:\d{1,5})?"
_HASH = r"'sha(256|384|512)-[\w+/=-]+'"
_INLINE_DATA = "data:|blob:"
# Bundlers such as Vite put small images and fonts into the code as data URLs. Neither can run code.
# https://vite.dev/config/build-options.html#build-assetsinlinelimit
_INLINED = ("data:",)
_ENDPOINT_NAME = "csp"

# API responses are data: a browser that renders one as a page must load and run nothing.
API_CONTENT_SECURITY_POLICY = "default-src 'none'; frame-ancestors 'none'"


def _validate_sources(pattern: str, *, fix: str) -> AfterValidator:
    def validate(values: tuple[str, ...]) -> tuple[str, ...]:
        bad = [value for value in values if not re.fullmatch(pattern, value)]
        if bad:
            raise validation_error(f"must contain only supported sources, unlike {', '.join(bad)}", fix=fix)
        return values

    return AfterValidator(validate)


Origins = Annotated[
    tuple[str, ...],
    _validate_sources(_ORIGIN, fix="Write each like https://api.example.com or wss://live.example.com."),
]
CodeSources = Annotated[
    tuple[str, ...],
    _validate_sources(
        f"{_ORIGIN}|{_HASH}", fix="Write each like https://cdn.example.com, or as a hash: 'sha256-…'."
    ),
]
MediaSources = Annotated[
    tuple[str, ...],
    _validate_sources(
        f"{_ORIGIN}|{_INLINE_DATA}", fix="Write each like https://cdn.example.com, data: or blob:."
    ),
]
WorkerSources = Annotated[
    tuple[str, ...],
    _validate_sources(f"{_ORIGIN}|blob:", fix="Write each like https://cdn.example.com or blob:."),
]


class CspMode(StrEnum):
    """Reaction of a browser to a source that the policy does not allow."""

    ENFORCE = "enforce"
    """It blocks and reports it."""
    REPORT_ONLY = "report-only"
    """It loads and reports it. Use this to try a policy on an existing site."""


class ContentSecurityPolicy(Config):
    """External sources that pages may load, in addition to their own origin and inlined images and fonts.

    https://developer.mozilla.org/en-US/docs/Web/HTTP/Guides/CSP
    """

    script: CodeSources = Field(default=(), description="Sources of scripts.")
    style: CodeSources = Field(default=(), description="Sources of style sheets.")
    image: MediaSources = Field(default=(), description="Sources of images.")
    font: MediaSources = Field(default=(), description="Sources of fonts.")
    connect: Origins = Field(default=(), description="Origins that scripts may call.")
    frame: Origins = Field(default=(), description="Origins that pages may embed in frames.")
    worker: WorkerSources = Field(
        default=(), description="Sources of workers. Workers that a bundler inlines need blob:."
    )
    mode: CspMode = Field(default=CspMode.ENFORCE, description="Whether browsers block, or only report.")
    report_to: Annotated[str, StringConstraints(pattern=r"^https://[\w./:-]+$")] | None = Field(
        default=None, description="URL to which browsers send reports. None sends none."
    )

    @property
    def enforced(self) -> str | None:
        """The value of the Content-Security-Policy header, or None if browsers only report."""
        return self.render() if self.mode is CspMode.ENFORCE else None

    @property
    def headers(self) -> Sequence[Header]:
        """Further headers that the policy needs."""
        headers = []
        if self.mode is CspMode.REPORT_ONLY:
            headers.append(Header("Content-Security-Policy-Report-Only", self.render()))
        if self.report_to:
            headers.append(Header("Reporting-Endpoints", f'{_ENDPOINT_NAME}="{self.report_to}"'))
        return headers

    def render(self) -> str:
        """Return the policy."""
        sources: dict[str, tuple[str, ...]] = {
            "default-src": (),
            "script-src": self.script,
            "style-src": self.style,
            "img-src": (*_INLINED, *self.image),
            "font-src": (*_INLINED, *self.font),
            "connect-src": self.connect,
            "frame-src": self.frame,
            "worker-src": self.worker,
            "base-uri": (),
            "form-action": (),
        }
        allowed = [
            " ".join((directive, "'self'", *dict.fromkeys(others))) for directive, others in sources.items()
        ]
        return "; ".join(
            [*allowed, "object-src 'none'", "frame-ancestors 'none'", *self._upgrade, *self._reporting]
        )

    @property
    def _upgrade(self) -> Sequence[str]:
        # Browsers ignore this directive in a policy that only reports, and log a warning.
        return ["upgrade-insecure-requests"] if self.mode is CspMode.ENFORCE else []

    @property
    def _reporting(self) -> Sequence[str]:
        # Firefox and Safari only know report-uri. Browsers that know report-to ignore it.
        return [f"report-uri {self.report_to}", f"report-to {_ENDPOINT_NAME}"] if self.report_to else []
