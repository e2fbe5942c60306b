"""Publishes the files of a site to the bucket behind its CloudFront distribution."""

import mimetypes
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, cast

from arqctl.core.assembly import Stack
from arqctl.core.aws_api import AwsApi
from arqctl.core.errors import InputError, Problem
from arqctl.core.json_access import Body, Json, as_list, as_object, as_text

# CloudFront's API is in this region.
_CLOUDFRONT: Final = "us-east-1"
_ASSETS: Final = "assets/"
_INDEX: Final = "index.html"
_WELL_KNOWN: Final = ".well-known/"
# The pattern of files in constructs_arq/edge/routes.js.
_ROUTER: Final = re.compile(r"^const FILE = /(.+)/i;$", re.MULTILINE)
# Names of assets contain a hash of their content. Browsers ask for each page whether it is still current.
_ASSET_CACHING, _PAGE_CACHING = "public, max-age=31536000, immutable", "no-cache"


@dataclass(frozen=True)
class Site:
    """A site's distribution, and the bucket of its files."""

    domain: str
    distribution_id: str
    bucket: str
    region: str


def find_domain(stacks: Sequence[Stack]) -> str:
    """Return the domain of the only distribution of these stacks that serves files.

    Raises:
        InputError: when there is none, or more than one.
    """
    domains = [
        as_text(alias)
        for stack in stacks
        for block in stack.resources
        if block.type == "aws_cloudfront_distribution" and _serves_files(block.body)
        for alias in as_list(block.body.get("aliases"))[:1]
    ]
    if len(domains) != 1:
        what = f"must have one distribution, got {', '.join(domains) or 'none'}"
        raise InputError([Problem(stacks[0].environment, what, "Publish with the AWS CLI")])
    return domains[0]


def _serves_files(distribution: Body) -> bool:
    """Return whether a distribution has an origin besides load balancers."""
    origins = [as_object(each) for each in as_list(distribution.get("origin"))]
    return not origins or any(not each.get("vpc_origin_config") for each in origins)


def find_site(api: AwsApi, domain: str) -> Site:
    """Find the distribution of a domain in the account, and the bucket that it reads first.

    Raises:
        AwsError: when AWS rejects a call.
        InputError: when the account has no such distribution, or it has no bucket.
    """
    distributions = api.list_all("cloudfront", "list_distributions", _CLOUDFRONT, "DistributionList.Items")
    for distribution in map(as_object, distributions):
        if domain not in _items(distribution, "Aliases"):
            continue
        for origin in _origins(distribution):
            bucket, separator, rest = as_text(origin.get("DomainName")).partition(".s3.")
            if separator:
                return Site(domain, as_text(distribution.get("Id")), bucket, rest.partition(".")[0])
    fix = "Deploy the environment first, and use credentials for its account"
    raise InputError([Problem(domain, "no distribution with a bucket has this domain", fix)])


def find_unreachable(stacks: Sequence[Stack], folder: Path) -> list[str]:
    """Return the files for which the router of the site's distribution serves index.html instead.

    CloudFront does not ask the router for assets. A distribution without a router serves all files.
    """
    codes = [
        as_text(block.body.get("code"))
        for stack in stacks
        for block in stack.resources
        if block.type == "aws_cloudfront_function"
    ]
    routers = [found.group(1) for code in codes if (found := _ROUTER.search(code))]
    if len(routers) != 1:
        return []
    file = re.compile(routers[0], re.IGNORECASE)
    return [
        name
        for name in _names(folder)
        if not name.startswith((_ASSETS, _WELL_KNOWN)) and not file.search(name)
    ]


def publish_site(api: AwsApi, site: Site, folder: Path) -> tuple[int, int]:
    """Upload the files of a folder, and remove old pages. Return how many files were uploaded and removed.

    Assets are uploaded first, then pages, index.html last. Old assets stay: open browsers still ask for them.
    So each page finds its assets. https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/Invalidation.html

    Raises:
        AwsError: when AWS rejects a call.
        InputError: when the folder is no built site.
    """
    if not (folder / _INDEX).is_file():
        raise InputError([Problem(str(folder), "has no index.html", "Choose the folder of the built site")])
    names = _names(folder)
    for name in sorted(names, key=lambda name: (_is_page(name), name == _INDEX)):
        _upload(api, site, name, (folder / name).read_bytes())
    objects = api.list_all("s3", "list_objects_v2", site.region, "Contents", Bucket=site.bucket)
    published = [as_text(as_object(each).get("Key")) for each in objects]
    removed = [name for name in published if _is_page(name) and name not in names]
    for name in removed:
        api.call("s3", "delete_object", site.region, Bucket=site.bucket, Key=name)
    _invalidate(api, site)
    return len(names), len(removed)


def _names(folder: Path) -> list[str]:
    return sorted(file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file())


def _is_page(name: str) -> bool:
    return not name.startswith(_ASSETS)


def _upload(api: AwsApi, site: Site, name: str, content: bytes) -> None:
    api.call(
        "s3",
        "put_object",
        site.region,
        Bucket=site.bucket,
        Key=name,
        Body=cast("Json", content),
        CacheControl=_PAGE_CACHING if _is_page(name) else _ASSET_CACHING,
        ContentType=mimetypes.guess_type(name)[0] or "application/octet-stream",
    )


def _invalidate(api: AwsApi, site: Site) -> None:
    batch: Body = {"Paths": {"Quantity": 1, "Items": ["/*"]}, "CallerReference": str(time.time_ns())}
    api.call(
        "cloudfront",
        "create_invalidation",
        _CLOUDFRONT,
        DistributionId=site.distribution_id,
        InvalidationBatch=batch,
    )


def _origins(distribution: Body) -> list[Body]:
    """Return the origins; with an origin group, only the one that CloudFront asks first."""
    origins = [as_object(each) for each in _items(distribution, "Origins")]
    first = [
        as_object(member).get("OriginId")
        for group in _items(distribution, "OriginGroups")
        for member in _items(as_object(group), "Members")[:1]
    ]
    return [origin for origin in origins if not first or origin.get("Id") in first]


def _items(value: Body, name: str) -> list[Json]:
    """Return the items of one of CloudFront's lists, which also have a quantity."""
    return as_list(as_object(value.get(name)).get("Items"))
