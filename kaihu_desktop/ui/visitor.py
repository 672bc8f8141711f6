"""Who is at the window, as the places that can be visited at any time know it."""

from __future__ import annotations

from dataclasses import dataclass

from kaihu_desktop.core.model.company import Company
from kaihu_desktop.core.model.customer import Customer
from kaihu_desktop.core.ports import Backend


@dataclass(frozen=True)
class Visitor:
    """company, customer: None before they are chosen or logged in."""

    backend: Backend
    company: Company | None
    customer: Customer | None
