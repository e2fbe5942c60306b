"""AWS's API: credentials, pages, and errors as one type."""

import sys
from pathlib import Path
from unittest.mock import Mock

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError, UnauthorizedSSOTokenError
from botocore.stub import Stubber

from arqctl.core.aws_api import AwsApi, AwsError
from arqctl.core.errors import InputError

REGION = "eu-west-1"


@pytest.fixture
def api() -> AwsApi:
    return AwsApi(boto3.Session(aws_access_key_id="AKIDEXAMPLE", aws_secret_access_key="secret"))  # noqa: S106


@pytest.fixture
def no_credentials(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    for name in ("AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"):
        monkeypatch.setenv(name, f"{tmp_path}/missing")


@pytest.mark.usefixtures("no_credentials")
def test_missing_credentials_are_one_problem_with_a_fix() -> None:
    with pytest.raises(InputError) as raised:
        AwsApi.connect()
    (problem,) = raised.value.problems
    assert problem.what == "there are no credentials"
    assert "aws sso login" in problem.fix


@pytest.mark.usefixtures("no_credentials")
def test_an_unknown_profile_is_one_problem_with_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    with pytest.raises(InputError, match="nobody"):
        AwsApi.connect()


def test_a_missing_extra_is_one_problem_with_the_command_that_installs_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "boto3", None)
    with pytest.raises(InputError, match=r"arqctl\[aws\]"):
        AwsApi.connect()


def test_credentials_of_the_environment_are_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    assert isinstance(AwsApi.connect(), AwsApi)


def test_all_pages_are_joined(api: AwsApi) -> None:
    with Stubber(api.client("sns", REGION)) as stub:
        first = {"Topics": [{"TopicArn": "arn:a"}], "NextToken": "more"}
        stub.add_response("list_topics", first, {})
        stub.add_response("list_topics", {"Topics": [{"TopicArn": "arn:b"}]}, {"NextToken": "more"})
        assert api.list_all("sns", "list_topics", REGION, "Topics") == [
            {"TopicArn": "arn:a"},
            {"TopicArn": "arn:b"},
        ]


def test_an_operation_without_pages_is_called_once(api: AwsApi) -> None:
    with Stubber(api.client("ec2", REGION)) as stub:
        stub.add_response("describe_addresses", {"Addresses": [{"PublicIp": "192.0.2.1"}]}, {})
        found = api.list_all("ec2", "describe_addresses", REGION, "Addresses")
    assert found == [{"PublicIp": "192.0.2.1"}]


@pytest.mark.parametrize("code", ["AccessDenied", "Throttling"])
def test_a_rejected_call_has_the_code_and_the_message_of_aws(api: AwsApi, code: str) -> None:
    with Stubber(api.client("ec2", REGION)) as stub:
        stub.add_client_error("describe_addresses", code, "not now")
        with pytest.raises(AwsError, match=f"ec2 describe_addresses: {code}: not now") as raised:
            api.call("ec2", "describe_addresses", REGION)
    assert raised.value.code == code


def test_a_rejected_page_is_the_same_error(api: AwsApi) -> None:
    with Stubber(api.client("sns", REGION)) as stub:
        stub.add_client_error("list_topics", "AuthorizationError", "no")
        with pytest.raises(AwsError, match="sns list_topics: AuthorizationError: no"):
            api.list_all("sns", "list_topics", REGION, "Topics")


def test_a_call_that_does_not_reach_aws_is_about_the_network(
    api: AwsApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    error = EndpointConnectionError(endpoint_url="https://ec2.nowhere-1.amazonaws.com/")
    monkeypatch.setattr(api.client("ec2", REGION), "describe_addresses", Mock(side_effect=error))
    with pytest.raises(AwsError, match="AWS can't be reached: Could not connect") as raised:
        api.call("ec2", "describe_addresses", REGION)
    assert (raised.value.code, "network connection" in raised.value.fix) == ("", True)


def test_expired_credentials_are_about_the_login(api: AwsApi) -> None:
    with Stubber(api.client("ec2", REGION)) as stub:
        stub.add_client_error("describe_addresses", "ExpiredToken", "expired")
        with pytest.raises(AwsError) as raised:
            api.call("ec2", "describe_addresses", REGION)
    assert "aws sso login" in raised.value.fix


def test_credentials_that_cannot_be_renewed_are_about_the_login(
    api: AwsApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    error = UnauthorizedSSOTokenError()
    monkeypatch.setattr(api.client("ec2", REGION), "describe_addresses", Mock(side_effect=error))
    with pytest.raises(AwsError, match="the credentials can't be used") as raised:
        api.call("ec2", "describe_addresses", REGION)
    assert "aws sso login" in raised.value.fix


@pytest.mark.parametrize("region", ["bad region", "eu-west-1/x", ""])
def test_an_invalid_region_is_invalid_input(
    api: AwsApi, region: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", f"{tmp_path}/missing")
    with pytest.raises(InputError, match=f"'{region}' is not the name of a region"):
        api.call("ec2", "describe_addresses", region)


def test_invalid_parameters_are_an_error_too(api: AwsApi) -> None:
    with pytest.raises(AwsError, match="Unknown parameter"):
        api.call("ec2", "describe_addresses", REGION, Nobody="x")
