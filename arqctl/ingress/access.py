"""Basic authentication, and allowed and denied networks.

https://docs.nginx.com/nginx-gateway-fabric/traffic-security/basic-authentication/
"""

from typing import Final

from arqctl.ingress.draft import LOCATION, Draft
from arqctl.ingress.values import one_of, parse_networks

_ALLOWED: Final = ("whitelist-source-range", "allowlist-source-range")
_DENIED: Final = "denylist-source-range"
_DEFAULT_REALM: Final = "Authentication Required"
_HTPASSWD_NOTE: Final = (
    "The secret must have the type nginx.org/htpasswd and the key auth. Create it with this type"
)


def translate_access(draft: Draft) -> None:
    """Add authentication and networks to the draft."""
    _translate_basic_auth(draft)
    if denied := draft.read(_DENIED, parse_networks):
        draft.add_snippet(_DENIED, {LOCATION: "\n".join(f"deny {each};" for each in denied)})
    names = [name for name in _ALLOWED if name in draft.annotations]
    allowed = [each for name in names for each in draft.read(name, parse_networks) or ()]
    if allowed:
        rules = [*(f"allow {each};" for each in dict.fromkeys(allowed)), "deny all;"]
        draft.add_snippet(names[0], {LOCATION: "\n".join(rules)})
        for name in names[1:]:
            draft.add_snippet(name, {})


def _translate_basic_auth(draft: Draft) -> None:
    kind = draft.read("auth-type", one_of(["basic", "digest"]))
    secret = draft.value("auth-secret") or ""
    namespace, _, name = secret.rpartition("/")
    if kind == "digest":
        draft.miss("auth-type")
    elif kind == "basic" and not secret:
        draft.reject("auth-type", "There is no secret with the users. Add auth-secret")
    elif kind == "basic" and namespace not in {"", draft.ingress.metadata.namespace}:
        draft.miss("auth-secret")
        draft.migrate("auth-type")
    elif kind == "basic":
        realm = draft.value("auth-realm") or _DEFAULT_REALM
        if not realm.isprintable() or '"' in realm or "\\" in realm or "$" in realm:
            draft.reject("auth-realm", "The realm must be a text without variables and quotes. Correct it")
            realm = _DEFAULT_REALM
        draft.basic_auth = {"secretRef": {"name": name}, "realm": realm}
        draft.change("auth-secret", _HTPASSWD_NOTE)
        draft.migrate("auth-type", "auth-realm")
