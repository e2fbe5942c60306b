"""A runbook with the names of an environment in its commands."""

import re
from dataclasses import dataclass, field

from arqctl.runbook.pages.commands import PROGRAMS, translate
from arqctl.runbook.pages.name_translation import NameTranslation
from arqctl.runbook.pages.page_files import PageFile
from arqctl.runbook.pages.unresolved import UnresolvedError

_CODE = re.compile(r"```console\n(?P<block>.*?)```|(?P<other>```.*?```)|`(?P<span>[^`]+)`", re.DOTALL)
_COMMAND = re.compile(r"^\$ (?P<command>(?:.*\\\n)*.*)$", re.MULTILINE)
_HEADER = re.compile(r"Commands name [^.]*\.")

# Names that pages mention without a command.
_MENTIONED = ("aws_iam_role.name", "helm_release.values.objects.spec.data.remoteRef.key")


@dataclass
class EnvironmentPage:
    """The page, the variables of the shell that its commands need, and what the environment does not have."""

    page: PageFile
    names: NameTranslation
    variables: list[str] = field(default_factory=list)
    unresolved: list[str] = field(default_factory=list)

    def render(self) -> str:
        """Return the page. A command that names something which the environment lacks is left out."""
        body = _CODE.sub(self._code, self.page.text)
        return _HEADER.sub(lambda _: self._header(), body, count=1)

    def _header(self) -> str:
        target = self.names.target
        cluster = target.cluster
        lines = [
            f"Commands name {target.environment}: account {target.account}, region {target.region}.",
            "",
            "## Before",
            "```console",
            f"$ aws sts get-caller-identity --region {target.region} --query Account --output text",
        ]
        if cluster:
            lines.append(
                f"$ aws eks update-kubeconfig --region {target.region} --name {cluster} --alias {cluster}"
            )
        lines += ["```", "", f"The first command must print {target.account}."]
        if self.variables:
            listed = ", ".join(f"`{name}`" for name in dict.fromkeys(self.variables))
            lines.append(
                f"Set these variables of the shell when a command needs them: {listed}. "
                "The shell refuses a command whose variable is not set."
            )
        if self.unresolved:
            lines += ["", f"Not in {target.environment}, so the page has no command for it:", ""]
            lines += [f"- {reason}" for reason in dict.fromkeys(self.unresolved)]
        return "\n".join(lines)

    def _code(self, match: re.Match[str]) -> str:
        if match["block"] is not None:
            return f"```console\n{_COMMAND.sub(self._command, match['block'])}```"
        return match["other"] or self._span(match["span"])

    def _command(self, match: re.Match[str]) -> str:
        try:
            translated = translate(match["command"], self.names)
        except UnresolvedError as error:
            self.unresolved.append(str(error))
            return f"# {error}"
        self.variables += translated.variables
        return f"$ {translated.line}"

    def _span(self, span: str) -> str:
        words = span.split()
        if words and words[0] in PROGRAMS and len(words) > 1:
            try:
                translated = translate(span, self.names)
            except UnresolvedError as error:
                self.unresolved.append(str(error))
                return f"({error})"
            self.variables += translated.variables
            return f"`{translated.line}`"
        try:
            return f"`{self._name(span)}`"
        except UnresolvedError as error:
            self.unresolved.append(str(error))
            return f"({error})"

    def _name(self, span: str) -> str:
        """Return a name, a file or other words with the names of the target."""
        target = self.names.target
        if span == f"environments/{self.names.reference.environment}.py":
            return f"environments/{target.home}.py"
        renamed = self.names.rename(span)
        if renamed == span or renamed in target.words:
            return renamed
        try:
            return self.names.find(_MENTIONED, span, self.names.reference.region).value
        except UnresolvedError:
            raise UnresolvedError(f"{target.environment} has no {renamed}") from None
