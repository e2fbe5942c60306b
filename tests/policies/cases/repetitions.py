"""Resources that Terraform makes several times, or not at all."""

from policies.stack import Json
from tests.policies.cases.example import Example
from tests.policies.mutations import edit_first, regression, set_value

DATABASE = "aws_db_instance.it"
RULES: dict[str, Json] = {
    "ingress": {"for_each": ["443"], "content": {"cidr_blocks": ["0.0.0.0/0"], "from_port": 443}}
}

EXAMPLES = (
    Example(
        "CKV_ARQ_74",
        passes=(
            {DATABASE: {}},
            {DATABASE: {"count": None}},
            {"kubernetes_job_v1.it": {"spec": {"count": 0}}},
        ),
        fails=(
            {DATABASE: {"count": 0}},
            {DATABASE: {"count": 1}},
            {DATABASE: {"count": "${var.number}"}},
            {DATABASE: {"for_each": {}}},
            {DATABASE: {"for_each": '${toset(["a"])}'}},
            {"aws_security_group.it": {"dynamic": RULES}},
            {"kubernetes_job_v1.it": {"count": 0}},
        ),
    ),
)

REGRESSIONS = (
    regression(
        "database that does not exist", edit_first("aws_db_instance", set_value("count", 0)), "CKV_ARQ_74"
    ),
    regression(
        "alarm that does not exist",
        edit_first("aws_cloudwatch_metric_alarm", set_value("for_each", {})),
        "CKV_ARQ_74",
    ),
)
