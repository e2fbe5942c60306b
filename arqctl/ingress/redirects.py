"""Redirects: the RequestRedirect filter.

https://gateway-api.sigs.k8s.io/guides/http-redirect-rewrite/
"""

from typing import Final

from arqctl.core.json_access import Body
from arqctl.ingress.draft import Draft
from arqctl.ingress.values import Target, integer, is_host, parse_bool, parse_list, parse_target

# Temporary redirects come first: ingress-nginx ignores permanent ones beside them.
_REDIRECTS: Final = (("temporal-redirect", 302), ("permanent-redirect", 301))
_CODES: Final = frozenset({301, 302, 303, 307, 308})


def translate_redirects(draft: Draft) -> None:
    """Add redirects and further host names to the draft."""
    for name, code in _REDIRECTS:
        if draft.redirect:
            for ignored in (name, f"{name}-code"):
                draft.skip(ignored, "Has no effect beside temporal-redirect")
        elif name in draft.annotations:
            _translate_redirect(draft, name, code)
    if root := draft.read("app-root", _parse_path):
        draft.app_root = root
        draft.migrate("app-root")
    if draft.read("from-to-www-redirect", parse_bool):
        draft.redirects_www = True
        draft.migrate("from-to-www-redirect")
    if aliases := draft.read("server-alias", parse_list):
        draft.aliases = [alias for alias in aliases if is_host(alias)]
        if draft.aliases == aliases:
            draft.migrate("server-alias")
        else:
            draft.miss("server-alias")


def redirect_filter(target: Target, code: int) -> Body:
    """Return a filter. The scheme is always set: without it, the redirect names the listener's port."""
    path: Body = {"path": {"type": "ReplaceFullPath", "replaceFullPath": target.path}} if target.path else {}
    port: Body = {"port": target.port} if target.port else {}
    return {
        "type": "RequestRedirect",
        "requestRedirect": {
            "scheme": target.scheme,
            "hostname": target.hostname,
            **port,
            **path,
            "statusCode": code,
        },
    }


def _translate_redirect(draft: Draft, name: str, default_code: int) -> None:
    code = draft.read(f"{name}-code", integer(300, 308)) or default_code
    if code not in _CODES:
        draft.change(f"{name}-code", f"A filter has no code {code}; the route returns {default_code}")
        code = default_code
    target = draft.read(name, parse_target)
    if target:
        draft.redirect = redirect_filter(target, code)
        if target.path:
            draft.change(name, "The redirect keeps the query of the request; ingress-nginx removes it")
        draft.migrate(name, f"{name}-code")


def _parse_path(text: str) -> str:
    if not text.startswith("/") or set(text) & set("$;{} \t\r\n?#"):
        raise ValueError("must be a path without variables, blanks and query")
    return text
