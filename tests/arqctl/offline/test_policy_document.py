import json

from arqctl.offline.aws.data_sources.policy_document import policy_document
from arqctl.offline.values import Value

Config = dict[str, Value]


def written(**config: Value) -> str:
    values, problems = policy_document(config)
    assert problems == []
    return str(values["json"])


def statement(**arguments: Value) -> Value:
    """The one statement of a document with these arguments, as read back from what was written."""
    parsed: Config = json.loads(written(statement=[arguments]))
    [only] = parsed["Statement"] if isinstance(parsed["Statement"], list) else []
    return only


def refused(**config: Value) -> str:
    values, [problem] = policy_document(config)
    assert values == {}
    return problem.detail


def test_a_document_is_written_character_by_character() -> None:
    told = written(
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
    assert told == (
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


def test_a_minified_document_says_the_same_without_space() -> None:
    values, _ = policy_document({"statement": [{"actions": ["*"], "resources": ["*"]}], "policy_id": "one"})
    assert values["minified_json"] == (
        '{"Version":"2012-10-17","Id":"one","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}'
    )
    assert str(values["id"]).isdigit()


def test_everybody_is_a_star_and_everybody_in_aws_is_an_object() -> None:
    for kind, told in (("*", "*"), ("AWS", {"AWS": "*"})):
        said = statement(actions=["*"], principals=[{"type": kind, "identifiers": ["*"]}])
        assert said == {"Effect": "Allow", "Action": "*", "Principal": told}


def test_principals_of_one_type_are_put_together_backwards() -> None:
    blocks: Value = [
        {"type": "AWS", "identifiers": ["a", "b"]},
        {"type": "Service", "identifiers": ["x.amazonaws.com"]},
    ]
    assert statement(actions=["*"], principals=blocks) == {
        "Effect": "Allow",
        "Action": "*",
        "Principal": {"AWS": ["b", "a"], "Service": "x.amazonaws.com"},
    }


def test_conditions_are_put_together_by_test_and_variable_in_their_order() -> None:
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


def test_variables_of_iam_are_written_with_an_ampersand() -> None:
    told = statement(actions=["*"], resources=["arn:aws:s3:::home/&{aws:username}/*"])
    assert isinstance(told, dict)
    assert told["Resource"] == "arn:aws:s3:::home/${aws:username}/*"
    old = refused(version="2008-10-17", statement=[{"actions": ["*"], "resources": ["&{aws:username}"]}])
    assert "2012-10-17" in old


def test_signs_of_html_are_escaped_as_the_provider_does() -> None:
    assert '"a\\u003cb\\u003e\\u0026"' in written(statement=[{"actions": ["a<b>&"]}])


def test_sources_come_first_and_overrides_take_the_place_of_their_sid() -> None:
    source = (
        '{"Version":"2008-10-17","Statement":[{"Sid":"A","Effect":"Allow","Action":["x:1"],"Resource":"*"}]}'
    )
    override = '{"Statement":[{"Sid":"A","Effect":"Deny","Action":"x:2","Resource":"*"}]}'
    told = written(
        source_policy_documents=[source],
        statement=[{"sid": "B", "actions": ["x:3"]}],
        override_policy_documents=[override, None],
    )
    assert json.loads(told) == {
        "Version": "2012-10-17",
        "Statement": [
            {"Sid": "A", "Effect": "Deny", "Action": "x:2", "Resource": "*"},
            {"Sid": "B", "Effect": "Allow", "Action": "x:3"},
        ],
    }


def test_what_stands_in_a_source_keeps_its_lists() -> None:
    source = (
        '{"Statement":[{"Effect":"Allow","Action":["x:1"],"Principal":{"AWS":["a"]},"Resource":["b","c"]}]}'
    )
    [told] = json.loads(written(source_policy_documents=[source]))["Statement"]
    assert told == {"Effect": "Allow", "Action": ["x:1"], "Resource": ["b", "c"], "Principal": {"AWS": ["a"]}}


def test_no_sid_stands_twice_and_no_source_is_anything_but_a_policy() -> None:
    assert "Sid A" in refused(statement=[{"sid": "A"}, {"sid": "A"}])
    source = '{"Statement":[{"Sid":"A","Effect":"Allow","Action":"*","Resource":"*"}]}'
    assert "Sid A" in refused(source_policy_documents=[source, source])
    assert "source_policy_documents[0]" in refused(source_policy_documents=["{"])
    assert "list of statements" in refused(override_policy_documents=['{"Statement": {}}'])


def test_an_empty_document_has_only_its_version() -> None:
    assert written() == '{\n  "Version": "2012-10-17"\n}'
