"""TLS verified with the trust store of the operating system, for requests."""

from __future__ import annotations

import ssl
import sys
from typing import Any

from requests.adapters import HTTPAdapter

if sys.version_info >= (3, 10):
    from truststore import SSLContext as SystemContext

    def _context() -> ssl.SSLContext:
        return SystemContext(ssl.PROTOCOL_TLS_CLIENT)

else:

    def _context() -> ssl.SSLContext:
        return ssl.create_default_context()


def system_trust() -> ssl.SSLContext:
    """A context for TLS 1.2 and newer that trusts what the operating system trusts.

    From Python 3.10 on truststore asks the system itself, so that a root which Windows fetches on demand
    counts too; before, OpenSSL reads the system's store.
    """
    context = _context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


class SystemTrustAdapter(HTTPAdapter):
    """Connects under one TLS context and never adds the bundle that requests brings."""

    def __init__(self, context: ssl.SSLContext, connections: int) -> None:
        self._context = context
        super().__init__(pool_maxsize=connections)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Give the context to direct connections."""
        super().init_poolmanager(*args, ssl_context=self._context, **kwargs)

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        """Give the context to connections through a proxy."""
        return super().proxy_manager_for(proxy, ssl_context=self._context, **kwargs)

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        """Verify always, and by the context alone."""
        conn.cert_reqs = "CERT_REQUIRED"
        conn.ca_certs = None
        conn.ca_cert_dir = None
