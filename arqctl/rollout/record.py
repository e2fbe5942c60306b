"""Records the commit of a stack's last successful deployment, as an object beside the stack's state."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import IO, Final, Self, cast

from arqctl.core.assembly import Stack
from arqctl.core.aws_api import AwsApi, AwsError
from arqctl.core.errors import InputError, Problem
from arqctl.core.json_access import Body, Json, as_list, as_object, as_text

_COMMIT: Final = re.compile(r"[0-9a-f]{40}")


@dataclass(frozen=True)
class Recorded:
    """The commit of a successful deployment, and the day on which it was recorded, in UTC."""

    commit: str
    day: date


@dataclass(frozen=True)
class Record:
    """The object with the commit of a stack: `STACK.commit`, where the state is `STACK.tfstate`."""

    stack: str
    bucket: str
    key: str
    region: str
    account: str
    kms_key: str

    @classmethod
    def of(cls, stack: Stack) -> Self:
        """Return the record of a stack whose state is in S3.

        Raises:
            InputError: when the state is somewhere else.
        """
        backend = _backend(stack)
        state = as_text(backend.get("key"))
        if not state:
            fix = "Choose a stack that is deployed to AWS"
            raise InputError([Problem(stack.name, "has no state in S3", fix)])
        return cls(
            stack=stack.name,
            bucket=as_text(backend.get("bucket")),
            key=f"{state.removesuffix('.tfstate')}.commit",
            region=as_text(backend.get("region")),
            account=as_text(next(iter(as_list(backend.get("allowed_account_ids"))), "")),
            kms_key=as_text(backend.get("kms_key_id")),
        )

    def write(self, api: AwsApi, commit: str) -> None:
        """Replace the recorded commit.

        Raises:
            AwsError: when AWS rejects the call.
            InputError: when `commit` is no full hash.
        """
        if not _COMMIT.fullmatch(commit):
            fix = "Use all 40 characters of the commit's hash"
            raise InputError([Problem(commit, "is not a commit", fix)])
        api.call(
            "s3",
            "put_object",
            self.region,
            **self._object,
            Body=cast("Json", commit.encode()),
            ServerSideEncryption="aws:kms",
            SSEKMSKeyId=self.kms_key,
        )

    def read(self, api: AwsApi) -> Recorded:
        """Return the recorded commit and its day.

        Raises:
            AwsError: when AWS rejects the call.
            InputError: when no deployment is recorded, or the object holds no commit.
        """
        try:
            answer = api.call("s3", "get_object", self.region, **self._object)
        except AwsError as error:
            if error.code != "NoSuchKey":
                raise
            fix = "Deploy a commit that works: there is none to return to"
            raise InputError([Problem(self.stack, "no successful deployment is recorded", fix)]) from error
        # boto3 returns a stream and a time, which are not JSON.
        commit = cast("IO[bytes]", answer["Body"]).read().decode(errors="replace")
        if not _COMMIT.fullmatch(commit):
            fix = f"Delete {self.key} in {self.bucket}"
            raise InputError([Problem(self.stack, f"the record is no commit: {commit[:60]!r}", fix)])
        return Recorded(commit, cast("datetime", answer["LastModified"]).astimezone(UTC).date())

    @property
    def _object(self) -> Body:
        return {"Bucket": self.bucket, "Key": self.key, "ExpectedBucketOwner": self.account}


def _backend(stack: Stack) -> Body:
    terraform = as_object(stack.document.get("terraform"))
    return as_object(as_object(terraform.get("backend")).get("s3"))
