"""One comment on GitHub, edited in place, and an explanation of each API error."""

import json
import logging
import traceback
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from arqctl.core.errors import InputError
from arqctl.forge.comments import CommentPoster
from arqctl.forge.github import github_from_env
from arqctl.forge.retry import RetryPolicy
from tests.arqctl.forge.fake_github import BOT, FakeGitHub, user
from tests.arqctl.forge.servers import Answer, NetworkFailure, Request, Server, serving

TOKEN = "ghs_Zx81notForAnyEye"  # noqa: S105 - not a real token
MARKER = "<!-- arqctl review -->"
BODY = f"{MARKER}\n# 2 to delete"


@pytest.fixture
def github() -> FakeGitHub:
    return FakeGitHub(TOKEN)


@pytest.fixture
def forge(github: FakeGitHub) -> Callable[[Request], Answer]:
    return github.answer


@pytest.fixture
def environment(server: Server) -> dict[str, str]:
    return {
        "GITHUB_API_URL": server.url,
        "GITHUB_REPOSITORY": "arq/platform",
        "GITHUB_TOKEN": TOKEN,
        "GITHUB_REF": "refs/pull/7/merge",
    }


@pytest.fixture
def poster(environment: dict[str, str], waits: list[float]) -> CommentPoster:
    return CommentPoster(github_from_env(environment), RetryPolicy(print, waits.append, lambda: 0))


class TestOneComment:
    def test_the_first_run_creates_it(self, poster: CommentPoster, github: FakeGitHub) -> None:
        url = poster.post(BODY, MARKER)
        assert url == "https://github.example/arq/platform/pull/7#issuecomment-1"
        assert [each["body"] for each in github.comments] == [BODY]

    def test_the_next_run_edits_it(self, poster: CommentPoster, github: FakeGitHub) -> None:
        github.comment("What is this?", user("ann"))
        first = poster.post(BODY, MARKER)
        github.comment("Approved", user("ann"))
        assert poster.post(f"{MARKER}\n# no changes", MARKER) == first
        bodies = [each["body"] for each in github.comments]
        assert bodies == ["What is this?", f"{MARKER}\n# no changes", "Approved"]

    def test_the_marker_is_added_to_a_body_without_it(
        self, poster: CommentPoster, github: FakeGitHub
    ) -> None:
        assert poster.post("# text", MARKER) == poster.post("# other text", MARKER)
        assert [each["body"] for each in github.comments] == [f"{MARKER}\n# other text"]

    def test_an_equal_text_is_not_written_again(self, poster: CommentPoster, server: Server) -> None:
        poster.post(BODY, MARKER)
        poster.post(BODY, MARKER)
        assert sum(each.method != "GET" for each in server.requests) == 1

    @pytest.mark.parametrize("before", [99, 100, 250])
    def test_it_is_found_on_any_page(self, poster: CommentPoster, github: FakeGitHub, before: int) -> None:
        for number in range(before):
            github.comment(f"Comment {number}", user("ann"))
        poster.post("# first", MARKER)
        poster.post("# second", MARKER)
        assert len(github.comments) == before + 1

    def test_an_endless_list_is_cut_off(self, poster: CommentPoster, server: Server) -> None:
        endless = Answer(200, [], {"Link": '<https://github.example>; rel="next"'})
        no_user = Answer(403, {"message": "Resource not accessible by integration"})
        server.first.extend([no_user, *[endless] * 100])
        poster.post(BODY, MARKER)
        assert len(server.requests) == 102

    def test_of_several_the_oldest_is_kept_and_the_others_link_to_it(
        self, poster: CommentPoster, github: FakeGitHub
    ) -> None:
        for text in ("old", "older run's"):
            github.comment(f"{MARKER}\n{text}")
        url = poster.post(BODY, MARKER)
        kept, other = (each["body"] for each in github.comments)
        assert kept == BODY
        assert other == f"The review is in [one comment]({url})."
        poster.post(f"{MARKER}\nanother", MARKER)
        assert github.comments[1]["body"] == other

    @pytest.mark.parametrize("login", ["", "arq-reviewer"])
    def test_comments_of_others_are_not_edited(
        self, poster: CommentPoster, github: FakeGitHub, login: str
    ) -> None:
        github.login = login
        github.comment(f"{MARKER}\nAll is well!", user("mallory"))
        poster.post(BODY, MARKER)
        assert [each["body"] for each in github.comments] == [f"{MARKER}\nAll is well!", BODY]
        poster.post("# later", MARKER)
        assert len(github.comments) == 2

    def test_a_users_token_does_not_edit_a_bots_comment(
        self, poster: CommentPoster, github: FakeGitHub
    ) -> None:
        github.login = "arq-reviewer"
        github.comment(f"{MARKER}\nmine", BOT)
        poster.post(BODY, MARKER)
        assert len(github.comments) == 2

    def test_a_quoted_marker_is_no_review(self, poster: CommentPoster, github: FakeGitHub) -> None:
        github.comment(f"> {MARKER}\n> # 2 to delete")
        poster.post(BODY, MARKER)
        assert len(github.comments) == 2

    def test_a_comment_without_a_user_is_skipped(self, poster: CommentPoster, github: FakeGitHub) -> None:
        github.comment(BODY)["user"] = None
        github.comment("")["body"] = None
        poster.post(BODY, MARKER)
        assert len(github.comments) == 3


class TestRetries:
    @pytest.mark.parametrize(
        "failure",
        [NetworkFailure.CUT, *(Answer(status, "<html>") for status in (500, 502, 503, 504))],
        ids=str,
    )
    def test_a_server_error_is_retried(
        self,
        poster: CommentPoster,
        github: FakeGitHub,
        server: Server,
        waits: list[float],
        failure: Answer | NetworkFailure,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        server.first.extend([failure, failure])
        poster.post(BODY, MARKER)
        assert len(github.comments) == 1
        assert waits == [1, 2]
        assert capsys.readouterr().out.count("GitHub ") == 2

    def test_a_server_that_hangs_is_retried(
        self, environment: dict[str, str], server: Server, github: FakeGitHub, waits: list[float]
    ) -> None:
        thread = github_from_env(environment)
        impatient = replace(thread, api=replace(thread.api, timeout=(0.2, 0.2)))
        server.first.append(NetworkFailure.HANG)
        CommentPoster(impatient, RetryPolicy(print, waits.append, lambda: 0)).post(BODY, MARKER)
        assert waits == [1]
        assert len(github.comments) == 1

    def test_a_comment_of_a_failed_request_is_not_written_twice(
        self, poster: CommentPoster, github: FakeGitHub, server: Server
    ) -> None:
        def written(_: object) -> Answer:
            github.comment(BODY)
            return Answer(502, "")

        server.first.extend([github.answer, github.answer, written])
        poster.post(BODY, MARKER)
        assert len(github.comments) == 1

    def test_the_eighth_attempt_is_the_last(
        self, poster: CommentPoster, server: Server, waits: list[float]
    ) -> None:
        server.first.extend([Answer(502, "")] * 100)
        with pytest.raises(InputError, match=r"GitHub: answers with 502.*Run the job again later"):
            poster.post(BODY, MARKER)
        assert waits == [1, 2, 4, 8, 16, 32, 64]
        assert len(server.requests) == 8


ERRORS = {
    "expired": (Answer(401, {"message": "Bad credentials"}), "GITHUB_TOKEN isn't valid (Bad credentials)"),
    "missing": (Answer(404, {"message": "Not Found"}), "can see no such pull request"),
    "moved": (Answer(301, {"message": "Moved"}, {"Location": "/repositories/1"}), "redirects with status"),
    "gone": (
        Answer(410, {"message": "Issues are disabled"}),
        "refuses with status 410 (Issues are disabled)",
    ),
    "login page": (Answer(200, "<html>Please log in</html>"), "doesn't have the API's format"),
    "another shape": (Answer(200, {"login": 3}), "doesn't have the API's format"),
}


class TestErrors:
    @pytest.mark.parametrize(("answer", "message"), ERRORS.values(), ids=ERRORS)
    def test_each_error_is_reported_once_with_a_fix(
        self, poster: CommentPoster, server: Server, waits: list[float], answer: Answer, message: str
    ) -> None:
        server.first.append(answer)
        with pytest.raises(InputError) as raised:
            poster.post(BODY, MARKER)
        [problem] = raised.value.problems
        assert problem.where == "GitHub, arq/platform#7"
        assert message in problem.what
        assert problem.fix
        assert (waits, len(server.requests)) == ([], 1)

    def test_a_token_that_only_reads(self, poster: CommentPoster, github: FakeGitHub) -> None:
        github.may_write = False
        with pytest.raises(
            InputError, match=r"lacks the permission.*pull-requests: write.*fork.*step summary"
        ):
            poster.post(BODY, MARKER)

    def test_a_locked_pull_request(self, poster: CommentPoster, github: FakeGitHub) -> None:
        github.is_locked = True
        with pytest.raises(InputError, match=r"conversation is locked.*issue is locked.*Unlock"):
            poster.post(BODY, MARKER)

    def test_a_body_that_is_too_long(self, poster: CommentPoster) -> None:
        with pytest.raises(InputError, match=r"Body is too long.*at most 65,536 characters"):
            poster.post("x" * 65_536, MARKER)

    def test_a_wrong_pull_request(self, environment: dict[str, str]) -> None:
        other = github_from_env(environment | {"GITHUB_REF": "refs/pull/8/merge"})
        with pytest.raises(InputError, match=r"arq/platform#8: GITHUB_TOKEN can see no such pull request"):
            CommentPoster(other, RetryPolicy(print)).post(BODY, MARKER)


class TestToken:
    @pytest.mark.parametrize("status", [400, 401, 403, 404, 422, 429, 500])
    def test_the_token_is_in_no_output(
        self,
        poster: CommentPoster,
        server: Server,
        status: int,
        caplog: pytest.LogCaptureFixture,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        echo = {"message": f"Bad token {TOKEN}", "errors": [{"message": f"Authorization: Bearer {TOKEN}"}]}
        server.first.extend([Answer(status, echo, {"Location": f"/{TOKEN}"})] * 20)
        with caplog.at_level(logging.DEBUG), pytest.raises(InputError) as raised:
            poster.post(BODY, MARKER)
        text = "".join(traceback.format_exception(raised.value))
        assert "GitHub" in text
        assert TOKEN not in text + caplog.text + "".join(capsys.readouterr()) + repr(poster)

    def test_the_token_is_not_sent_to_a_redirect(
        self, poster: CommentPoster, server: Server, github: FakeGitHub
    ) -> None:
        with serving(Server(github.answer)) as other:
            server.first.append(Answer(307, "", {"Location": f"{other.url}/user"}))
            with pytest.raises(InputError, match="redirects with status"):
                poster.post(BODY, MARKER)
        assert other.requests == []

    def test_a_netrc_does_not_replace_the_token(
        self, poster: CommentPoster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        netrc = tmp_path / "netrc"
        netrc.write_text("machine 127.0.0.1 login ann password secret\n")
        netrc.chmod(0o600)
        monkeypatch.setenv("NETRC", str(netrc))
        assert poster.post(BODY, MARKER)

    @pytest.mark.parametrize("token", [f"{TOKEN}\nX-Evil: 1", f"{TOKEN} {TOKEN}", f"{TOKEN}é"])
    def test_an_invalid_token_is_refused_and_not_shown(self, environment: dict[str, str], token: str) -> None:
        with pytest.raises(InputError, match="GITHUB_TOKEN: is not a valid token") as raised:
            github_from_env(environment | {"GITHUB_TOKEN": token})
        assert TOKEN not in str(raised.value)


class TestEnvironment:
    def test_the_event_has_the_number(self, environment: dict[str, str], tmp_path: Path) -> None:
        event = tmp_path / "event.json"
        event.write_text(json.dumps({"action": "opened", "pull_request": {"number": 12, "title": "é"}}))
        variables = environment | {"GITHUB_EVENT_PATH": str(event), "GITHUB_REF": "refs/heads/main"}
        assert github_from_env(variables).number == 12

    @pytest.mark.parametrize("text", ["", "[]", '{"ref": "refs/heads/main"}', '{"pull_request": 3}'])
    def test_the_ref_has_the_number_if_the_event_has_none(
        self, environment: dict[str, str], tmp_path: Path, text: str
    ) -> None:
        event = tmp_path / "event.json"
        event.write_text(text)
        assert github_from_env(environment | {"GITHUB_EVENT_PATH": str(event)}).number == 7

    def test_all_missing_variables_are_named_at_once(self) -> None:
        with pytest.raises(InputError) as raised:
            github_from_env({"GITHUB_API_URL": "api.github.com", "GITHUB_REF": "refs/heads/main"})
        assert [problem.where for problem in raised.value.problems] == [
            "GITHUB_API_URL",
            "GITHUB_REPOSITORY",
            "GITHUB_TOKEN",
            "GITHUB_EVENT_PATH",
        ]

    @pytest.mark.parametrize("repository", ["platform", "arq/platform/x", "arq/../x", "arq/a b"])
    def test_a_repository_has_an_owner_and_a_name(self, environment: dict[str, str], repository: str) -> None:
        with pytest.raises(InputError, match="GITHUB_REPOSITORY: can't be"):
            github_from_env(environment | {"GITHUB_REPOSITORY": repository})

    @pytest.mark.parametrize("url", ["ftp://x", "https://", "https://ann:secret@github.example", "https://["])
    def test_the_api_url_is_an_http_url(self, environment: dict[str, str], url: str) -> None:
        with pytest.raises(InputError, match="GITHUB_API_URL: is not a URL") as raised:
            github_from_env(environment | {"GITHUB_API_URL": url})
        assert "secret" not in str(raised.value)

    def test_a_trailing_slash_is_ignored(
        self, environment: dict[str, str], server: Server, github: FakeGitHub
    ) -> None:
        thread = github_from_env(environment | {"GITHUB_API_URL": f"{server.url}/"})
        CommentPoster(thread, RetryPolicy(print)).post(BODY, MARKER)
        assert len(github.comments) == 1
