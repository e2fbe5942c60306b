"""A review from its beginning: synthesize, judge, look at the base, plan, and put it together."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from arqctl.core.assembly import Stack, read_assembly, stacks_of
from arqctl.core.git import commit_of
from arqctl.core.settings import Settings
from arqctl.core.synthesis import synthesized
from arqctl.diagram.mermaid import changed_graph
from arqctl.gate.judge import judge
from arqctl.gate.report import Report
from arqctl.plan.model import Plan
from arqctl.plan.parser import read_plan
from arqctl.plan.redact.redact import hide
from arqctl.review.base import NotCompared, Paths, base_told, base_worktree
from arqctl.review.builder import StackInput, build_review
from arqctl.review.costs import cost_of
from arqctl.review.model import Review
from arqctl.review.plan_dir import read_plans
from arqctl.review.policy_delta import judged
from arqctl.terraform.offline_plans import OfflinePlans, offline_plans

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class ReviewRequest:
    """What is to be reviewed: a project's environments, or all of them where none is named.

    Without `plans`, a folder of plans made elsewhere, all is planned offline. `base` is a branch or commit,
    or "" where nothing is compared. `commit` names what is reviewed where it isn't what git has checked out.
    """

    root: Path
    environments: tuple[str, ...] = ()
    plans: Path | None = None
    base: str = ""
    commit: str = ""
    run_url: str = ""


@dataclass(frozen=True, slots=True)
class _Base:
    """What is known of the base. Without one there is no folder, no report, and no gap."""

    folder: Path | None = None
    commit: str = ""
    paths: Paths = field(default_factory=dict)
    report: Report | None = None
    gap: str = ""


def run_review(request: ReviewRequest, tell: Tell) -> Review:
    """Review a project as it lies there; `tell` is told what is being done.

    Raises:
        InputError: for a project, a plan, a base or an environment that can't be taken.
        TerraformError: when Terraform refuses an offline plan.
    """
    settings = Settings.load(request.root)
    tell("synthesizing")
    with synthesized(request.root) as outdir, _base(request, tell) as base:
        stacks = stacks_of(read_assembly(outdir), *request.environments)
        report = judge(outdir, settings=settings, environments=request.environments or None, progress=tell)
        planned = _planned(request, stacks, base, tell)
    subjects = tuple(_subjects(stacks, planned, report, base))
    commit = request.commit or commit_of(request.root)
    review = build_review(subjects, commit=commit, base=base.commit, run_url=request.run_url)
    return replace(review, gaps=tuple(map(hide, _gaps(base, planned))))


def _gaps(base: _Base, planned: OfflinePlans) -> Iterator[str]:
    if base.gap:
        yield base.gap
    for environment, fault in sorted(planned.base_faults.items()):
        yield f"{environment} seems all new, since what the base has can't be deployed offline: {fault}"


@contextmanager
def _base(request: ReviewRequest, tell: Tell) -> Iterator[_Base]:
    if not request.base:
        yield _Base()
        return
    with base_worktree(request.root, request.base) as folder:
        tell("judging the base")
        told, paths = base_told(folder)
        known = _Base(folder, commit_of(folder), paths) if folder.is_dir() else _Base()
        if isinstance(told, NotCompared):
            yield replace(known, gap=f"Findings are not compared with the base: {told.reason}")
        else:
            yield replace(known, report=told)


def _planned(request: ReviewRequest, stacks: tuple[Stack, ...], base: _Base, tell: Tell) -> OfflinePlans:
    if request.plans is not None:
        return OfflinePlans(read_plans(request.plans, [stack.name for stack in stacks]))
    return offline_plans(request.root, base.folder, request.environments or None, tell)


def _subjects(
    stacks: tuple[Stack, ...], planned: OfflinePlans, report: Report, base: _Base
) -> Iterator[StackInput]:
    for stack in stacks:
        text = planned.texts.get(stack.name)
        if text is not None:
            plan = _plan(stack, text, base.paths.get(stack.name, {}))
        elif stack.name in planned.unchanged:
            plan = Plan(stack.name, stack.environment, "", is_simulated=True)
        else:
            continue
        actions = {row.address: str(row.change.action) for row in plan.resources}
        yield StackInput(
            plan,
            judged=judged(report, base.report, stack.name),
            cost=cost_of(plan, stack),
            diagram=changed_graph(stack, actions),
        )


def _plan(stack: Stack, text: str, before: Mapping[str, str]) -> Plan:
    paths = {**before, **{address: block.path for address, block in stack.blocks.items()}}
    return read_plan(text, stack=stack.name, environment=stack.environment, paths=paths)
