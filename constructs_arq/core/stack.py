"""The stack of an environment: account, region, tags, state and deletion protection."""

from functools import cached_property

from cdktf import App, S3Backend, TerraformResourceLifecycle, TerraformStack
from cdktf_cdktf_provider_aws.provider import AwsProvider, AwsProviderDefaultTags
from constructs import IConstruct
from pydantic import Field

from constructs_arq.core.arn import partition
from constructs_arq.core.config import Config
from constructs_arq.core.errors import ConstructError
from constructs_arq.core.tree_cache import find_root
from constructs_arq.core.values import AccountId, Region, Slug, slugify


def logical_name(construct: IConstruct) -> str:
    """Return a construct's path within its stack as one id: "edge-assets" for `edge/assets`."""
    return slugify(construct_path(construct).partition("/")[2])


def construct_path(construct: IConstruct) -> str:
    """Return a construct's path: its stack's name and the ids from there, joined by slashes."""
    top, ids = find_root(construct)
    return "/".join([top.name if isinstance(top, Stack) else top.node.path, *ids])


class StateConfig(Config):
    """The S3 backend of a stack's Terraform state, with native locking and a KMS key.

    https://developer.hashicorp.com/terraform/language/backend/s3
    """

    bucket: str = Field(description="Name of the bucket that the bootstrap stack created.")
    key_alias: str = Field(
        description='Alias of the KMS key, such as "alias/arq-state".', pattern=r"^alias/[\w/-]+$"
    )
    region: Region | None = Field(
        default=None, description="Region of the bucket and the key; defaults to the stack's region."
    )


class StackConfig(Config):
    """Properties of all resources in a stack. Accounts and regions are configured, never looked up."""

    environment: Slug = Field(description="The environment's name: dev, staging, production.")
    name_prefix: Slug | None = Field(
        default=None,
        description="First part of resource names; defaults to the environment's name. A second stack of the "
        "same kind in another region needs its own, because the names of roles are global.",
    )
    account_id: AccountId = Field(description="The only account that the provider can change.")
    region: Region = Field(description="Region of all resources, unless a service requires another.")
    backup_region: Region = Field(description="Region of backup copies, which survive the loss of `region`.")
    protected: bool = Field(
        default=True,
        description="Whether data is protected from deletion, and final snapshots are taken.",
    )
    project: Slug = Field(description="Tag: the project of the resources.")
    owner: Slug = Field(description="Tag: the team that is responsible.")
    cost_center: Slug = Field(description="Tag: the cost center that pays.")
    state: StateConfig | None = Field(default=None, description="Remote state. None uses a local file.")
    permissions_boundary: str | None = Field(
        default=None,
        pattern=r"^[\w+=,.@-]{1,128}$",
        description="Name of the IAM policy that limits all roles of the stack. It must exist.",
    )
    runbooks_url: str | None = Field(
        default=None,
        pattern=r"^https://[^\s${}%?#]+[^/\s${}%?#]$",
        description="URL of the folder with the runbooks of alarms, one Markdown file each, for alarms.",
    )


class Stack(TerraformStack):
    """A Terraform stack for one account and region, with tags on all resources and its state in S3.

    All constructs of this library must be in one. They read the environment's properties from it.
    """

    def __init__(self, scope: App, id: str, *, config: StackConfig) -> None:
        super().__init__(scope, id)
        self.name: str = id
        self.config: StackConfig = config
        self.account_id: str = config.account_id
        self.region: str = config.region
        self.backup_region: str = config.backup_region
        self.environment: str = config.environment
        self.protected: bool = config.protected
        self._providers: dict[str, AwsProvider] = {}
        self._imports: list[dict[str, str]] = []
        self._configure_backend(id)
        AwsProvider(
            self,
            "aws",
            region=self.region,
            allowed_account_ids=[self.account_id],
            default_tags=[AwsProviderDefaultTags(tags=self.common_tags)],
        )

    @classmethod
    def of(cls, construct: IConstruct) -> "Stack":
        """Return the stack of `construct`.

        Raises:
            ConstructError: if it is a plain `TerraformStack`.
        """
        top, _ = find_root(construct)
        stack = top if isinstance(top, Stack) else TerraformStack.of(construct)
        if not isinstance(stack, Stack):
            raise ConstructError(
                construct.node.path,
                "is not in a constructs_arq Stack, so its account and region are not known",
                fix="Create it in constructs_arq.core.stack.Stack instead of cdktf.TerraformStack.",
            )
        return stack

    @cached_property
    def common_tags(self) -> dict[str, str]:
        """The tags of all resources. Autoscaling groups must repeat them: `default_tags` doesn't apply."""
        return {
            "environment": self.environment,
            "project": self.config.project,
            "owner": self.config.owner,
            "cost-center": self.config.cost_center,
            "managed-by": "terraform",
        }

    @cached_property
    def protection(self) -> TerraformResourceLifecycle | None:
        """The lifecycle of resources with data. In a protected environment, Terraform can't destroy them."""
        return TerraformResourceLifecycle(prevent_destroy=True) if self.protected else None

    @cached_property
    def permissions_boundary_arn(self) -> str | None:
        """The ARN of the policy that limits all roles of the stack."""
        name = self.config.permissions_boundary
        return None if name is None else self.arn("iam", f"policy/{name}", region="")

    def physical_name(self, name: str) -> str:
        """Return a resource name that is unique among the environments of one account."""
        return f"{self.config.name_prefix or self.environment}-{name}"

    def name_prefix(self, name: str, length: int) -> str:
        """Return a prefix of at most `length` characters, to which Terraform adds a unique suffix."""
        return self.physical_name(name)[: length - 1].rstrip("-") + "-"

    def arn(
        self, service: str, resource: str, *, region: str | None = None, account_id: str | None = None
    ) -> str:
        """Return an ARN in this stack's region and account, or in those given.

        Pass `region=""` for global services, and `account_id=""` for resources without an account.
        """
        region = self.region if region is None else region
        account_id = self.account_id if account_id is None else account_id
        return f"arn:{partition(self.region)}:{service}:{region}:{account_id}:{resource}"

    def provider_in(self, region: str) -> AwsProvider | None:
        """Return the provider for a region, or None for the stack's own region, which is the default."""
        if region == self.region:
            return None
        if region not in self._providers:
            self._providers[region] = AwsProvider(
                self,
                f"aws-{region}",
                alias=region,
                region=region,
                allowed_account_ids=[self.account_id],
                default_tags=[AwsProviderDefaultTags(tags=self.common_tags)],
            )
        return self._providers[region]

    def add_import(self, block: dict[str, str]) -> None:
        """Add an import block: cdktf has no import blocks with `for_each`."""
        self._imports.append(block)
        self.add_override("import", self._imports)

    def _configure_backend(self, id: str) -> None:
        state = self.config.state
        if state is None:
            return
        S3Backend(
            self,
            bucket=state.bucket,
            key=f"{id}.tfstate",
            region=state.region or self.region,
            encrypt=True,
            kms_key_id=self.arn("kms", state.key_alias, region=state.region),
            allowed_account_ids=[self.account_id],
        )
        # cdktf 0.21 has no argument for S3's native locking.
        self.add_override("terraform.backend.s3.use_lockfile", True)
