"""The extracted schemas are complete and match the documentation of the real providers."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from arqctl.core.errors import InputError
from arqctl.offline.bindings import typescript_sources
from arqctl.offline.schema.extract import extract
from arqctl.offline.schema.model import Attribute, Block, NestedBlock, Nesting
from arqctl.offline.types import BOOL, DYNAMIC, NUMBER, STRING, Collection, Object, Type
from tests.arqctl.offline.installed_schemas import PROVIDERS, binding_of, schema_of
from tests.arqctl.offline.tiny_bindings import TINY, install_bindings, tiny_files


def _resource(name: str) -> Block:
    return schema_of(name.partition("_")[0]).resources[name]


def _flags(block: Block, name: str) -> str:
    attribute = block.attributes[name]
    flags = ("required", "optional", "computed", "sensitive", "write_only")
    return " ".join(flag for flag in flags if getattr(attribute, flag))


def _bounds(nested: NestedBlock) -> tuple[str, int, int]:
    return nested.nesting.value, nested.min_items, nested.max_items


def _strings(kind: str) -> Type:
    return Collection(kind, STRING)  # type: ignore[arg-type]  # a valid kind


@pytest.fixture(scope="module", params=PROVIDERS)
def provider(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture(scope="module")
def sources(provider: str) -> Mapping[str, str]:
    """The TypeScript of the provider's bindings."""
    return typescript_sources(binding_of(provider))


@pytest.mark.parametrize("name", [pytest.param("aws", marks=pytest.mark.slow), *PROVIDERS[1:]])
def test_cached_schemas_equal_the_extracted_ones(name: str) -> None:
    """The other tests read the cached schemas."""
    assert extract(binding_of(name)) == schema_of(name)


def test_every_submodule_is_a_type(provider: str, sources: Mapping[str, str]) -> None:
    """Count types in a different way than the extractor: by the constants in the sources."""
    schema = schema_of(provider)
    constants = {kind: set() for kind in ("Resource", "DataSource", "Provider")}  # type: dict[str, set[str]]
    for text in sources.values():
        kind = re.search(r"extends cdktf\.Terraform(Resource|DataSource|Provider) \{", text)
        constant = re.search(r'tfResourceType = "(\w+)"', text)
        assert kind
        assert constant
        constants[kind[1]].add(constant[1])
    assert set(schema.resources) == constants["Resource"]
    assert set(schema.data_sources) == constants["DataSource"]
    assert constants["Provider"] == {provider}


def test_every_attribute_is_extracted(provider: str, sources: Mapping[str, str]) -> None:
    """The generator writes a comment above each attribute and block of a class."""
    schema = schema_of(provider)
    for text in sources.values():
        main = re.split(r"\nexport class \w+ extends cdktf\.Terraform", text)[1].partition("\nexport ")[0]
        constant = re.search(r'tfResourceType = "(\w+)"', main)
        assert constant
        names = set(re.findall(r"// (\w+) - computed: ", main))
        if constant[1] == provider:
            block, names = schema.configuration, names - {"alias"}
        elif main.startswith("DataSource"):
            block = schema.data_sources[constant[1]]
        else:
            block = schema.resources[constant[1]]
        assert {*block.attributes, *block.blocks} == names, constant[1]


def test_schemas_satisfy_terraforms_rules(provider: str) -> None:
    """Terraform core checks these rules when it loads a schema."""
    schema = schema_of(provider)
    for block in (schema.configuration, *schema.resources.values(), *schema.data_sources.values()):
        for inner in _blocks(block):
            assert not set(inner.attributes) & set(inner.blocks)
            for attribute in inner.attributes.values():
                assert attribute.required or attribute.optional or attribute.computed, attribute
                assert not (attribute.required and (attribute.optional or attribute.computed)), attribute
                assert not (attribute.write_only and attribute.computed), attribute
            for nested in inner.blocks.values():
                assert nested.max_items == 0 or nested.min_items <= nested.max_items


def _blocks(block: Block) -> Iterator[Block]:
    yield block
    for nested in block.blocks.values():
        yield from _blocks(nested.block)


def test_eks_cluster() -> None:
    cluster = _resource("aws_eks_cluster")
    assert _flags(cluster, "name") == "required"
    assert _flags(cluster, "id") == "optional computed"
    assert _flags(cluster, "arn") == "computed"
    assert cluster.attributes["enabled_cluster_log_types"].type == _strings("set")
    assert cluster.attributes["tags"].type == _strings("map")
    assert _bounds(cluster.blocks["vpc_config"]) == ("list", 1, 1)
    assert _bounds(cluster.blocks["encryption_config"]) == ("list", 0, 1)
    assert _bounds(cluster.blocks["timeouts"]) == ("single", 0, 0)
    vpc = cluster.blocks["vpc_config"].block
    assert _flags(vpc, "subnet_ids") == "required"
    assert vpc.attributes["subnet_ids"].type == _strings("set")
    assert _flags(vpc, "vpc_id") == "computed"
    issuer = Object({"oidc": Collection("list", Object({"issuer": STRING}))})
    assert cluster.attributes["identity"].type == Collection("list", issuer)
    assert cluster.attributes["identity"].nested is None


def test_db_instance() -> None:
    instance = _resource("aws_db_instance")
    assert _flags(instance, "instance_class") == "required"
    assert _flags(instance, "engine_version") == "optional computed"
    assert _flags(instance, "password_wo") == "optional write_only"
    assert _flags(instance, "password_wo_version") == "optional"
    assert instance.attributes["allocated_storage"].type == NUMBER
    assert instance.attributes["multi_az"].type == BOOL
    assert _bounds(instance.blocks["restore_to_point_in_time"]) == ("list", 0, 1)


def test_security_group_rules_are_attributes() -> None:
    group = _resource("aws_security_group")
    assert "ingress" not in group.blocks
    ingress = group.attributes["ingress"]
    assert _flags(group, "ingress") == "optional computed"
    assert ingress.nested is None
    assert isinstance(ingress.type, Collection)
    assert ingress.type.kind == "set"
    assert isinstance(ingress.type.element, Object)
    assert ingress.type.element.attributes["cidr_blocks"] == _strings("list")
    assert ingress.type.element.attributes["self"] == BOOL


def test_launch_template() -> None:
    template = _resource("aws_launch_template")
    assert _bounds(template.blocks["block_device_mappings"]) == ("list", 0, 0)
    assert _bounds(template.blocks["metadata_options"]) == ("list", 0, 1)
    assert template.attributes["vpc_security_group_ids"].type == _strings("set")
    ebs = template.blocks["block_device_mappings"].block.blocks["ebs"].block
    assert ebs.attributes["encrypted"].type == STRING


def test_cloudfront_distribution() -> None:
    distribution = _resource("aws_cloudfront_distribution")
    assert _bounds(distribution.blocks["origin"]) == ("set", 1, 0)
    assert _bounds(distribution.blocks["default_cache_behavior"]) == ("list", 1, 1)
    assert _bounds(distribution.blocks["ordered_cache_behavior"]) == ("list", 0, 0)
    codes = distribution.blocks["origin_group"].block.blocks["failover_criteria"].block
    assert codes.attributes["status_codes"].type == Collection("set", NUMBER)


def test_web_acl_has_the_statements_that_the_bindings_type_as_any() -> None:
    rule = _resource("aws_wafv2_web_acl").blocks["rule"]
    assert _bounds(rule) == ("set", 0, 0)
    statement = rule.block.blocks["statement"].block
    managed = statement.blocks["managed_rule_group_statement"].block
    assert _flags(managed, "vendor_name") == "required"
    assert _bounds(managed.blocks["rule_action_override"].block.blocks["action_to_use"]) == ("list", 1, 1)
    assert _bounds(statement.blocks["rate_based_statement"].block.blocks["custom_key"]) == ("list", 0, 5)
    depth, inner = 0, statement
    while "and_statement" in inner.blocks:
        inner = inner.blocks["and_statement"].block.blocks["statement"].block
        depth += 1
    assert depth == 3
    assert "not_statement" not in inner.blocks
    assert "xss_match_statement" in inner.blocks


def test_a_rule_group_has_no_statements_for_rule_groups() -> None:
    statement = _resource("aws_wafv2_rule_group").blocks["rule"].block.blocks["statement"].block
    assert "rate_based_statement" in statement.blocks
    assert not {"managed_rule_group_statement", "rule_group_reference_statement"} & set(statement.blocks)


@pytest.mark.parametrize(
    ("kind", "data_sets"),
    [
        ("analysis", "data_set_identifiers_declarations"),
        ("dashboard", "data_set_identifiers_declarations"),
        ("template", "data_set_configuration"),
    ],
)
def test_quicksight_has_the_definitions_that_the_bindings_type_as_any(kind: str, data_sets: str) -> None:
    definition = _resource(f"aws_quicksight_{kind}").blocks["definition"]
    assert _bounds(definition) == ("list", 0, 1)
    assert _bounds(definition.block.blocks[data_sets]) == ("list", 1, 0)
    sheets = definition.block.blocks["sheets"].block
    assert _flags(sheets, "sheet_id") == "required"
    bars = sheets.blocks["visuals"].block.blocks["bar_chart_visual"].block
    wells = bars.blocks["chart_configuration"].block.blocks["field_wells"].block
    category = wells.blocks["bar_chart_aggregated_field_wells"].block.blocks["category"].block
    column = category.blocks["categorical_dimension_field"].block.blocks["column"].block
    assert _flags(column, "column_name") == "required"


def test_a_data_source_has_the_definition_as_an_attribute() -> None:
    definition = schema_of("aws").data_sources["aws_quicksight_analysis"].attributes["definition"]
    assert isinstance(definition.type, Collection)
    assert isinstance(definition.type.element, Object)
    assert "sheets" in definition.type.element.attributes


def test_iam_policy_document() -> None:
    document = schema_of("aws").data_sources["aws_iam_policy_document"]
    assert _flags(document, "json") == "computed"
    assert _bounds(document.blocks["statement"]) == ("list", 0, 0)
    statement = document.blocks["statement"].block
    assert statement.attributes["actions"].type == _strings("set")
    assert _bounds(statement.blocks["condition"]) == ("set", 0, 0)
    assert statement.blocks["condition"].block.attributes["values"].type == _strings("list")


def test_helm_has_nested_attributes() -> None:
    release = _resource("helm_release")
    assert "set" not in release.blocks
    nested = release.attributes["set"].nested
    assert nested
    assert nested.nesting is Nesting.LIST
    assert nested.attributes["name"] == Attribute("name", STRING, required=True)
    assert nested.attributes["type"] == Attribute("type", STRING, optional=True, computed=True)
    assert _flags(release, "set_wo") == "optional write_only"
    assert _flags(release, "set_wo_revision") == "optional"
    timeouts = release.attributes["timeouts"].nested
    assert timeouts
    assert timeouts.nesting is Nesting.SINGLE


def test_data_sources_have_no_write_only_attributes() -> None:
    assert not schema_of("helm").data_sources["helm_template"].attributes["set_wo"].write_only


def test_the_provider_configuration_of_helm_has_nested_attributes() -> None:
    kubernetes = schema_of("helm").configuration.attributes["kubernetes"].nested
    assert kubernetes
    command = kubernetes.attributes["exec"].nested
    assert command
    assert command.attributes["command"].required


@pytest.mark.parametrize("name", [each for each in PROVIDERS if each != "helm"])
def test_other_providers_have_no_nested_attributes(name: str) -> None:
    schema = schema_of(name)
    blocks = (schema.configuration, *schema.resources.values(), *schema.data_sources.values())
    assert all(
        attribute.nested is None
        for block in blocks
        for inner in _blocks(block)
        for attribute in inner.attributes.values()
    )


def test_kubernetes() -> None:
    manifest = _resource("kubernetes_manifest")
    assert manifest.attributes["manifest"] == Attribute("manifest", DYNAMIC, required=True)
    assert manifest.attributes["object"].type == DYNAMIC
    secret = _resource("kubernetes_secret_v1")
    assert _flags(secret, "data_wo") == "optional write_only"
    assert _flags(secret, "data_wo_revision") == "optional"
    assert _bounds(secret.blocks["metadata"]) == ("list", 1, 1)
    deployment = _resource("kubernetes_deployment_v1").blocks["spec"].block.blocks["template"].block
    assert _bounds(deployment.blocks["spec"].block.blocks["container"]) == ("list", 0, 0)


def test_pagerduty() -> None:
    rule = _resource("pagerduty_user_notification_rule")
    assert _bounds(rule.blocks["contact_method"]) == ("single", 1, 1)
    service = _resource("pagerduty_service")
    assert _flags(service, "escalation_policy") == "required"
    setting = schema_of("pagerduty").data_sources["pagerduty_alert_grouping_setting"]
    assert _bounds(setting.blocks["config"]) == ("single", 0, 0)


def test_random_and_tls() -> None:
    password = _resource("random_password")
    assert _flags(password, "length") == "required"
    assert _flags(password, "result") == "computed"
    assert password.attributes["keepers"].type == _strings("map")
    assert _bounds(_resource("tls_self_signed_cert").blocks["subject"]) == ("list", 0, 0)
    certificates = schema_of("tls").data_sources["tls_certificate"].attributes["certificates"]
    assert _flags(schema_of("tls").data_sources["tls_certificate"], "certificates") == "computed"
    assert isinstance(certificates.type, Collection)


@pytest.mark.parametrize(
    ("resource", "path", "type"),
    [
        ("aws_api_gateway_method", ("request_parameters",), Collection("map", BOOL)),
        ("aws_bcmdataexports_export", ("export", "data_query", "table_configurations"), None),
    ],
)
def test_rare_types(resource: str, path: tuple[str, ...], type: Type | None) -> None:
    block = _resource(resource)
    for name in path[:-1]:
        block = block.blocks[name].block
    nested = Collection("map", Collection("map", STRING))
    assert block.attributes[path[-1]].type == (type or nested)


def test_the_provider_configuration_has_no_alias() -> None:
    configuration = schema_of("aws").configuration
    assert "alias" not in configuration.attributes
    assert configuration.attributes["allowed_account_ids"].type == _strings("set")
    assert _bounds(configuration.blocks["default_tags"]) == ("list", 0, 0)
    assert _bounds(configuration.blocks["endpoints"]) == ("set", 0, 0)


def test_progress_increases_from_0_to_1() -> None:
    fractions: list[float] = []
    extract(binding_of("tls"), fractions.append)
    assert fractions == sorted(fractions)
    assert 0 <= fractions[0] < fractions[-1] <= 1


_TINY_PROVIDER = """
export interface TinyProviderConfig {
}

export class TinyProvider extends cdktn.TerraformProvider {
  public static readonly tfResourceType = "tiny";
  public constructor(scope: Construct, id: string, config: TinyProviderConfig = {}) {
  }
}
"""
_TINY_RESOURCE = """
export interface NetConfig extends cdktn.TerraformMetaArguments {
  /**
  * rule block
  *
  * Docs at Terraform Registry: {@link https://registry.terraform.io/providers/arq/tiny/docs#rule Net#rule}
  */
  readonly rule?: any;
}

export class Net extends cdktn.TerraformResource {
  public static readonly tfResourceType = "tiny_net";
  public constructor(scope: Construct, id: string, config: NetConfig = {}) {
  }

  // rule - computed: false, optional: true, required: false
  private _rule?: any;
  public get rule() {
    return this.interpolationForAttribute('rule');
  }

  protected synthesizeHclAttributes(): { [name: string]: any } {
    const attrs = {
      rule: {
        value: cdktn.anyToHclTerraform(this._rule),
        isBlock: true,
        type: "SHAPE",
        storageClassType: "any",
      },
    };
  }
}
"""


def test_any_types_of_other_providers_are_dynamic(tmp_path: Path) -> None:
    files = tiny_files({"provider": _TINY_PROVIDER, "net": _TINY_RESOURCE.replace("SHAPE", "simple")})
    schema = extract(install_bindings(tmp_path / "cdktn_provider_tiny", files))
    assert schema.resources == {"tiny_net": Block({"rule": Attribute("rule", DYNAMIC, optional=True)})}
    assert (schema.source, schema.version, schema.configuration) == (TINY["name"], TINY["version"], Block())


@pytest.mark.parametrize(
    ("modules", "message"),
    [
        ({"provider": _TINY_PROVIDER, "net": _TINY_RESOURCE}, "not have the format .*SHAPE"),
        ({"net": _TINY_RESOURCE.replace("SHAPE", "simple")}, "not have the format"),
    ],
)
def test_bindings_of_an_unknown_format_are_rejected(
    tmp_path: Path, modules: dict[str, str], message: str
) -> None:
    binding = install_bindings(tmp_path / "cdktn_provider_tiny", tiny_files(modules))
    with pytest.raises(InputError, match=rf"provider-tiny@1\.2\.3.*{message}"):
        extract(binding)
