"""Evaluates IAM requests with @cloud-copilot/iam-simulate, in one Node process for all tests.

https://github.com/cloud-copilot/iam-simulate
"""

import json
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

SCRIPT = Path(__file__).parents[1] / "node" / "simulate.mjs"

Policy = Mapping[str, Any]
Context = Mapping[str, str | Sequence[str]]


@dataclass(frozen=True, kw_only=True)
class Principal:
    """The ARN of who calls, and the policies that limit it."""

    arn: str
    identity: Sequence[Policy] = ()
    boundary: Policy | None = None
    session: Policy | None = None
    scps: Sequence[Policy] = ()

    @property
    def account(self) -> str:
        return self.arn.split(":")[4]


@dataclass(frozen=True, kw_only=True)
class Request:
    """One API call. `account` owns the resource; the principal's account is the default.

    Set `is_checked` to False if IAM's published data doesn't know the resource's ARN.
    """

    action: str
    resource: str = "*"
    context: Context = field(default_factory=dict)
    account: str = ""
    policy: Policy | None = None
    rcps: Sequence[Policy] = ()
    blocks_public: bool = False
    is_checked: bool = True


@dataclass(frozen=True)
class Decision:
    """IAM's decision, and which kinds of policy block what the others allow."""

    result: str
    blocked_by: frozenset[str]
    ignored_keys: frozenset[str]

    @property
    def is_allowed(self) -> bool:
        return self.result == "Allowed"


class SimulationError(Exception):
    """The evaluator refused a policy or a request."""


class Simulator:
    """A running evaluator."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            ["node", str(SCRIPT)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self._ids: dict[tuple[str, str], str] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(timeout=10)

    def decide(self, principal: Principal, request: Request) -> Decision:
        """Return IAM's decision.

        Raises:
            SimulationError: if the action, the resource or a policy is invalid.
        """
        message = {
            "principal": principal.arn,
            "action": request.action,
            "resource": request.resource,
            "account": request.account or principal.account,
            "context": dict(request.context),
            "identity": [self._keep("identity", each) for each in principal.identity],
            "boundary": principal.boundary and self._keep("identity", principal.boundary),
            "session": principal.session and self._keep("identity", principal.session),
            "resource_policy": request.policy and self._keep("resource", request.policy),
            "scps": [self._keep("scp", each) for each in principal.scps],
            "rcps": [self._keep("rcp", each) for each in request.rcps],
            "block_public": request.blocks_public,
            "is_checked": request.is_checked,
        }
        answer = self._ask(message)
        if "error" in answer:
            raise SimulationError(f"{request.action} on {request.resource}: {answer['error']}")
        return Decision(
            answer["decision"], frozenset(answer["blocked_by"]), frozenset(answer["ignored_keys"])
        )

    def _keep(self, kind: str, policy: Policy) -> str:
        key = kind, json.dumps(policy, sort_keys=True)
        if key not in self._ids:
            identifier = f"policy-{len(self._ids)}"
            errors = self._ask({"id": identifier, "kind": kind, "document": policy})["errors"]
            if errors:
                raise SimulationError(f"{errors} in {policy}")
            self._ids[key] = identifier
        return self._ids[key]

    def _ask(self, message: Mapping[str, Any]) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(message) + "\n")
        self._process.stdin.flush()
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        return answer
