"""Ports of security group rules."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Port:
    """TCP or UDP ports from `first` to `last`, inclusive."""

    protocol: str
    first: int
    last: int

    @classmethod
    def tcp(cls, number: int) -> "Port":
        """Return one TCP port."""
        return cls("tcp", number, number)

    @classmethod
    def udp(cls, number: int) -> "Port":
        """Return one UDP port."""
        return cls("udp", number, number)

    @classmethod
    def tcp_range(cls, first: int, last: int) -> "Port":
        """Return the TCP ports from `first` to `last`."""
        return cls("tcp", first, last)

    def __str__(self) -> str:
        numbers = str(self.first) if self.first == self.last else f"{self.first}-{self.last}"
        return f"{self.protocol}-{numbers}"
