"""Errors of the GitHub and GitLab APIs."""

from http import HTTPStatus

from arqctl.core.errors import Problem


class ApiError(Exception):
    """A response that a retry won't change. `status` is 0 if the TLS connection isn't trusted."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(f"{status}: {message}")
        self.status = status
        self.message = message

    @property
    def in_brackets(self) -> str:
        """The server's message in brackets, to append to ours."""
        return f" ({self.message})" if self.message else ""


def explain_common_error(where: str, error: ApiError) -> Problem:
    """Explain an error that doesn't depend on the token's permissions."""
    if not error.status:
        fix = "If you use a proxy, name its certificates in REQUESTS_CA_BUNDLE"
        return Problem(where, f"the connection isn't trusted{error.in_brackets}", fix)
    if error.status < HTTPStatus.MULTIPLE_CHOICES:
        fix = "Check the API's URL: a proxy may have answered"
        return Problem(where, f"the response doesn't have the API's format{error.in_brackets}", fix)
    if error.status < HTTPStatus.BAD_REQUEST:
        fix = "Use the current URL and the current name of the project"
        return Problem(where, f"the API redirects with status {error.status}", fix)
    what = f"the API refuses with status {error.status}{error.in_brackets}"
    return Problem(where, what, "Fix what it names, then run the job again")
