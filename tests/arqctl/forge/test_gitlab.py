"""One note on a GitLab merge request, edited in place."""

import traceback
from collections.abc import Callable

import pytest

from arqctl.core.errors import InputError
from arqctl.forge.comments import CommentPoster
from arqctl.forge.gitlab import gitlab_from_env
from arqctl.forge.retry import RetryPolicy
from tests.arqctl.forge.fake_gitlab import OTHER, FakeGitLab
from tests.arqctl.forge.servers import Answer, Request, Server

TOKEN = "glpat-Zx81notForAnyEye"  # noqa: S105 - not a real token
MARKER = "<!-- arqctl review -->"
BODY = f"{MARKER}\n# 2 to delete"


@pytest.fixture
def gitlab() -> FakeGitLab:
    return FakeGitLab(TOKEN)


@pytest.fixture
def forge(gitlab: FakeGitLab) -> Callable[[Request], Answer]:
    return gitlab.answer


@pytest.fixture
def environment(server: Server) -> dict[str, str]:
    return {
        "CI_API_V4_URL": f"{server.url}/api/v4",
        "CI_PROJECT_ID": "42",
        "CI_PROJECT_URL": "https://gitlab.example/arq/platform",
        "CI_MERGE_REQUEST_IID": "3",
        "ARQ_GITLAB_TOKEN": TOKEN,
    }


@pytest.fixture
def poster(environment: dict[str, str], waits: list[float]) -> CommentPoster:
    return CommentPoster(gitlab_from_env(environment), RetryPolicy(print, waits.append, lambda: 0))


def test_the_first_run_creates_it_and_the_next_edits_it(poster: CommentPoster, gitlab: FakeGitLab) -> None:
    gitlab.note("What is this?", OTHER)
    first = poster.post(BODY, MARKER)
    assert first == "https://gitlab.example/arq/platform/-/merge_requests/3#note_101"
    assert poster.post(f"{MARKER}\n# no changes", MARKER) == first
    assert [each["body"] for each in gitlab.notes] == ["What is this?", f"{MARKER}\n# no changes"]


def test_it_is_found_behind_later_notes(poster: CommentPoster, gitlab: FakeGitLab) -> None:
    poster.post(BODY, MARKER)
    for number in range(250):
        gitlab.note(f"Note {number}", OTHER)
    poster.post("# second", MARKER)
    assert len(gitlab.notes) == 251


def test_of_several_the_oldest_is_kept(poster: CommentPoster, gitlab: FakeGitLab) -> None:
    gitlab.note(f"{MARKER}\nold")
    gitlab.note(f"{MARKER}\nanother run's")
    url = poster.post(BODY, MARKER)
    assert url.endswith("#note_100")
    assert [each["body"] for each in gitlab.notes] == [BODY, f"The review is in [one comment]({url})."]


def test_notes_of_others_and_of_gitlab_are_not_edited(poster: CommentPoster, gitlab: FakeGitLab) -> None:
    gitlab.note(f"{MARKER}\nAll is well!", OTHER)
    gitlab.note(f"{MARKER}\nchanged the description", system=True)
    poster.post(BODY, MARKER)
    assert [each["body"] for each in gitlab.notes][2:] == [BODY]


@pytest.mark.parametrize(("headers", "waited"), [({"Retry-After": "45"}, 45), ({}, 60)])
def test_a_rate_limit_is_retried(
    poster: CommentPoster, server: Server, waits: list[float], headers: dict[str, str], waited: float
) -> None:
    server.first.append(Answer(429, {"message": {"error": "Try again later."}}, headers))
    poster.post(BODY, MARKER)
    assert waits == [waited]


def test_a_forks_pipeline_writes_to_the_target_project(
    environment: dict[str, str], gitlab: FakeGitLab
) -> None:
    fork = {
        "CI_PROJECT_ID": "77",
        "CI_PROJECT_URL": "https://gitlab.example/ann/fork",
        "CI_MERGE_REQUEST_PROJECT_ID": "42",
        "CI_MERGE_REQUEST_PROJECT_URL": "https://gitlab.example/arq/platform",
    }
    url = CommentPoster(gitlab_from_env(environment | fork), RetryPolicy(print)).post(BODY, MARKER)
    assert url.startswith("https://gitlab.example/arq/platform/-/merge_requests/3#")
    assert len(gitlab.notes) == 1


def test_a_projects_path_replaces_its_number(environment: dict[str, str], gitlab: FakeGitLab) -> None:
    gitlab.project = "arq%2Fplatform"
    CommentPoster(gitlab_from_env(environment | {"CI_PROJECT_ID": "arq/platform"}), RetryPolicy(print)).post(
        BODY, MARKER
    )
    assert len(gitlab.notes) == 1


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (401, "ARQ_GITLAB_TOKEN isn't valid"),
        (403, "ARQ_GITLAB_TOKEN lacks the permission to comment"),
        (404, "ARQ_GITLAB_TOKEN can see no such merge request"),
        (422, "the API refuses with status 422"),
    ],
)
def test_each_error_is_reported_once_with_a_fix_and_without_the_token(
    poster: CommentPoster, server: Server, waits: list[float], status: int, message: str
) -> None:
    server.first.append(Answer(status, {"message": f"no good: {TOKEN}"}))
    with pytest.raises(InputError) as raised:
        poster.post(BODY, MARKER)
    [problem] = raised.value.problems
    assert problem.what == f"{message} (no good: (secret))"
    assert problem.fix
    assert (waits, len(server.requests)) == ([], 1)
    assert TOKEN not in "".join(traceback.format_exception(raised.value)) + repr(poster)


def test_a_token_that_only_reads(poster: CommentPoster, gitlab: FakeGitLab) -> None:
    gitlab.may_write = False
    with pytest.raises(InputError, match=r"lacks the permission.*scope `api`.*Reporter.*locked"):
        poster.post(BODY, MARKER)


def test_either_variable_can_have_the_token(environment: dict[str, str], gitlab: FakeGitLab) -> None:
    environment["GITLAB_TOKEN"] = environment.pop("ARQ_GITLAB_TOKEN")
    CommentPoster(gitlab_from_env(environment), RetryPolicy(print)).post(BODY, MARKER)
    assert len(gitlab.notes) == 1


def test_all_missing_variables_are_named_at_once() -> None:
    with pytest.raises(InputError) as raised:
        gitlab_from_env({"CI_MERGE_REQUEST_IID": "!3"})
    assert [problem.where for problem in raised.value.problems] == [
        "CI_API_V4_URL",
        "CI_PROJECT_ID",
        "CI_MERGE_REQUEST_IID",
        "CI_PROJECT_URL",
        "ARQ_GITLAB_TOKEN",
    ]
