from constructs_arq.core.stack import Stack
from constructs_arq.security.key import Key
from constructs_arq.storage.log_group import LogGroup
from tests.support import synthesize


def test_each_adopted_resource_is_imported_only_if_it_exists() -> None:
    def build(stack: Stack) -> None:
        key = Key(stack, "key", description="Encrypts logs")
        for name in ("one", "two"):
            LogGroup(stack, name, name=f"/arq/{name}", key=key, retention_days=30).adopt()

    document = synthesize(build).json
    groups = document["resource"]["aws_cloudwatch_log_group"]
    blocks = document["import"]
    assert [block["to"] for block in blocks] == [f"aws_cloudwatch_log_group.{name}" for name in groups]
    assert {block["id"] for block in blocks} == {"${each.value}"}
    for block, name in zip(blocks, ("one", "two"), strict=True):
        assert block["for_each"].startswith("${toset([for name in data.aws_cloudwatch_log_groups.")
        assert block["for_each"].endswith(f'name if name == "/arq/{name}"])}}')
