"""The order in which Terraform makes the settings of a bucket."""

from graphlib import TopologicalSorter

from tests.support import Synthesized


def settings_in_order(synthesized: Synthesized, bucket: str) -> list[str]:
    """Return the addresses of all resources that configure a bucket, in the only possible order.

    Raises:
        AssertionError: if Terraform may make two of them at the same time.
    """
    waits: dict[str, set[str]] = {}
    for kind, named in synthesized.json["resource"].items():
        if kind.startswith("aws_s3_bucket_"):
            for name, body in named.items():
                if body["bucket"] in _references(synthesized, bucket):
                    waits[f"{kind}.{name}"] = set(body.get("depends_on", []))
    sorter = TopologicalSorter({each: waits[each] & set(waits) for each in waits})
    sorter.prepare()
    order: list[str] = []
    while sorter.is_active():
        (next_setting, *others) = sorter.get_ready()
        assert not others, f"{next_setting} and {others} can run at the same time"
        order.append(next_setting)
        sorter.done(next_setting)
    return order


def _references(synthesized: Synthesized, bucket: str) -> set[str]:
    name = synthesized.one("aws_s3_bucket", f"{bucket}/Default")["//"]["metadata"]["uniqueId"]
    return {f"${{aws_s3_bucket.{name}.{attribute}}}" for attribute in ("id", "bucket")}
