"""A forge's refusal, and what one means that is the same on every forge."""

from http import HTTPStatus

from arqctl.core.errors import Problem


class Refused(Exception):  # noqa: N818 - the forge's word, which whoever asked explains
    """Asking again doesn't mend what the forge answers. `status` is 0 where the connection isn't trusted."""

    def __init__(self, status: int, said: str) -> None:
        super().__init__(f"{status}: {said}")
        self.status = status
        self.said = said

    @property
    def in_brackets(self) -> str:
        """The forge's own words, to be put behind ours."""
        return f" ({self.said})" if self.said else ""


def of_no_permission(where: str, refused: Refused) -> Problem:
    """What a refusal means that has nothing to do with who asks."""
    if not refused.status:
        fix = "Name the certificates of a proxy of yours in REQUESTS_CA_BUNDLE"
        return Problem(where, f"the connection isn't trusted{refused.in_brackets}", fix)
    if refused.status < HTTPStatus.MULTIPLE_CHOICES:
        fix = "Check its address: a proxy may answer in its place"
        return Problem(where, f"the answer isn't one of its interface{refused.in_brackets}", fix)
    if refused.status < HTTPStatus.BAD_REQUEST:
        fix = "Name the address and the project as they are called now"
        return Problem(where, f"it points elsewhere, with status {refused.status}", fix)
    what = f"it refuses with status {refused.status}{refused.in_brackets}"
    return Problem(where, what, "Mend what it names, and run the job again")
