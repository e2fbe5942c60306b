"""Name servers of a domain, from a DNS server on this machine."""

import socket
import sys
from collections.abc import Iterator
from threading import Thread

import pytest
from dns import flags, message, name, rcode, resolver, rrset

from arqctl.doctor.aws.zone_delegation import DnsError, find_name_servers

SERVERS = ("ns-1.awsdns-01.org.", "NS-2.awsdns-02.co.uk.")


def answer(question: bytes) -> bytes:
    """Answer as the resolver of a zone that is delegated, unknown, empty or broken."""
    query = message.from_wire(question)
    reply = message.make_response(query)
    reply.flags |= flags.RA
    domain = query.question[0].name
    match domain.to_text():
        case "acme.io.":
            reply.answer.append(rrset.from_text(domain, 60, "IN", "NS", *SERVERS))
        case "unknown.io.":
            reply.set_rcode(rcode.NXDOMAIN)
        case "broken.io.":
            reply.set_rcode(rcode.SERVFAIL)
    return reply.to_wire()


@pytest.fixture
def _dns_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))

        def serve() -> None:
            while question := server.recvfrom(4096):
                if question[0] == b"stop":
                    return
                server.sendto(answer(question[0]), question[1])

        thread = Thread(target=serve)
        thread.start()
        local = resolver.Resolver(configure=False)
        local.nameservers, local.port = ["127.0.0.1"], server.getsockname()[1]
        monkeypatch.setattr(resolver, "default_resolver", local)
        yield
        server.sendto(b"stop", server.getsockname())
        thread.join()


@pytest.mark.usefixtures("_dns_server")
@pytest.mark.parametrize(
    ("domain", "servers"),
    [
        ("acme.io", {"ns-1.awsdns-01.org", "ns-2.awsdns-02.co.uk"}),
        ("unknown.io", set()),
        ("empty.io", set()),
    ],
)
def test_name_servers_are_those_of_public_dns(domain: str, servers: set[str]) -> None:
    assert find_name_servers(domain) == servers


@pytest.mark.usefixtures("_dns_server")
def test_a_broken_delegation_is_no_answer() -> None:
    with pytest.raises(DnsError, match="NoNameservers"):
        find_name_servers("broken.io")


def test_an_invalid_domain_is_no_answer() -> None:
    with pytest.raises(DnsError, match=name.LabelTooLong.__name__):
        find_name_servers("x" * 64 + ".io")


def test_a_missing_dnspython_is_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "dns", None)
    with pytest.raises(DnsError, match=r"arqctl\[aws\]"):
        find_name_servers("acme.io")
