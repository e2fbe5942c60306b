"""Plans of every environment without an account, for a review that has no credentials: a fork's."""

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from arqctl.core.assembly import Body, Stack, stacks_of
from arqctl.core.errors import InputError
from arqctl.core.terraform_cli import Tell, TerraformError, find_terraform
from arqctl.offline.home import Home
from arqctl.terraform.plan_file import save
from arqctl.terraform.stacks import initialized, synthesized
from arqctl.terraform.target import Site, offline_aws


@dataclass(frozen=True)
class OfflinePlans:
    """Plan JSON by stack. `unchanged` are the stacks that the base has just so: nothing would be planned.

    `base_faults` says of an environment why its plans don't start from the base, and create everything. It is
    empty where they all do, and where no base was given.
    """

    texts: Mapping[str, str]
    unchanged: tuple[str, ...] = ()
    base_faults: Mapping[str, str] = field(default_factory=dict)


def offline_plans(
    root: Path, base: Path | None, environments: Sequence[str] | None, tell: Tell
) -> OfflinePlans:
    """Plan every stack of the environments of the project at `root` on offline AWS; of all when None.

    With `base`, a checkout of another version, that version is deployed first, by its own code and to
    accounts that are thrown away: so the plans show what differs from it. The user's own offline runs are
    neither read nor changed. `tell` is told what is being done, by several threads.

    Raises:
        InputError: when the project doesn't synthesize, an environment isn't there, or there is no Terraform.
        TerraformError: when Terraform refuses a plan.
    """
    binary = find_terraform()
    with TemporaryDirectory(prefix="arqctl-") as named:
        folder = Path(named)
        tell("synthesizing")
        chosen = stacks_of(synthesized(root, folder / "head"), *(environments or ()))
        there: tuple[Stack, ...] = ()
        faults: dict[str, str] = {}
        names = sorted({stack.environment for stack in chosen})
        if base is not None:
            tell("synthesizing the base")
            try:
                there = synthesized(base, folder / "base")
            except InputError as error:
                faults = dict.fromkeys(names, str(error))
        accounts = [_account(name, folder, binary, chosen, there, tell) for name in names]
        # Environments don't meet: they run side by side.
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            planned = list(pool.map(_Account.planned, accounts))
        for each in planned:
            faults.update(each.base_faults)
        return OfflinePlans(
            texts={stack: text for each in planned for stack, text in each.texts.items()},
            unchanged=tuple(stack for each in planned for stack in each.unchanged),
            base_faults=faults,
        )


@dataclass(frozen=True)
class _Account:
    """An environment's simulated account: what is deployed to it, then what is planned.

    `fresh` is another one, for a base that turns out to be no use.
    """

    environment: str
    binary: Path
    site: Site
    fresh: Site
    base: tuple[Stack, ...]
    stacks: tuple[Stack, ...]
    tell: Tell

    def planned(self) -> OfflinePlans:
        """The environment's plans, after its base was deployed as far as it can be.

        Where both are equal it isn't deployed: most pull requests change one environment of several.
        """
        if [*map(_configured, self.base)] == [*map(_configured, self.stacks)]:
            return OfflinePlans({}, tuple(stack.name for stack in self.stacks))
        fault = self._deploy_base()
        site = self.fresh if fault else self.site
        texts = {}
        with initialized(site, self.binary, self.stacks) as ready:
            for each in ready:
                self.tell(f"planning {each.stack.name}")
                # Nothing drifts in an account that was just made.
                texts[each.stack.name] = save(each, self.tell, "-refresh=false").text
        return OfflinePlans(texts, base_faults={self.environment: fault} if fault else {})

    def _deploy_base(self) -> str:
        """Deploy what the base has of the stacks; returns why that can't be done."""
        try:
            with initialized(self.site, self.binary, self.base) as ready:
                for each in ready:
                    self.tell(f"deploying {each.stack.name} as the base has it")
                    each.terraform.plan(self.tell)
                    each.terraform.apply(self.tell)
        except (InputError, TerraformError) as error:
            return str(error)
        return ""


def _configured(stack: Stack) -> tuple[str, Body]:
    """What a stack consists of: not where its state is, which is told by the folder of the checkout."""
    terraform = stack.document.get("terraform")
    settings = terraform if isinstance(terraform, dict) else {}
    without = {name: value for name, value in settings.items() if name != "backend"}
    return stack.name, {**stack.document, "terraform": without}


def _account(
    name: str, folder: Path, binary: Path, chosen: Sequence[Stack], base: Sequence[Stack], tell: Tell
) -> _Account:
    names = {stack.name for stack in chosen}
    return _Account(
        environment=name,
        binary=binary,
        site=offline_aws(Home(folder / "accounts" / name), binary),
        fresh=offline_aws(Home(folder / "fresh" / name), binary),
        base=tuple(stack for stack in base if stack.environment == name and stack.name in names),
        stacks=tuple(stack for stack in chosen if stack.environment == name),
        tell=tell,
    )
