"""Body sizes, timeouts and buffers: ClientSettingsPolicy and ProxySettingsPolicy.

https://docs.nginx.com/nginx-gateway-fabric/reference/api/
"""

from typing import Final

from arqctl.ingress.draft import LOCATION, Draft
from arqctl.ingress.values import (
    integer,
    parse_bool,
    parse_bytes,
    parse_seconds,
    parse_size,
    parse_switch,
    tokens,
)

_TIMEOUTS: Final = {
    "proxy-connect-timeout": "connect",
    "proxy-read-timeout": "read",
    "proxy-send-timeout": "send",
}
_DEFAULT_BUFFERS, _DEFAULT_BUFFER_SIZE = 4, "4k"
"""Defaults of ingress-nginx."""


def translate_proxying(draft: Draft) -> None:
    """Add sizes, timeouts and buffers to the draft."""
    if (size := draft.read("proxy-body-size", parse_size)) is not None:
        draft.client_body["maxSize"] = size
        draft.migrate("proxy-body-size")
    for name, key in _TIMEOUTS.items():
        if timeout := draft.read(name, parse_seconds):
            draft.timeouts[key] = timeout
            draft.migrate(name)
    _translate_buffering(draft)
    _translate_directives(draft)


def _translate_buffering(draft: Draft) -> None:
    is_on = draft.read("proxy-buffering", parse_switch)
    if is_on is not None:
        draft.buffering["disable"] = not is_on
        draft.migrate("proxy-buffering")
    number = draft.read("proxy-buffers-number", integer(2, 256))
    size = draft.read("proxy-buffer-size", parse_size)
    if number or size:
        count, each = number or _DEFAULT_BUFFERS, size or _DEFAULT_BUFFER_SIZE
        draft.buffering |= {"bufferSize": each, "buffers": {"number": count, "size": each}}
        draft.migrate("proxy-buffers-number", "proxy-buffer-size")
    if busy := draft.read("proxy-busy-buffers-size", parse_size):
        one = parse_bytes(size or _DEFAULT_BUFFER_SIZE)
        least, most = one, one * ((number or _DEFAULT_BUFFERS) - 1)
        if least < parse_bytes(busy) < most:
            draft.buffering["busyBuffersSize"] = busy
            draft.migrate("proxy-busy-buffers-size")
        else:
            note = (
                f"The size must be between {least} and {most} bytes: one buffer, and all but one. Correct it"
            )
            draft.reject("proxy-busy-buffers-size", note)


def _translate_directives(draft: Draft) -> None:
    """Add the settings that only a directive replaces."""
    for name, parse in (
        ("client-body-buffer-size", parse_size),
        ("proxy-max-temp-file-size", parse_size),
        ("proxy-next-upstream", tokens(12)),
        ("proxy-next-upstream-timeout", parse_seconds),
        ("proxy-cookie-domain", tokens(2)),
        ("proxy-cookie-path", tokens(2)),
    ):
        if value := draft.read(name, parse):
            draft.add_snippet(name, {LOCATION: f"{name.replace('-', '_')} {value};"})
    if (tries := draft.read("proxy-next-upstream-tries", integer(0))) is not None:
        draft.add_snippet("proxy-next-upstream-tries", {LOCATION: f"proxy_next_upstream_tries {tries};"})
    if draft.read("proxy-request-buffering", parse_switch) is False:
        draft.add_snippet("proxy-request-buffering", {LOCATION: "proxy_request_buffering off;"})
    if draft.read("relative-redirects", parse_bool):
        draft.add_snippet("relative-redirects", {LOCATION: "absolute_redirect off;"})
    _translate_location_headers(draft)


def _translate_location_headers(draft: Draft) -> None:
    source, target = draft.read("proxy-redirect-from", tokens(1)), draft.read("proxy-redirect-to", tokens(1))
    if source == "default":
        draft.add_snippet("proxy-redirect-from", {LOCATION: "proxy_redirect default;"})
        draft.skip("proxy-redirect-to", "Has no effect with the value default of proxy-redirect-from")
    elif source and target:
        draft.add_snippet("proxy-redirect-from", {LOCATION: f"proxy_redirect {source} {target};"})
        draft.add_snippet("proxy-redirect-to", {})
