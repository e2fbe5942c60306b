"""Snippets of nginx configuration, and logs: SnippetsFilter.

https://docs.nginx.com/nginx-gateway-fabric/traffic-management/snippets/
"""

import re
from typing import Final

from arqctl.ingress.draft import LOCATION, SERVER, Draft
from arqctl.ingress.values import parse_bool

# Directives of modules that only the image of ingress-nginx has, and its own variables.
_UNAVAILABLE: Final = re.compile(
    r"\b(?:more_(?:set|clear)_(?:input_)?headers|\w+_by_lua\w*|lua_\w+|modsecurity\w*|opentelemetry\w*|geoip\w*"
    r"|brotli\w*)\b|\$(?:req_id|best_http_host|pass_\w+|proxy_\w+_name|service_(?:name|port)|ingress_name|namespace"
    r"|redirect_to_https|global_\w+|geoip\w*)\b"
)
# Directives that the gateway writes in each location. nginx refuses the second.
_DUPLICATE: Final = re.compile(r"\b(?:proxy_http_version|proxy_pass|grpc_pass|auth_basic\w*|js_content)\b")


def translate_snippets(draft: Draft) -> None:
    """Add snippets and log directives to the draft."""
    for name, context in (("configuration-snippet", LOCATION), ("server-snippet", SERVER)):
        text = draft.value(name)
        if not text or not draft.allows_snippets:
            continue
        if found := _UNAVAILABLE.search(text):
            draft.reject(name, f"The gateway's nginx has no {found[0]}. Replace it, or remove the snippet")
        elif found := _DUPLICATE.search(text):
            draft.reject(name, f"The gateway sets {found[0]} itself. Remove it from the snippet")
        else:
            draft.add_snippet(name, {context: text.strip()})
    if draft.read("enable-access-log", parse_bool) is False:
        draft.add_snippet("enable-access-log", {LOCATION: "access_log off;"})
    if draft.read("enable-rewrite-log", parse_bool):
        draft.add_snippet("enable-rewrite-log", {LOCATION: "rewrite_log on;"})
