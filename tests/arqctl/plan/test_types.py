"""The lists of types name types that exist, and each AWS type of the bindings has an answer."""

import pkgutil
import tomllib
from functools import cache
from importlib.resources import files
from importlib.util import find_spec

import pytest

from arqctl.core.stateful_types import is_harmless
from arqctl.plan.access.readers import READERS


def document(package: str, name: str) -> dict[str, dict[str, list[str]]]:
    parsed: dict[str, dict[str, list[str]]] = tomllib.loads(
        files(package).joinpath(name).read_text(encoding="utf-8")
    )
    return parsed


PROTECTIONS = document("arqctl.plan.risk", "protections.toml")
STATEFUL = {
    type_.partition(":")[0]
    for types in document("arqctl.core", "stateful_types.toml").values()
    for type_ in types
}
HARMLESS = {
    f"{provider}_{name}"
    for provider, names in document("arqctl.core", "harmless_types.toml")["types"].items()
    for name in names
}
INSTALLED = ("aws", "helm", "kubernetes", "pagerduty", "random", "tls")
# Providers had these types earlier, or only newer versions have them.
OTHERS = {"aws_redshift_cluster_snapshot"}
# Whether these hold data depends on what they run or deploy.
UNKNOWN = """
    amplifybackendenvironment appfabricappauthorizationconnection appfabricappbundle appfabricingestion
    appfabricingestiondestination appflowflow appintegrationsdataintegration appintegrationseventintegration
    appstreamfleet appstreamimagebuilder athenacapacityreservation backupframework bcmdataexportsexport
    bedrockagentagent bedrockagentcoreagentruntime bedrockagentcorebrowser bedrockagentcorecodeinterpreter
    bedrockagentcorememorystrategy bedrockagentflow bedrockagentprompt billingview chimevoiceconnectorgroup
    cloudcontrolapiresource cloudformationstackset cloudformationtype codecommittrigger
    connectinstancestorageconfig connectvocabulary controltowerbaseline curreportdefinition
    datapipelinepipeline devicefarmupload dmsreplicationinstance drsreplicationconfigurationtemplate
    elasticachereservedcachenode emrcontainersvirtualcluster emrserverlessapplication evidentlyfeature
    evidentlylaunch evidentlysegment finspacekxdataview finspacekxscalinggroup gameliftbuild
    gameliftgameservergroup gameliftscript iotprovisioningtemplate ivschatroom kendraexperience
    lambdalayerversion lexbot
    lexv2modelsbot lexv2modelsbotlocale lexv2modelsbotversion m2application m2environment medialivechannel
    medialivemultiplex mskconnectconnector qldbstream
    organizationspolicy
    rdsintegration rdsreservedinstance redshiftintegration rumappmonitor sagemakerapp sagemakerdevice
    sagemakerdevicefleet sagemakerimage sagemakerimageversion sagemakerproject securitylakecustomlogsource
    securitylakesubscriber servicecatalogportfolio servicecatalogproduct ssmquicksetupconfigurationmanager
    storagegatewaytapepool syntheticscanary transferaccess transferagreement transferprofile
    workspaceswebsessionlogger observabilityadmincentralizationrulefororganization
""".split()  # noqa: SIM905


@cache
def installed(provider: str) -> frozenset[str]:
    """The bindings' modules, which spell a type's name without its provider, some without underscores."""
    spec = find_spec(f"cdktf_cdktf_provider_{provider}")
    assert spec is not None
    assert spec.submodule_search_locations
    return frozenset(
        "string" if module.name == "string_resource" else module.name  # random_string
        for module in pkgutil.iter_modules(spec.submodule_search_locations)
        if module.ispkg and not module.name.startswith(("_", "data_")) and module.name != "provider"
    )


def condensed(names: frozenset[str]) -> set[str]:
    return {name.replace("_", "") for name in names}


@pytest.mark.parametrize("provider", INSTALLED)
def test_every_listed_type_exists_in_its_provider(provider: str) -> None:
    listed = STATEFUL | HARMLESS | set(PROTECTIONS["protective_types"]) | set(READERS)
    listed |= {key.partition(":")[0] for section in PROTECTIONS.values() for key in section if ":" in key}
    names = {type_.partition("_")[2] for type_ in listed - OTHERS if type_.startswith(f"{provider}_")}
    assert names
    assert not {name for name in names if name.replace("_", "") not in condensed(installed(provider))}


def test_no_type_is_both_stateful_and_harmless() -> None:
    assert not HARMLESS & (STATEFUL | set(PROTECTIONS["protective_types"]))


@pytest.mark.parametrize("provider", INSTALLED)
def test_every_type_has_an_answer_or_is_listed_as_unknown(provider: str) -> None:
    answered = STATEFUL | HARMLESS | set(PROTECTIONS["protective_types"])
    condensed_answers = {
        type_.partition("_")[2].replace("_", "") for type_ in answered if type_.startswith(provider)
    }
    left = {
        name.replace("_", "")
        for name in installed(provider)
        if name.replace("_", "") not in condensed_answers and not is_harmless(f"{provider}_{name}")
    }
    assert left == (set(UNKNOWN) if provider == "aws" else set())


@pytest.mark.parametrize("type_", [
    "aws_lambda_layer_version", "aws_organizations_policy", "azurerm_backup_policy_vm", "azurerm_any_policy",
    "google_any_attachment", "google_compute_disk_resource_policy_attachment", "oci_any_rule", "any_binding",
    "random_id", "random_string", "aws_elasticache_user",
])  # fmt: skip
def test_a_type_is_harmless_only_if_that_is_known(type_: str) -> None:
    assert not is_harmless(type_)


@pytest.mark.parametrize("type_", [
    "aws_iam_policy", "aws_eip_association", "kubernetes_role_binding_v1", "kubernetes_role_binding",
    "azurerm_network_security_rule", "azurerm_role_assignment", "google_project_iam_member",
])  # fmt: skip
def test_rules_and_links_of_known_providers_are_harmless(type_: str) -> None:
    assert is_harmless(type_)
