"""Which proxy leads to the backend: the environment's or the system's setting, in a form requests takes."""

from __future__ import annotations

import ipaddress
import urllib.request
from typing import Mapping
from urllib.parse import urlsplit


def proxies_for(url: str) -> dict[str, str]:
    """The proxy for `url` as requests wants it, for example ``{"https": "http://10.0.0.1:3128"}``.

    Empty when there is none, or `url` is excepted from it. This computer itself needs no proxy.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    if is_loopback(host):
        return {}
    environment = urllib.request.getproxies_environment()
    proxies = environment or normalised(urllib.request.getproxies())
    proxy = proxies.get(parts.scheme) or proxies.get("all")
    if not proxy or urllib.request.proxy_bypass(host):
        return {}
    return {parts.scheme: proxy if "://" in proxy else f"http://{proxy}"}


def proxy_name(url: str) -> str:
    """``host:port`` of the proxy that leads to `url`, without user and password; empty when there is none."""
    return "".join(urlsplit(proxy).netloc.rpartition("@")[2] for proxy in proxies_for(url).values())


def normalised(system_proxies: Mapping[str, str]) -> dict[str, str]:
    """The system's proxies, all spoken to over plain HTTP.

    Windows has no setting for a proxy that itself speaks TLS; before Python 3.10 `getproxies` nevertheless
    writes ``https://host`` for the proxy of https addresses.
    """
    return {
        scheme: "http://" + proxy[len("https://") :] if proxy.startswith("https://") else proxy
        for scheme, proxy in system_proxies.items()
    }


def is_loopback(host: str) -> bool:
    """Whether the host is this computer itself."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
