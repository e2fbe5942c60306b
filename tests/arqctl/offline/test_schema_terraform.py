"""Real Terraform with the extracted schemas: valid configurations pass, invalid ones fail."""

import json
import os
import platform
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from arqctl.offline.schema.cache import CACHE_VARIABLE
from arqctl.offline.schema.model import Attribute, Block
from arqctl.offline.wire.type_json import type_json
from tests.arqctl.offline.installed_schemas import PROVIDERS, schema_of
from tests.arqctl.offline.schema_only_provider import __file__ as provider_script

ROOT = Path(__file__).parents[3]
SNAPSHOTS = sorted((ROOT / "tests/snapshots").glob("*.json"))

Json = dict[str, Any]


class Workspace:
    """A folder where Terraform finds the providers of all installed bindings."""

    def __init__(self, parent: Path) -> None:
        self._parent = parent
        self.folder = parent / "work"
        self.folder.mkdir()
        for name in PROVIDERS:
            self._install(name)
        (parent / "rc").write_text(
            f'provider_installation {{\n  filesystem_mirror {{\n    path = "{parent / "mirror"}"\n  }}\n}}\n'
        )

    def _install(self, name: str) -> None:
        schema = schema_of(name)
        machine = {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())
        system = f"{platform.system().lower()}_{machine}"
        folder = self._parent / "mirror" / schema.source / schema.version / system
        folder.mkdir(parents=True)
        program = folder / f"terraform-provider-{name}_v{schema.version}"
        environment = f"PYTHONPATH='{ROOT}' {CACHE_VARIABLE}='{self._parent / 'cache'}'"
        program.write_text(
            f"#!/bin/sh\n{environment} exec '{sys.executable}' '{provider_script}' {schema.source}\n"
        )
        program.chmod(0o755)

    def validate(self, configuration: Json) -> list[str]:
        """Return Terraform's errors, each with summary, detail and location."""
        required = {
            name: {"source": schema_of(name).source}
            for name in PROVIDERS
            if name in _provider_names(configuration)
        }
        whole = configuration | {"terraform": {"required_providers": required}}
        (self.folder / "cdk.tf.json").write_text(json.dumps(whole))
        self.run("init")
        found = json.loads(self.run("validate", "-json", codes=(0, 1)))
        return [
            f"{each['summary']}: {each['detail']} {each.get('snippet', {}).get('context', '')}"
            for each in found["diagnostics"]
        ]

    def run(self, *arguments: str, codes: tuple[int, ...] = (0,)) -> str:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("TF_")}
        process = subprocess.run(
            ["terraform", *arguments],
            cwd=self.folder,
            env=environment | {"CHECKPOINT_DISABLE": "1", "TF_CLI_CONFIG_FILE": str(self._parent / "rc")},
            capture_output=True,
            text=True,
            check=False,
        )
        assert process.returncode in codes, process.stdout + process.stderr
        return process.stdout


def _provider_names(configuration: Json) -> set[str]:
    types = {*configuration.get("resource", {}), *configuration.get("data", {})}
    return {name.partition("_")[0] for name in types} | set(configuration.get("provider", {}))


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return Workspace(tmp_path_factory.mktemp("schemas"))


@pytest.mark.slow
@pytest.mark.parametrize("snapshot", SNAPSHOTS, ids=lambda file: file.stem)
def test_snapshots_are_valid(snapshot: Path, workspace: Workspace) -> None:
    assert workspace.validate(json.loads(snapshot.read_bytes())) == []


VALID: Mapping[str, Json] = {
    "nested attributes with an omitted one": {
        "resource": {
            "helm_release": {
                "it": {
                    "name": "a",
                    "chart": "b",
                    "set": [{"name": "x", "value": "1"}, {"name": "y", "value": "2", "type": "string"}],
                    "set_wo": [{"name": "x", "value": "1"}],
                    "postrender": {"binary_path": "/bin/cat"},
                    "timeouts": {"create": "5m"},
                }
            }
        },
        "provider": {
            "helm": {"kubernetes": {"host": "https://x", "exec": {"api_version": "v1", "command": "c"}}}
        },
    },
    "security group rules as CDKTF writes them": {
        "resource": {
            "aws_security_group": {
                "it": {
                    "ingress": [
                        {
                            "cidr_blocks": ["10.0.0.0/8"],
                            "description": "",
                            "from_port": 1,
                            "ipv6_cidr_blocks": [],
                            "prefix_list_ids": [],
                            "protocol": "tcp",
                            "security_groups": [],
                            "self": False,
                            "to_port": 2,
                        }
                    ]
                }
            }
        }
    },
    "a dynamic manifest": {
        "resource": {
            "kubernetes_manifest": {
                "it": {
                    "manifest": {
                        "apiVersion": "v1",
                        "kind": "ConfigMap",
                        "data": {"a": "b"},
                        "list": [1, "x"],
                    }
                }
            },
            "kubernetes_secret_v1": {
                "it": {"metadata": {"name": "a"}, "data_wo": {"a": "b"}, "data_wo_revision": 1}
            },
        }
    },
    "a block as an object and as a list": {
        "resource": {
            "aws_eks_cluster": {
                "object": {"name": "a", "role_arn": "b", "vpc_config": {"subnet_ids": ["c"]}},
                "list": {"name": "a", "role_arn": "b", "vpc_config": [{"subnet_ids": ["c"]}]},
            }
        }
    },
    "blocks that the bindings type as any": {
        "resource": {
            "aws_quicksight_template": {
                "it": {
                    "name": "a",
                    "template_id": "b",
                    "version_description": "c",
                    "definition": {
                        "data_set_configuration": [
                            {"placeholder": "1", "data_set_schema": {"column_schema_list": [{"name": "x"}]}}
                        ],
                        "sheets": [{"sheet_id": "s", "visuals": [{"bar_chart_visual": {"visual_id": "v"}}]}],
                    },
                }
            }
        }
    },
    "small providers": {
        "resource": {
            "random_password": {"it": {"length": 16, "keepers": {"a": "b"}}},
            "tls_private_key": {"it": {"algorithm": "ED25519"}},
            "tls_self_signed_cert": {
                "it": {
                    "private_key_pem": "${tls_private_key.it.private_key_pem}",
                    "allowed_uses": [],
                    "validity_period_hours": 1,
                    "subject": [{"common_name": "a"}],
                }
            },
            "pagerduty_user_notification_rule": {
                "it": {
                    "user_id": "a",
                    "start_delay_in_minutes": 1,
                    "urgency": "high",
                    "contact_method": {"id": "a", "type": "b"},
                }
            },
        }
    },
}


@pytest.mark.slow
@pytest.mark.parametrize("configuration", VALID.values(), ids=VALID)
def test_valid_configurations_are_accepted(configuration: Json, workspace: Workspace) -> None:
    assert workspace.validate(configuration) == []


CLUSTER: Json = {"name": "a", "role_arn": "b", "vpc_config": {"subnet_ids": ["c"]}}
VISIBILITY_CONFIG: Json = {
    "cloudwatch_metrics_enabled": True,
    "metric_name": "a",
    "sampled_requests_enabled": True,
}
INVALID: Mapping[str, tuple[str, Json, str]] = {
    "missing argument": ("aws_eks_cluster", {"role_arn": "b", "vpc_config": {"subnet_ids": []}}, "name"),
    "unknown argument": ("aws_eks_cluster", {**CLUSTER, "nome": "x"}, "nome"),
    "missing block": ("aws_eks_cluster", {"name": "a", "role_arn": "b"}, "vpc_config"),
    "too many blocks": ("aws_eks_cluster", {**CLUSTER, "vpc_config": [{"subnet_ids": []}] * 2}, "vpc_config"),
    "wrong type": ("aws_eks_cluster", {**CLUSTER, "tags": ["x"]}, "tags"),
    "unknown argument of a block": ("aws_eks_cluster", {**CLUSTER, "vpc_config": {"subnets": []}}, "subnet"),
    "missing nested argument": (
        "helm_release",
        {"name": "a", "chart": "b", "set": [{"value": "1"}]},
        "name",
    ),
    "missing single block": (
        "pagerduty_user_notification_rule",
        {"user_id": "a", "start_delay_in_minutes": 1, "urgency": "high"},
        "contact_method",
    ),
    "unknown statement": (
        "aws_wafv2_web_acl",
        {
            "scope": "REGIONAL",
            "default_action": {"allow": {}},
            "visibility_config": VISIBILITY_CONFIG,
            "rule": {
                "name": "a",
                "priority": 1,
                "statement": {"geo_statement": {}},
                "visibility_config": VISIBILITY_CONFIG,
            },
        },
        "geo_statement",
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize(("type_name", "arguments", "message"), INVALID.values(), ids=INVALID)
def test_invalid_configurations_are_rejected(
    type_name: str, arguments: Json, message: str, workspace: Workspace
) -> None:
    found = workspace.validate({"resource": {type_name: {"it": arguments}}})
    assert found
    assert all(type_name in each for each in found)
    assert any(message in each for each in found)


@pytest.mark.slow
def test_terraforms_dump_equals_the_schemas(workspace: Workspace) -> None:
    """`terraform providers schema` returns the same schema for every type."""
    workspace.validate({"provider": {name: {} for name in PROVIDERS}})
    read = json.loads(workspace.run("providers", "schema", "-json"))["provider_schemas"]
    for name in PROVIDERS:
        schema = schema_of(name)
        found = read[schema.source]
        assert found["provider"]["block"] == _schema_json(schema.configuration)
        for kind, blocks in (
            ("resource_schemas", schema.resources),
            ("data_source_schemas", schema.data_sources),
        ):
            assert set(found.get(kind, {})) == set(blocks)
            for type_name, block in blocks.items():
                assert found[kind][type_name]["block"] == _schema_json(block), type_name


def _schema_json(block: Block) -> Json:
    attributes = {name: _attribute_json(each) for name, each in block.attributes.items()}
    blocks = {
        name: {
            "nesting_mode": each.nesting.value,
            **({"block": inner} if (inner := _schema_json(each.block)) else {}),
            **({"min_items": each.min_items} if each.min_items else {}),
            **({"max_items": each.max_items} if each.max_items else {}),
        }
        for name, each in block.blocks.items()
    }
    # Descriptions are empty and of kind plain.
    return (
        {"description_kind": "plain"}
        | ({"attributes": attributes} if attributes else {})
        | ({"block_types": blocks} if blocks else {})
    )


def _attribute_json(attribute: Attribute) -> Json:
    nested = attribute.nested
    flags = ("required", "optional", "computed", "sensitive", "write_only")
    shape: Json = {"type": type_json(attribute.type)}
    if nested:
        inner = {name: _attribute_json(each) for name, each in nested.attributes.items()}
        shape = {"nested_type": {"attributes": inner, "nesting_mode": nested.nesting.value}}
    return shape | {"description_kind": "plain"} | {flag: True for flag in flags if getattr(attribute, flag)}
