"""Rate limits: RateLimitPolicy, and directives for connections and bandwidth.

https://nginx.org/en/docs/http/ngx_http_limit_req_module.html
"""

import re
from typing import Final

from arqctl.core.json_access import Body
from arqctl.ingress.draft import HTTP, LOCATION, Draft
from arqctl.ingress.values import integer

_ZONE: Final = {"zoneSize": "5m", "key": "$binary_remote_addr"}
_DEFAULT_BURST: Final = 5


def translate_limits(draft: Draft) -> None:
    """Add the limits of requests, connections and bandwidth to the draft. They count for each gateway pod."""
    multiplier = draft.read("limit-burst-multiplier", integer(1, 1000))
    for name, unit in (("limit-rpm", "m"), ("limit-rps", "s")):
        if rate := draft.read(name, integer(0)):
            rule: Body = {"rate": f"{rate}r/{unit}", "burst": rate * (multiplier or _DEFAULT_BURST)}
            draft.rates.append({**rule, "noDelay": True, **_ZONE})
            draft.migrate(name)
        elif rate == 0:
            draft.skip(name, "The value 0 sets no limit")
    if draft.rates:
        draft.migrate("limit-burst-multiplier")
    elif multiplier:
        draft.skip("limit-burst-multiplier", "Has no effect without limit-rps or limit-rpm")
    if not draft.rates and not draft.annotations.get("limit-connections"):
        for name in ("limit-whitelist", "limit-allowlist"):
            draft.skip(name, "Has no effect without a limit")
    _translate_directives(draft)


def _translate_directives(draft: Draft) -> None:
    if connections := draft.read("limit-connections", integer(0)):
        zone = re.sub(r"[^a-z0-9]", "_", f"ingress_{draft.ingress.key}")
        draft.add_snippet(
            "limit-connections",
            {
                HTTP: f"limit_conn_zone $binary_remote_addr zone={zone}:5m;",
                LOCATION: f"limit_conn {zone} {connections};",
            },
        )
    elif connections == 0:
        draft.skip("limit-connections", "The value 0 sets no limit")
    for name in ("limit-rate", "limit-rate-after"):
        if kilobytes := draft.read(name, integer(0)):
            draft.add_snippet(name, {LOCATION: f"{name.replace('-', '_')} {kilobytes}k;"})
