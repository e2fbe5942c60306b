import json

from arqctl.offline.aws.data_sources.policy_document import policy_document
from arqctl.offline.values import Value

Config = dict[str, Value]


def render_json(**config: Value) -> str:
    values, problems = policy_document(config)
    assert problems == []
    return str(values["json"])


def statement(**arguments: Value) -> Value:
    """Return the only statement of the document with these arguments, as parsed from its JSON."""
    parsed: Config = json.loads(render_json(statement=[arguments]))
    [statement_json] = parsed["Statement"] if isinstance(parsed["Statement"], list) else []
    return statement_json


def error_detail(**config: Value) -> str:
    values, [error] = policy_document(config)
    assert values == {}
    return error.detail


def test_the_json_equals_the_providers_output() -> None:
    result = render_json(
        statement=[
            {
                "sid": "Read",
                "actions": ["s3:GetObject", "s3:ListBucket"],
                "resources": ["arn:aws:s3:::logs"],
                "principals": [{"type": "Service", "identifiers": ["ec2.amazonaws.com"]}],
                "condition": [
                    {"test": "StringEquals", "variable": "aws:RequestedRegion", "values": ["a", "b"]}
                ],
            },
            {"effect": "Deny", "not_actions": ["iam:*"], "resources": ["*"]},
        ]
    )
    assert result == (
        "{\n"
        '  "Version": "2012-10-17",\n'
        '  "Statement": [\n'
        "    {\n"
        '      "Sid": "Read",\n'
        '      "Effect": "Allow",\n'
        '      "Action": [\n'
        '        "s3:ListBucket",\n'
        '        "s3:GetObject"\n'
        "      ],\n"
        '      "Resource": "arn:aws:s3:::logs",\n'
        '      "Principal": {\n'
        '        "Service": "ec2.amazonaws.com"\n'
        "      },\n"
        '      "Condition": {\n'
        '        "StringEquals": {\n'
        '          "aws:RequestedRegion": [\n'
        '            "a",\n'
        '            "b"\n'
        "          ]\n"
        "        }\n"
        "      }\n"
        "    },\n"
        "    {\n"
        '      "Effect": "Deny",\n'
        '      "NotAction": "iam:*",\n'
        '      "Resource": "*"\n'
        "    }\n"
        "  ]\n"
        "}"
    )


def test_minified_json_has_no_white_space() -> None:
    values, _ = policy_document({"statement": [{"actions": ["*"], "resources": ["*"]}], "policy_id": "one"})
    assert values["minified_json"] == (
        '{"Version":"2012-10-17","Id":"one","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}'
    )
    assert str(values["id"]).isdigit()


def test_any_principal_is_a_star_and_any_aws_principal_is_an_object() -> None:
    for kind, principal in (("*", "*"), ("AWS", {"AWS": "*"})):
        result = statement(actions=["*"], principals=[{"type": kind, "identifiers": ["*"]}])
        assert result == {"Effect": "Allow", "Action": "*", "Principal": principal}


def test_principals_of_one_type_are_merged_in_reverse_order() -> None:
    blocks: Value = [
        {"type": "AWS", "identifiers": ["a", "b"]},
        {"type": "Service", "identifiers": ["x.amazonaws.com"]},
    ]
    assert statement(actions=["*"], principals=blocks) == {
        "Effect": "Allow",
        "Action": "*",
        "Principal": {"AWS": ["b", "a"], "Service": "x.amazonaws.com"},
    }


def test_conditions_are_merged_by_test_and_variable_in_order() -> None:
    blocks: Value = [
        {"test": "StringLike", "variable": "s3:prefix", "values": ["z", "a"]},
        {"test": "StringLike", "variable": "s3:prefix", "values": ["m"]},
        {"test": "Bool", "variable": "aws:SecureTransport", "values": ["true"]},
    ]
    assert statement(actions=["*"], condition=blocks) == {
        "Effect": "Allow",
        "Action": "*",
        "Condition": {"Bool": {"aws:SecureTransport": "true"}, "StringLike": {"s3:prefix": ["z", "a", "m"]}},
    }


def test_iam_variables_are_written_with_an_ampersand() -> None:
    result = statement(actions=["*"], resources=["arn:aws:s3:::home/&{aws:username}/*"])
    assert isinstance(result, dict)
    assert result["Resource"] == "arn:aws:s3:::home/${aws:username}/*"
    version_error = error_detail(
        version="2008-10-17", statement=[{"actions": ["*"], "resources": ["&{aws:username}"]}]
    )
    assert "2012-10-17" in version_error


def test_html_characters_are_escaped() -> None:
    assert '"a\\u003cb\\u003e\\u0026"' in render_json(statement=[{"actions": ["a<b>&"]}])


def test_sources_come_first_and_overrides_replace_statements_by_sid() -> None:
    source = (
        '{"Version":"2008-10-17","Statement":[{"Sid":"A","Effect":"Allow","Action":["x:1"],"Resource":"*"}]}'
    )
    override = '{"Statement":[{"Sid":"A","Effect":"Deny","Action":"x:2","Resource":"*"}]}'
    result = render_json(
        source_policy_documents=[source],
        statement=[{"sid": "B", "actions": ["x:3"]}],
        override_policy_documents=[override, None],
    )
    assert json.loads(result) == {
        "Version": "2012-10-17",
        "Statement": [
            {"Sid": "A", "Effect": "Deny", "Action": "x:2", "Resource": "*"},
            {"Sid": "B", "Effect": "Allow", "Action": "x:3"},
        ],
    }


def test_source_statements_keep_their_lists() -> None:
    source = (
        '{"Statement":[{"Effect":"Allow","Action":["x:1"],"Principal":{"AWS":["a"]},"Resource":["b","c"]}]}'
    )
    [result] = json.loads(render_json(source_policy_documents=[source]))["Statement"]
    assert result == {
        "Effect": "Allow",
        "Action": ["x:1"],
        "Resource": ["b", "c"],
        "Principal": {"AWS": ["a"]},
    }


def test_duplicate_sids_and_invalid_sources_are_rejected() -> None:
    assert "Sid A" in error_detail(statement=[{"sid": "A"}, {"sid": "A"}])
    source = '{"Statement":[{"Sid":"A","Effect":"Allow","Action":"*","Resource":"*"}]}'
    assert "Sid A" in error_detail(source_policy_documents=[source, source])
    assert "source_policy_documents[0]" in error_detail(source_policy_documents=["{"])
    assert "list of statements" in error_detail(override_policy_documents=['{"Statement": {}}'])


def test_an_empty_document_has_only_a_version() -> None:
    assert render_json() == '{\n  "Version": "2012-10-17"\n}'
