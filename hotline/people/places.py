"""Where a visitor comes from, as far as counting needs it."""

from ipaddress import IPv6Address, ip_address, ip_network


def network(address: str) -> str:
    """The network that counts as one place: an IPv4 address, or the /64 of an IPv6 one.

    Whoever has one IPv6 address has the whole /64. Empty when it is no address.
    """
    try:
        found = ip_address(address.strip().split("%")[0])
    except ValueError:
        return ""
    if isinstance(found, IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    if isinstance(found, IPv6Address):
        return str(ip_network((found, 64), strict=False))
    return str(found)


def masked(place: str) -> str:
    """A place without what tells it apart from its neighbours: 198.51.*.*, 2001:db8:*."""
    if ":" in place:
        return ":".join(place.split(":")[:2]) + ":*"
    parts = place.split(".")
    return f"{parts[0]}.{parts[1]}.*.*" if len(parts) == 4 else ""
