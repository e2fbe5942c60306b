"""Plans environments on offline AWS, for a review without credentials, such as a fork's."""

import os
import shutil
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from arqctl.core.assembly import Assembly, Stack, select_stacks
from arqctl.core.errors import InputError
from arqctl.core.json_access import Body
from arqctl.core.offline_settings import OfflineSettings
from arqctl.core.progress import ProgressCallback
from arqctl.core.terraform_cli import TerraformError, find_terraform
from arqctl.offline.paths import OfflinePaths
from arqctl.terraform.plan_file import save_plan
from arqctl.terraform.stacks import initialized_workdirs
from arqctl.terraform.target import DeployTarget, offline_aws


@dataclass(frozen=True)
class OfflinePlans:
    """Plan JSON by stack. `unchanged` are the stacks that equal those of the base and have no plan.

    `base_errors` has, by environment, why the base couldn't be deployed: these plans create everything.
    """

    texts: Mapping[str, str]
    unchanged: tuple[str, ...] = ()
    base_errors: Mapping[str, str] = field(default_factory=dict)


def plan_offline(
    head: Assembly,
    base: Assembly | None,
    environments: Sequence[str],
    settings: OfflineSettings,
    on_progress: ProgressCallback,
) -> OfflinePlans:
    """Plan every stack of the environments on offline AWS; of all environments if none is named.

    With `base`, first deploy that assembly to temporary accounts, so that the plans show only the difference.
    Terraform runs in copies of the stacks: neither the assemblies nor the user's own offline runs change.
    Several threads call `on_progress`.

    Raises:
        InputError: when an environment is unknown, or there is no Terraform.
        TerraformError: when a plan fails.
    """
    binary = find_terraform()
    named = {stack.environment for stack in select_stacks(head.stacks, *environments)}
    chosen = select_stacks(head.in_deployment_order, *named)
    names = {stack.name for stack in chosen}
    deployed = [stack for stack in base.in_deployment_order if stack.name in names] if base else []
    with TemporaryDirectory(prefix="arqctl-") as folder:
        accounts = [
            _Account(
                environment=name,
                binary=binary,
                folder=Path(folder) / name,
                base=_of_environment(deployed, name, settings),
                head=_of_environment(chosen, name, settings),
                settings=settings,
                on_progress=on_progress,
            )
            for name in sorted({stack.environment for stack in chosen})
        ]
        # Environments share nothing, so they are planned in parallel.
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            planned = list(pool.map(_Account.plan, accounts))
    return OfflinePlans(
        texts={stack: text for each in planned for stack, text in each.texts.items()},
        unchanged=tuple(stack for each in planned for stack in each.unchanged),
        base_errors={name: error for each in planned for name, error in each.base_errors.items()},
    )


@dataclass(frozen=True)
class _Account:
    """The simulated account of one environment, with the stacks of the base and of head."""

    environment: str
    binary: Path
    folder: Path
    base: tuple[Stack, ...]
    head: tuple[Stack, ...]
    settings: OfflineSettings
    on_progress: ProgressCallback

    def plan(self) -> OfflinePlans:
        """Deploy the base, then plan head. Equal stacks need neither."""
        if [*map(_configuration, self.base)] == [*map(_configuration, self.head)]:
            return OfflinePlans({}, tuple(stack.name for stack in self.head))
        target = self._target("account")
        error = self._deploy_base(target)
        if error:
            # The failed deployment may have left resources behind.
            target = self._target("empty-account")
        texts = {}
        with initialized_workdirs(target, self.binary, _copy(self.head, self.folder / "head")) as workdirs:
            for workdir in workdirs:
                self.on_progress(f"planning {workdir.stack.name}")
                # A new account has no drift.
                name = workdir.stack.name
                saved = save_plan(workdir, self.on_progress, "-refresh=false")
                texts[name] = saved.text
                if self._is_needed_by_others(name) and not saved.is_empty:
                    self.on_progress(f"deploying {name}, which other stacks need")
                    saved.apply(self.on_progress)
        return OfflinePlans(texts, base_errors={self.environment: error} if error else {})

    def _is_needed_by_others(self, name: str) -> bool:
        return name in self.settings.stacks_before(self.environment) or any(
            name in stack.dependencies for stack in self.head
        )

    def _deploy_base(self, target: DeployTarget) -> str:
        """Deploy the base's stacks; return the error if one of them fails, else ""."""
        try:
            with initialized_workdirs(
                target, self.binary, _copy(self.base, self.folder / "base")
            ) as workdirs:
                for workdir in workdirs:
                    self.on_progress(f"deploying {workdir.stack.name} of the base")
                    workdir.terraform.plan(self.on_progress)
                    workdir.terraform.apply(self.on_progress)
        except (InputError, TerraformError) as error:
            return str(error)
        return ""

    def _target(self, name: str) -> DeployTarget:
        return offline_aws(OfflinePaths(self.folder / name), self.binary, self.settings)


def _of_environment(
    stacks: Sequence[Stack], environment: str, settings: OfflineSettings
) -> tuple[Stack, ...]:
    """Return the stacks of an environment, with those that its own stack needs first."""
    first = settings.stacks_before(environment)
    own = [stack for stack in stacks if stack.environment == environment]
    return tuple(sorted(own, key=lambda stack: stack.name not in first))


def _copy(stacks: Sequence[Stack], folder: Path) -> tuple[Stack, ...]:
    copies = []
    for stack in stacks:
        copy = shutil.copytree(stack.file.parent, folder / stack.name)
        copies.append(replace(stack, file=copy / stack.file.name))
    return tuple(copies)


def _configuration(stack: Stack) -> tuple[str, Body]:
    """Return a stack's name and configuration without its backend, which depends on the checkout's folder."""
    terraform = stack.document.get("terraform")
    settings = terraform if isinstance(terraform, dict) else {}
    without_backend = {name: value for name, value in settings.items() if name != "backend"}
    return stack.name, {**stack.document, "terraform": without_backend}
