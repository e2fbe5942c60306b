"""Tests of the translation of single commands, and of what must not be translated."""

from collections.abc import Sequence

import pytest

from arqctl.core.assembly import Stack
from arqctl.runbook.pages.commands import translate
from arqctl.runbook.pages.inventory import Inventory
from arqctl.runbook.pages.name_translation import NameTranslation
from arqctl.runbook.pages.unresolved import UnresolvedError


def names(stacks: Sequence[Stack], environment: str) -> NameTranslation:
    return NameTranslation(Inventory.of("production", stacks), Inventory.of(environment, stacks))


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (
            "aws rds describe-db-instances --db-instance-identifier production-database",
            "aws rds describe-db-instances --region eu-west-1 --db-instance-identifier staging-database",
        ),
        (
            "aws logs tail aws-waf-logs-production-site-firewall --region us-east-1",
            "aws logs tail aws-waf-logs-staging-site-firewall --region us-east-1",
        ),
        (
            "aws synthetics get-canary-runs --region eu-central-1 --name production-api",
            "aws synthetics get-canary-runs --region eu-central-1 --name staging-api",
        ),
        (
            'aws cloudwatch describe-alarms --alarm-name-prefix "production"',
            'aws cloudwatch describe-alarms --region eu-west-1 --alarm-name-prefix "staging"',
        ),
        (
            "aws s3 ls s3://BUCKET/production-site/ --recursive",
            "aws s3 ls --region eu-west-1 s3://${BUCKET:?}/staging-site/ --recursive",
        ),
        (
            "aws route53 get-hosted-zone --id ZONE-ID",
            "aws route53 get-hosted-zone --region eu-west-1 --id Z0STAGING1EXAMPLE",
        ),
        (
            "kubectl logs pod/POD --namespace shop | grep ERROR",
            "kubectl --context staging-cluster logs pod/${POD:?} --namespace shop | grep ERROR",
        ),
        (
            "kubectl delete pod POD --namespace NAMESPACE",
            'kubectl --context staging-cluster delete pod "${POD:?}" --namespace "${NAMESPACE:?}"',
        ),
        ("curl --head https://app.arq.example/api/", "curl --head https://app.staging.arq.example/api/"),
        ("dig +nssearch arq.example", "dig +nssearch staging.arq.example"),
        ("arqctl deploy production-platform", "arqctl deploy staging-platform"),
        (
            'arqctl deploy production-platform --break-glass "INC-1: CPU is at its limit"',
            'arqctl deploy staging-platform --break-glass "INC-1: CPU is at its limit"',
        ),
        (
            "gh workflow run cluster.yml --field environment=production --field cluster=production",
            "gh workflow run cluster.yml --field environment=staging --field cluster=staging",
        ),
        (
            "gh workflow run cluster.yml --field commit=HASH",
            "gh workflow run cluster.yml --field commit=${HASH:?}",
        ),
        (
            "aws iam delete-access-key --access-key-id ACCESS-KEY-ID",
            'aws iam delete-access-key --region eu-west-1 --access-key-id "${ACCESS_KEY_ID:?}"',
        ),
        (
            'aws logs tail GROUP --filter-pattern "?ERROR ?FATAL"',
            'aws logs tail --region eu-west-1 "${GROUP:?}" --filter-pattern "?ERROR ?FATAL"',
        ),
        (
            "aws logs tail GROUP --filter-pattern ACCESS-KEY-ID",
            'aws logs tail --region eu-west-1 "${GROUP:?}" --filter-pattern "${ACCESS_KEY_ID:?}"',
        ),
        (
            """aws securityhub get-findings --filters '{"RecordState": [{"Value": "ACTIVE"}]}'""",
            "aws securityhub get-findings --region eu-west-1 "
            """--filters '{"RecordState": [{"Value": "ACTIVE"}]}'""",
        ),
        (
            "aws lambda get-policy \\\n    --function-name production-log-forwarder",
            "aws lambda get-policy --region eu-west-1 \\\n    --function-name staging-log-forwarder",
        ),
    ],
)
def test_a_command_names_the_environment(line: str, expected: str, stacks: tuple[Stack, ...]) -> None:
    assert translate(line, names(stacks, "staging")).line == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (
            "aws rds describe-db-instances --db-instance-identifier production-database",
            "aws rds describe-db-instances --region eu-central-1 "
            "--db-instance-identifier production-standby-database",
        ),
        (
            "aws rds describe-db-instances --region eu-central-1 "
            "--db-instance-identifier production-standby-database",
            "aws rds describe-db-instances --region eu-central-1 "
            "--db-instance-identifier production-standby-database",
        ),
        (
            "aws sqs get-queue-url --queue-name production-pager-dead",
            "aws sqs get-queue-url --region eu-central-1 --queue-name production-standby-pager-dead",
        ),
        (
            "aws sqs get-queue-url --region us-east-1 --queue-name production-pager-us-east-1-dead",
            "aws sqs get-queue-url --region us-east-1 --queue-name production-pager-us-east-1-dead",
        ),
        (
            "aws backup list-recovery-points-by-backup-vault --backup-vault-name production-backup",
            "aws backup list-recovery-points-by-backup-vault --region eu-central-1 "
            "--backup-vault-name production-backup",
        ),
        ("arqctl deploy production-platform", "arqctl deploy production-standby-platform"),
        (
            "gh workflow run cluster.yml --field environment=production --field cluster=production",
            "gh workflow run cluster.yml --field environment=production --field cluster=production-standby",
        ),
        ("arqctl paging set-key production", "arqctl paging set-key production"),
        ("curl --head https://app.arq.example/api/", "curl --head https://app.arq.example/api/"),
    ],
)
def test_a_command_names_the_standby_or_shared_resources(
    line: str, expected: str, stacks: tuple[Stack, ...]
) -> None:
    assert translate(line, names(stacks, "production-standby")).line == expected


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("aws rds describe-db-proxies --db-proxy-name production-database", "no aws_db_proxy.database_proxy"),
        (
            "aws rds describe-db-instances --db-instance-identifier other",
            "production has no aws_db_instance other",
        ),
        ("aws sqs get-queue-url --queue-name production-pager-us-east-1-dead", "in eu-west-1"),
        ("aws glue get-job --job-name production-report", "no resource is known for aws glue, job-name"),
        (
            "aws cloudwatch describe-alarms --region ap-south-1 --max-records 1",
            "uses no resources in ap-south-1",
        ),
        ("kubectl get pods --namespace keda", "dev has no namespace keda"),
        ("kubectl logs deployment/receipts --namespace shop", "dev has no deployment/receipts in shop"),
        ("curl https://www.example.com/", "www.example.com"),
        ("arqctl plan production-reports", "dev has no stack dev-reports"),
        ("aws sqs purge-queue --queue-url 'QUEUE-URL'", "QUEUE-URL in single quotes"),
        ("aws iam get-user --user-name USER --output text", "shells set USER"),
        ("kubectl describe pod HOSTNAME --namespace shop", "shells set HOSTNAME"),
    ],
)
def test_a_name_without_a_counterpart_is_refused(line: str, reason: str, stacks: tuple[Stack, ...]) -> None:
    with pytest.raises(UnresolvedError) as raised:
        translate(line, names(stacks, "dev"))
    assert reason in str(raised.value)
