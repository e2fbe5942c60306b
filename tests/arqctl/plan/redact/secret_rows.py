"""Rows of a plan with a secret in every possible place, and markup in every text."""

import json
from collections.abc import Callable, Iterator

from tests.arqctl.plan.redact.secret_injector import HOSTILE, Row, SecretInjector, row


def twice(make: Callable[..., object]) -> tuple[object, object]:
    """Return the values before and after, with a different secret in each."""
    return make(), make()


def marked(name: str, before: object, after: object, mask: object) -> Row:
    """Return an update with sensitive values in the schema."""
    return row(name, "update", before, after, before_sensitive=mask, after_sensitive=mask)


def by_schema(plant: SecretInjector) -> Iterator[Row]:
    """Yield secrets at every level of the mask: a leaf, a block, an element of a set, a list, a resource."""
    word = plant.word
    yield marked("aws_db_instance.leaf", *twice(lambda: {"note": word()}), {"note": True})
    for at, mask in enumerate(({"user": [{"note": True}]}, {"user": [True]}, {"user": True}, True)):
        yield marked(f"aws_mq_broker.m{at}", *twice(lambda: {"user": [{"name": "a", "note": word()}]}), mask)
    grown = {"items": [word(), word(), word()]}
    yield marked("aws_ssm_parameter.grown", {"items": [word()]}, grown, {"items": True})
    deep = {"a": {"b": [{"c": {"d": True}}]}}
    yield marked("aws_glue_job.deep", *twice(lambda: {"a": {"b": [{"c": {"d": word()}}]}}), deep)
    value, mask = {"value": word()}, {"value": True}
    yield row("aws_ssm_parameter.now", "update", value, {"value": word()}, after_sensitive=mask)
    yield row("aws_ssm_parameter.was", "update", {"value": word()}, {}, before_sensitive=mask)
    policy = json.dumps({"Statement": [{"Sid": word(), "Effect": "Allow", "Resource": word()}]})
    yield marked("aws_iam_policy.p", {"policy": "{}"}, {"policy": policy}, {"policy": True})
    yield row("aws_kms_external_key.k", "create", None, {"value": word()}, after_sensitive=mask)
    yield row("aws_kms_external_key.d", "delete", {"value": word()}, None, before_sensitive=mask)
    for at, actions in enumerate(("delete create", "create delete", "create forget", "forget")):
        after = None if actions == "forget" else {"value": word()}
        more = {"before_sensitive": mask, "after_sensitive": mask}
        yield row(f"aws_opensearch_domain.r{at}", actions, {"value": word()}, after, **more)


def by_name(plant: SecretInjector) -> Iterator[Row]:
    """Yield secrets that only a name marks: of an argument, a variable, a sibling or a flag."""
    word = plant.word
    for name in ("master_password", "auth_token", "secret_string", "clientSecret", "PRIVATE-KEY", "pin"):
        yield row(f"aws_x.{name.lower()}", "update", *twice(lambda name=name: {name: word()}))
    yield row("aws_x.lists", "update", *twice(lambda: {"passwords": [word(), word()]}))
    for name in ("DB_PASSWORD", "dbPassword", "SMTP_PASS", "STRIPE_API_KEY"):
        blocks = twice(lambda name=name: {"environment": [{"variables": {name: word(), "MODE": "a"}}]})
        yield row(f"aws_lambda_function.{name.lower()}", "update", *blocks)
    for name, value in (("name", "value"), ("header_name", "value"), ("parameter_key", "parameter_value")):
        blocks = twice(lambda name=name, value=value: {"set": [{name: "X-Origin-Secret", value: word()}]})
        yield row(f"helm_release.{name}", "update", *blocks)
    secure = twice(lambda: {"type": "SecureString", "name": "n", "value": word()})
    yield row("aws_ssm_parameter.secure", "update", *secure)
    variable = "DB_PASSWORD"
    tasks = twice(lambda: [{"name": "api", "environment": [{"name": variable, "value": word()}]}])
    before, after = ({"container_definitions": json.dumps(each)} for each in tasks)
    path = ["container_definitions"]
    yield row("aws_ecs_task_definition.api", "delete create", before, after, replace_paths=[path])
    yield row("aws_secretsmanager_secret_version.v", "create", None, {"secret_string": word()})
    yield row("kubernetes_secret.s", "create", None, {"data": {"password": word(), "token": word()}})
    nested = json.dumps({"outer": json.dumps({"inner": json.dumps({"password": word()})})})
    yield row("aws_appconfig_profile.c", "update", {"content": "{}"}, {"content": nested})
    texts = ("--password {}", "--password={}", "-Ddb.password={}", "PASSWORD={} ./run", 'password: "{}"')
    for at, text in enumerate(texts):
        commands = twice(lambda text=text: {"command": ["run", text.format(word())]})
        yield row(f"aws_batch_job_definition.c{at}", "update", *commands)
    pairs = twice(lambda: {"command": ["--token", plant.token()]})
    yield row("aws_batch_job_definition.pair", "update", *pairs)


def by_form(plant: SecretInjector) -> Iterator[Row]:
    """Yield secrets that only their form marks, under neutral names."""
    places: tuple[Callable[[str], object], ...] = (
        lambda text: {"environment": [{"variables": {"UPSTREAM": text}}]},
        lambda text: {"args": ["serve", text]},
        lambda text: {"description": f"set by hand, {text} works"},
        lambda text: {"settings": json.dumps({"Statement": [], "upstream": {"to": text}})},
        lambda text: {"labels": {text: "on"}},
    )
    for number, place in enumerate(places):
        for at, secret in enumerate(plant.of_a_vendor()):
            yield row(f"aws_x.form_{number}_{at}", "update", {"id": "i"}, place(secret))
    for number, place in enumerate(places):
        yield row(f"aws_x.drawn_{number}", "update", *twice(lambda place=place: place(plant.token())))
    for scheme in ("postgres", "redis", "amqps", "mongodb+srv", "https"):
        url = "{}://app:{}@db.internal:5432/x"
        urls = twice(lambda scheme=scheme, url=url: {"target": url.format(scheme, plant.word())})
        yield row(f"aws_x.url_{scheme[:5]}", "update", *urls)
    for at, text in enumerate(("Authorization: Basic {}", "https://store.internal/a?sv=1&sig={}", "{}")):
        yield row(f"aws_x.h{at}", "create", None, {"values": [text.format(plant.token())]})
    yield row("aws_x.digits", "create", None, {"upstream": plant.digits()})
    middle = "".join(("{}", "a, b, " * 60, "{}", ", c, d" * 60))
    yield row("aws_x.middle", "update", *twice(lambda: {"text": middle.format("", plant.token())}))


def in_scripts(plant: SecretInjector) -> Iterator[Row]:
    """Yield scripts, plain and in base64, and files of several lines."""
    head, tail = "#!/bin/bash\nset -e\nexport DB_PASSWORD=", "\n./serve --port 80\n"
    yield row("aws_instance.plain", "update", *twice(lambda: {"user_data": f"{head}{plant.word()}{tail}"}))
    for at, line in enumerate(("curl -u app:{} https://h/", "machine h login app password {}")):
        yield row(
            f"aws_instance.s{at}", "create", None, {"user_data": head + line.format(plant.word()) + tail}
        )
    encoded = twice(lambda: {"user_data_base64": plant.encoded(head, tail)})
    yield row("aws_launch_template.encoded", "update", *encoded)
    yield row("aws_launch_template.new", "create", None, {"user_data": plant.encoded(head, tail)})
    values = twice(lambda: {"values": [f"image:\n  tag: v1\nauth:\n  password: {plant.word()}\n"]})
    yield row("helm_release.values", "update", *values)
    npmrc = f"registry=https://npm.internal/\n//npm.internal/:_authToken={plant.word()}\n"
    yield row("kubernetes_config_map.npm", "create", None, {"data": {".npmrc": npmrc}})


def elsewhere(plant: SecretInjector) -> Iterator[Row]:
    """Yield secrets in instance keys, import ids, steps of paths and other texts."""
    moved = row(f'aws_x.moved["{plant.token()}"]', "no-op", {"id": "i"}, {"id": "i"})
    yield {**moved, "previous_address": f'aws_x.old["{plant.token()}"]'}
    yield row(f'aws_kms_key.new["{plant.token()}"]', "create", None, {"id": "k"})
    yield row(f'aws_kms_key.gone["{plant.token()}"]', "delete", {"id": "k"}, None)
    for at, id_ in enumerate((plant.token(), f"https://u:{plant.word()}@h/")):
        yield row(f"aws_x.import{at}", "update", {"a": "1"}, {"a": "2"}, importing={"id": id_})
    identity = {"identity": {"name": "n", "password": plant.word()}, "unknown": False}
    yield row("aws_x.identity", "no-op", {"a": "1"}, {"a": "1"}, importing=identity)
    old, new = twice(lambda: {"name": "admin", "password": plant.word()})
    steps = [["user", old, "password"], ["user", new, "password"]]
    yield row("aws_mq_broker.path", "delete create", {"user": [old]}, {"user": [new]}, replace_paths=steps)
    condition = {"StringEquals": {"aws:Referer": plant.token(), "sts:ExternalId": plant.word()}}
    statement = {
        "Effect": "Allow",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": "*",
        "Condition": condition,
    }
    policy = json.dumps({"Statement": [statement]})
    yield row("aws_s3_bucket_policy.referer", "create", None, {"bucket": "b", "policy": policy})
    yield {**row("aws_kms_key.old", "delete", {"description": plant.token()}, None), "deposed": "00c0ffee"}


def hostile() -> Iterator[Row]:
    """Yield rows with markup in every text."""
    for number, text in enumerate(HOSTILE):
        statement = {"Sid": text, "Effect": "Allow", "Principal": "*", "Action": text}
        policy = json.dumps({"Statement": [statement]})
        values = {"name": text, "tags": {text: text}, "items": [text], "block": [{"name": text, "n": 1}]}
        other = {"name": f"{text}!", "tags": {text: "x"}, "block": [{"name": text, "n": 2}], "policy": policy}
        key = json.dumps(text)
        yield row(f"aws_x.hostile[{key}]", "update", values, other, importing={"id": text})
        forced = [["name"], ["tags", text], ["items", {"of": text}]]
        gone = row(f"aws_db_instance.db[{key}]", "delete create", values, other, replace_paths=forced)
        yield {**gone, "action_reason": text}
        moved = row(f"aws_x.moved_{number}", "no-op", values, values)
        yield {**moved, "previous_address": f"aws_x.was[{key}]"}
        yield row(f"aws_s3_bucket_policy.b{number}", "create", None, {"bucket": text, "policy": policy})
        yield {**row(f"aws_sqs_queue.q{number}", "delete", values, None), "deposed": text}
