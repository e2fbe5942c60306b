"""The comment on GitHub: one, edited in place, whatever else is there; and each refusal explained."""

import json
import logging
import traceback
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from arqctl.core.errors import InputError
from arqctl.forge.comments import CommentPoster
from arqctl.forge.github import github_from
from arqctl.forge.retry import Patience
from tests.arqctl.forge.fake_github import BOT, FakeGitHub, user
from tests.arqctl.forge.servers import Answer, Asked, Server, Trouble, serving

TOKEN = "ghs_Zx81notForAnyEye"  # noqa: S105 - it opens nothing
MARKER = "<!-- arqctl review -->"
BODY = f"{MARKER}\n# 2 to destroy"


@pytest.fixture
def github() -> FakeGitHub:
    return FakeGitHub(TOKEN)


@pytest.fixture
def forge(github: FakeGitHub) -> Callable[[Asked], Answer]:
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
    return CommentPoster(github_from(environment), Patience(print, waits.append, lambda: 0))


class TestOneComment:
    def test_the_first_is_written(self, poster: CommentPoster, github: FakeGitHub) -> None:
        url = poster.post(BODY, MARKER)
        assert url == "https://github.example/arq/platform/pull/7#issuecomment-1"
        assert [each["body"] for each in github.comments] == [BODY]

    def test_the_next_takes_its_place(self, poster: CommentPoster, github: FakeGitHub) -> None:
        github.comment("What is this?", user("ann"))
        first = poster.post(BODY, MARKER)
        github.comment("Approved", user("ann"))
        assert poster.post(f"{MARKER}\n# nothing to do", MARKER) == first
        bodies = [each["body"] for each in github.comments]
        assert bodies == ["What is this?", f"{MARKER}\n# nothing to do", "Approved"]

    def test_a_body_that_lacks_the_marker_is_given_it(
        self, poster: CommentPoster, github: FakeGitHub
    ) -> None:
        assert poster.post("# text", MARKER) == poster.post("# other text", MARKER)
        assert [each["body"] for each in github.comments] == [f"{MARKER}\n# other text"]

    def test_the_same_text_isn_t_written_twice(self, poster: CommentPoster, server: Server) -> None:
        poster.post(BODY, MARKER)
        poster.post(BODY, MARKER)
        assert sum(each.method != "GET" for each in server.asked) == 1

    @pytest.mark.parametrize("before", [99, 100, 250])
    def test_it_is_found_on_any_page(self, poster: CommentPoster, github: FakeGitHub, before: int) -> None:
        for number in range(before):
            github.comment(f"Comment {number}", user("ann"))
        poster.post("# first", MARKER)
        poster.post("# second", MARKER)
        assert len(github.comments) == before + 1

    def test_a_list_without_an_end_has_one(self, poster: CommentPoster, server: Server) -> None:
        endless = Answer(200, [], {"Link": '<https://github.example>; rel="next"'})
        whose = Answer(403, {"message": "Resource not accessible by integration"})
        server.first.extend([whose, *[endless] * 100])
        poster.post(BODY, MARKER)
        assert len(server.asked) == 102

    def test_of_several_the_oldest_is_kept_and_the_others_point_to_it(
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
    def test_what_others_wrote_is_theirs_marker_or_not(
        self, poster: CommentPoster, github: FakeGitHub, login: str
    ) -> None:
        github.login = login
        github.comment(f"{MARKER}\nAll is well!", user("mallory"))
        poster.post(BODY, MARKER)
        assert [each["body"] for each in github.comments] == [f"{MARKER}\nAll is well!", BODY]
        poster.post("# later", MARKER)
        assert len(github.comments) == 2

    def test_another_bot_s_isn_t_a_user_s(self, poster: CommentPoster, github: FakeGitHub) -> None:
        github.login = "arq-reviewer"
        github.comment(f"{MARKER}\nmine", BOT)
        poster.post(BODY, MARKER)
        assert len(github.comments) == 2

    def test_a_quotation_isn_t_a_review(self, poster: CommentPoster, github: FakeGitHub) -> None:
        github.comment(f"> {MARKER}\n> # 2 to destroy")
        poster.post(BODY, MARKER)
        assert len(github.comments) == 2

    def test_a_comment_of_nobody_is_passed_over(self, poster: CommentPoster, github: FakeGitHub) -> None:
        github.comment(BODY)["user"] = None
        github.comment("")["body"] = None
        poster.post(BODY, MARKER)
        assert len(github.comments) == 3


class TestTrouble:
    @pytest.mark.parametrize(
        "trouble", [Trouble.CUT, *(Answer(status, "<html>") for status in (500, 502, 503, 504))], ids=str
    )
    def test_it_asks_again(
        self,
        poster: CommentPoster,
        github: FakeGitHub,
        server: Server,
        waits: list[float],
        trouble: Answer | Trouble,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        server.first.extend([trouble, trouble])
        poster.post(BODY, MARKER)
        assert len(github.comments) == 1
        assert waits == [1, 2]
        assert capsys.readouterr().out.count("GitHub ") == 2

    def test_a_server_that_hangs(
        self, environment: dict[str, str], server: Server, github: FakeGitHub, waits: list[float]
    ) -> None:
        patient = github_from(environment)
        hurried = replace(patient, api=replace(patient.api, timeout=(0.2, 0.2)))
        server.first.append(Trouble.HANG)
        CommentPoster(hurried, Patience(print, waits.append, lambda: 0)).post(BODY, MARKER)
        assert waits == [1]
        assert len(github.comments) == 1

    def test_what_was_written_though_it_seemed_to_fail_isn_t_written_twice(
        self, poster: CommentPoster, github: FakeGitHub, server: Server
    ) -> None:
        def written(_: object) -> Answer:
            github.comment(BODY)
            return Answer(502, "")

        server.first.extend([github.answer, github.answer, written])
        poster.post(BODY, MARKER)
        assert len(github.comments) == 1

    def test_it_gives_up(self, poster: CommentPoster, server: Server, waits: list[float]) -> None:
        server.first.extend([Answer(502, "")] * 100)
        with pytest.raises(InputError, match=r"GitHub: answers with 502.*Run the job again later"):
            poster.post(BODY, MARKER)
        assert waits == [1, 2, 4, 8, 16, 32, 64]
        assert len(server.asked) == 8


REFUSALS = {
    "expired": (Answer(401, {"message": "Bad credentials"}), "GITHUB_TOKEN isn't valid (Bad credentials)"),
    "missing": (Answer(404, {"message": "Not Found"}), "there is no such pull request"),
    "moved": (Answer(301, {"message": "Moved"}, {"Location": "/repositories/1"}), "points elsewhere"),
    "gone": (
        Answer(410, {"message": "Issues are disabled"}),
        "refuses with status 410 (Issues are disabled)",
    ),
    "login page": (Answer(200, "<html>Please log in</html>"), "isn't one of its interface"),
    "another shape": (Answer(200, {"login": 3}), "isn't one of its interface"),
}


class TestRefusal:
    @pytest.mark.parametrize(("answer", "said"), REFUSALS.values(), ids=REFUSALS)
    def test_each_is_said_once_with_a_mend(
        self, poster: CommentPoster, server: Server, waits: list[float], answer: Answer, said: str
    ) -> None:
        server.first.append(answer)
        with pytest.raises(InputError) as raised:
            poster.post(BODY, MARKER)
        [problem] = raised.value.problems
        assert problem.where == "GitHub, arq/platform#7"
        assert said in problem.what
        assert problem.fix
        assert (waits, len(server.asked)) == ([], 1)

    def test_a_token_that_only_reads(self, poster: CommentPoster, github: FakeGitHub) -> None:
        github.may_write = False
        with pytest.raises(InputError, match=r"may not comment.*pull-requests: write.*fork.*step summary"):
            poster.post(BODY, MARKER)

    def test_a_locked_pull_request(self, poster: CommentPoster, github: FakeGitHub) -> None:
        github.is_locked = True
        with pytest.raises(InputError, match=r"no comment.*issue is locked.*Unlock"):
            poster.post(BODY, MARKER)

    def test_a_body_that_is_too_long(self, poster: CommentPoster) -> None:
        with pytest.raises(InputError, match=r"Body is too long.*65,536 characters at most"):
            poster.post("x" * 65_536, MARKER)

    def test_a_wrong_pull_request(self, environment: dict[str, str]) -> None:
        other = github_from(environment | {"GITHUB_REF": "refs/pull/8/merge"})
        with pytest.raises(InputError, match=r"arq/platform#8: there is no such pull request"):
            CommentPoster(other, Patience(print)).post(BODY, MARKER)


class TestToken:
    @pytest.mark.parametrize("status", [400, 401, 403, 404, 422, 429, 500])
    def test_it_is_in_nothing_that_is_said(
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
        said = "".join(traceback.format_exception(raised.value))
        assert "GitHub" in said
        assert TOKEN not in said + caplog.text + "".join(capsys.readouterr()) + repr(poster)

    def test_it_goes_nowhere_else(self, poster: CommentPoster, server: Server, github: FakeGitHub) -> None:
        with serving(Server(github.answer)) as other:
            server.first.append(Answer(307, "", {"Location": f"{other.url}/user"}))
            with pytest.raises(InputError, match="points elsewhere"):
                poster.post(BODY, MARKER)
        assert other.asked == []

    def test_a_netrc_doesn_t_take_its_place(
        self, poster: CommentPoster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        netrc = tmp_path / "netrc"
        netrc.write_text("machine 127.0.0.1 login ann password secret\n")
        netrc.chmod(0o600)
        monkeypatch.setenv("NETRC", str(netrc))
        assert poster.post(BODY, MARKER)

    @pytest.mark.parametrize("token", [f"{TOKEN}\nX-Evil: 1", f"{TOKEN} {TOKEN}", f"{TOKEN}é"])
    def test_one_that_is_none_is_refused_unsaid(self, environment: dict[str, str], token: str) -> None:
        with pytest.raises(InputError, match="GITHUB_TOKEN: holds what no token does") as raised:
            github_from(environment | {"GITHUB_TOKEN": token})
        assert TOKEN not in str(raised.value)


class TestEnvironment:
    def test_the_event_names_the_pull_request(self, environment: dict[str, str], tmp_path: Path) -> None:
        event = tmp_path / "event.json"
        event.write_text(json.dumps({"action": "opened", "pull_request": {"number": 12, "title": "é"}}))
        told = environment | {"GITHUB_EVENT_PATH": str(event), "GITHUB_REF": "refs/heads/main"}
        assert github_from(told).number == 12

    @pytest.mark.parametrize("text", ["", "[]", '{"ref": "refs/heads/main"}', '{"pull_request": 3}'])
    def test_the_ref_does_where_the_event_doesn_t(
        self, environment: dict[str, str], tmp_path: Path, text: str
    ) -> None:
        event = tmp_path / "event.json"
        event.write_text(text)
        assert github_from(environment | {"GITHUB_EVENT_PATH": str(event)}).number == 7

    def test_all_that_is_missing_is_told_at_once(self) -> None:
        with pytest.raises(InputError) as raised:
            github_from({"GITHUB_API_URL": "api.github.com", "GITHUB_REF": "refs/heads/main"})
        assert [problem.where for problem in raised.value.problems] == [
            "GITHUB_API_URL",
            "GITHUB_REPOSITORY",
            "GITHUB_TOKEN",
            "GITHUB_EVENT_PATH",
        ]

    @pytest.mark.parametrize("repository", ["platform", "arq/platform/x", "arq/../x", "arq/a b"])
    def test_a_repository_is_an_owner_and_a_name(self, environment: dict[str, str], repository: str) -> None:
        with pytest.raises(InputError, match="GITHUB_REPOSITORY: can't be"):
            github_from(environment | {"GITHUB_REPOSITORY": repository})

    @pytest.mark.parametrize("url", ["ftp://x", "https://", "https://ann:secret@github.example", "https://["])
    def test_an_address_is_one_of_the_web(self, environment: dict[str, str], url: str) -> None:
        with pytest.raises(InputError, match="GITHUB_API_URL: is no address") as raised:
            github_from(environment | {"GITHUB_API_URL": url})
        assert "secret" not in str(raised.value)

    def test_a_slash_at_its_end_does_no_harm(
        self, environment: dict[str, str], server: Server, github: FakeGitHub
    ) -> None:
        told = github_from(environment | {"GITHUB_API_URL": f"{server.url}/"})
        CommentPoster(told, Patience(print)).post(BODY, MARKER)
        assert len(github.comments) == 1
