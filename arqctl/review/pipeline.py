"""Runs a review: synthesizes head and base once each, evaluates both, plans, and combines the results."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from arqctl.core.assembly import Assembly, Stack, select_stacks
from arqctl.core.git import describe_commit
from arqctl.core.progress import ProgressCallback
from arqctl.core.settings import Settings
from arqctl.core.synthesis import temporary_assembly
from arqctl.diagram.changed_graph import render_changes
from arqctl.gate.evaluation import evaluate
from arqctl.gate.report import Report
from arqctl.plan.model import Plan
from arqctl.plan.parser import read_plan
from arqctl.plan.redact.redact import redact
from arqctl.review.base import Base, base_worktree, evaluate_base
from arqctl.review.builder import StackInput, build_review
from arqctl.review.costs import estimate_cost
from arqctl.review.model import Review
from arqctl.review.plan_dir import read_plans
from arqctl.review.policy_delta import policy_delta
from arqctl.review.separate_stacks import SeparatePlans, plan_separate_stacks
from arqctl.terraform.offline_plans import OfflinePlans, plan_offline


@dataclass(frozen=True, slots=True)
class ReviewRequest:
    """Options of a review. An empty `environments` means all environments of the project.

    `plans` is a folder with plans; without it, the review plans on offline AWS. `base` is a branch or a
    commit; with "" nothing is compared. `commit` replaces the commit that git has checked out.
    """

    root: Path
    environments: tuple[str, ...] = ()
    plans: Path | None = None
    base: str = ""
    commit: str = ""
    run_url: str = ""


def run_review(request: ReviewRequest, on_progress: ProgressCallback) -> Review:
    """Review the project's working tree.

    Raises:
        InputError: when the project, a plan, the base or an environment is invalid.
        TerraformError: when an offline plan fails.
    """
    settings = Settings.load(request.root)
    on_progress("synthesizing")
    with temporary_assembly(request.root) as head, _base(request, on_progress) as base:
        stacks = select_stacks(head.stacks, *request.environments)
        environments = sorted({stack.environment for stack in stacks}) if request.environments else None
        report = evaluate(
            head.folder, settings=settings, environments=environments, on_progress=on_progress
        ).report
        plans = _plans(request, head, base, on_progress)
        separate = SeparatePlans()
        if request.plans is not None and base.assembly is not None:
            separate = plan_separate_stacks(
                head, base.assembly, request.environments, settings, on_progress, planned=plans.texts
            )
        plans = replace(plans, texts={**plans.texts, **separate.texts})
    review = build_review(
        tuple(_stack_inputs(stacks, plans, report, base)),
        commit=request.commit or describe_commit(request.root),
        base=base.commit,
        run_url=request.run_url,
    )
    return replace(review, gaps=tuple(map(redact, (*_gaps(request, base, plans), *separate.gaps))))


def _gaps(request: ReviewRequest, base: Base, plans: OfflinePlans) -> Iterator[str]:
    if base.problem:
        yield f"Findings are not compared with the base: {base.problem}"
    if request.base and not request.plans and not base.assembly:
        yield "Every resource is shown as new: the plans start from an empty account instead of the base"
    for environment, error in sorted(plans.base_errors.items()):
        yield f"{environment} is shown as new, because the base can't be deployed to offline AWS: {error}"


@contextmanager
def _base(request: ReviewRequest, on_progress: ProgressCallback) -> Iterator[Base]:
    if not request.base:
        yield Base()
        return
    with base_worktree(request.root, request.base) as project:
        on_progress("evaluating the base")
        with evaluate_base(project) as base:
            yield base


def _plans(request: ReviewRequest, head: Assembly, base: Base, on_progress: ProgressCallback) -> OfflinePlans:
    if request.plans is None:
        return plan_offline(
            head,
            base.assembly,
            request.environments,
            Settings.load(request.root).offline,
            on_progress,
        )
    separate = Settings.load(request.root).separate
    return OfflinePlans(
        read_plans(request.plans, head.in_deployment_order, request.environments, separate=separate)
    )


def _stack_inputs(
    stacks: tuple[Stack, ...], plans: OfflinePlans, report: Report, base: Base
) -> Iterator[StackInput]:
    for stack in stacks:
        text = plans.texts.get(stack.name)
        if text is not None:
            plan = _read_plan(stack, text, base.construct_paths(stack.name))
        elif stack.name in plans.unchanged:
            plan = Plan(stack.name, stack.environment, "", is_simulated=True)
        else:
            continue
        actions = {row.address: str(row.change.action) for row in plan.resources}
        yield StackInput(
            plan,
            policy=policy_delta(report, base.report, stack.name),
            cost=estimate_cost(plan, stack),
            diagram=render_changes(stack, actions),
        )


def _read_plan(stack: Stack, text: str, base_paths: Mapping[str, str]) -> Plan:
    """Read a plan. A deleted resource has a construct path only in the base."""
    paths = {**base_paths, **{address: block.path for address, block in stack.blocks.items()}}
    return read_plan(text, stack=stack.name, environment=stack.environment, paths=paths)
