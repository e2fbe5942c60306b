"""Users of a PagerDuty account, found by e-mail address."""

from cdktf_cdktf_provider_pagerduty.data_pagerduty_user import DataPagerdutyUser
from constructs import Construct

from constructs_arq.core.values import slugify


class PagerDutyUsers(Construct):
    """The users of the account. Terraform only reads them: each costs money, and has a phone number.

    A plan fails if a user does not exist. So a person who left the company can't stay on call.
    """

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        self._found: dict[str, DataPagerdutyUser] = {}

    def id_of(self, email: str) -> str:
        """Return the id of a user. The provider compares upper and lower case."""
        if email not in self._found:
            self._found[email] = DataPagerdutyUser(self, slugify(email), email=email)
        return self._found[email].id
