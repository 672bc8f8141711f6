"""Company configuration, its logo and the certificates that it trusts."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Response

from kaihu_desktop.sandbox.api.refusals import binary, refusals
from kaihu_desktop.sandbox.companies import draw_logo, find_company
from kaihu_desktop.sandbox.state import TheSandbox
from kaihu_desktop.sandbox.transaction import TransactionRoute
from kaihu_desktop.sandbox.wire.common import Health
from kaihu_desktop.sandbox.wire.company import Company

router = APIRouter(route_class=TransactionRoute, tags=["company"])
Code = Annotated[str, Path(max_length=12, description="期货公司编号", examples=["8888"])]
_UNKNOWN = refusals("COMPANY-UNKNOWN", "SERVER-REFUSED", "SERVER-BUSY")


@router.get(
    "/health", operation_id="getHealth", summary="Is the server up?", responses=refusals("SERVER-BUSY")
)
def get_health(sandbox: TheSandbox) -> Health:
    """Says the server's time, by which a client finds that its own clock is wrong."""
    return Health(status="ok", time=sandbox.clock.now().isoformat(timespec="seconds"))


@router.get(
    "/companies/{company_code}",
    operation_id="getCompany",
    summary="What a company configures",
    responses=_UNKNOWN,
)
def get_company(company_code: Code) -> Company:
    """Name, colour, businesses, banks, rules and texts of a company."""
    return find_company(company_code)


@router.get(
    "/companies/{company_code}/logo",
    operation_id="getCompanyLogo",
    summary="Logo of a company",
    response_class=Response,
    responses={**_UNKNOWN, **binary("image/png", "Square picture")},
)
def get_logo(company_code: Code) -> Response:
    """The logo as PNG."""
    return Response(draw_logo(find_company(company_code)), media_type="image/png")


@router.get(
    "/companies/{company_code}/trust-anchors",
    operation_id="getTrustAnchors",
    summary="Certificates of the CA that issues the customers' certificates",
    response_class=Response,
    responses={**_UNKNOWN, **binary("application/x-pem-file", "Root first, then the issuing CA")},
)
def get_trust_anchors(company_code: Code, sandbox: TheSandbox) -> Response:
    """The CA certificates as PEM."""
    find_company(company_code)
    return Response(sandbox.authority.anchors_pem(), media_type="application/x-pem-file")
