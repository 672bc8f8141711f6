"""Puts the sandbox together: contract, control API, consoles, problems and the automatic reviewer."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.staticfiles import StaticFiles
from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException

from kaihu_desktop.sandbox import console, control, scenarios
from kaihu_desktop.sandbox.api import applications, certificates, company, customer, login, speed, uploads
from kaihu_desktop.sandbox.authority import open_authority
from kaihu_desktop.sandbox.clock import Clock
from kaihu_desktop.sandbox.database import Base, open_database
from kaihu_desktop.sandbox.faults import FaultRules
from kaihu_desktop.sandbox.headers import AnswerHeaders, LocalOnly
from kaihu_desktop.sandbox.openapi import describe
from kaihu_desktop.sandbox.options import Options
from kaihu_desktop.sandbox.problems import Problem
from kaihu_desktop.sandbox.reviewer import review_forever
from kaihu_desktop.sandbox.state import Sandbox
from kaihu_desktop.sandbox.tables import Customer, Setting

HTTP_CODES = {404: "SERVER-NOT-FOUND", 429: "SERVER-BUSY"}


def contract_router() -> APIRouter:
    """Every operation of the contract under /v1."""
    router = APIRouter(prefix="/v1")
    for part in (company.router, login.router, customer.router, applications.router, certificates.router):
        router.include_router(part)
    router.include_router(speed.router)
    router.include_router(uploads.router)
    router.include_router(uploads.streaming)
    return router


def create_app(options: Options) -> FastAPI:
    """The application over the data folder of `options`, which is made and seeded if it is new."""
    sandbox = open_sandbox(options)

    @contextlib.asynccontextmanager
    async def life(app: FastAPI) -> AsyncIterator[None]:
        reviewer = asyncio.create_task(review_forever(sandbox))
        yield
        reviewer.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await reviewer
        sandbox.engine.dispose()

    app = FastAPI(lifespan=life, docs_url=None, redoc_url=None, openapi_url=None)
    app.state.sandbox = sandbox
    app.include_router(contract_router())
    app.include_router(control.router)
    app.include_router(console.router)
    app.mount("/console/static", StaticFiles(directory=console.STATIC), name="static")
    app.add_exception_handler(Problem, _answer_problem)
    app.add_exception_handler(RequestValidationError, _answer_invalid)
    app.add_exception_handler(HTTPException, _answer_http)
    app.add_exception_handler(Exception, _answer_crash)
    app.add_middleware(LocalOnly)
    app.add_middleware(AnswerHeaders, clock=sandbox.clock)
    describe(app)
    return app


def open_sandbox(options: Options) -> Sandbox:
    """Opens the data folder, seeding a new one."""
    options.data.mkdir(parents=True, exist_ok=True)
    engine = open_database(options.data)
    Base.metadata.create_all(engine)
    sandbox = Sandbox(options, engine, Clock(), FaultRules(), open_authority(options.data))
    sandbox.uploads.mkdir(exist_ok=True)
    with Session(engine) as db:
        offset = db.get(Setting, "clock_offset")
        sandbox.clock.shift(offset.value if offset else 0)
        if db.query(Customer).first() is None:
            scenarios.seed(db, sandbox)
        db.commit()
    return sandbox


async def _answer_problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)  # noqa: S101 - narrows the type for the checker
    if request.url.path.startswith("/console"):
        return console.show_problem(request, error)
    return error.response()


async def _answer_invalid(request: Request, error: Exception) -> Response:
    """A request that isn't of the contract's shape."""
    assert isinstance(error, RequestValidationError)  # noqa: S101 - narrows the type for the checker
    first = error.errors()[0]
    where = [str(part) for part in first["loc"]]
    if where == ["header", "idempotency-key"] and first["type"] == "missing":
        return Problem("SERVER-REFUSED", "缺少 Idempotency-Key", status=400).response()
    field = ".".join(where[1:]) or None
    return Problem("SERVER-REFUSED", "请求的格式不正确", field=field).response()


async def _answer_http(request: Request, error: Exception) -> Response:
    """What the framework refuses by itself: unknown paths and methods, bodies that can't be decoded."""
    assert isinstance(error, HTTPException)  # noqa: S101 - narrows the type for the checker
    if error.status_code == 400:
        return Problem("SERVER-REFUSED", "请求的格式不正确").response()
    code = HTTP_CODES.get(error.status_code, "SERVER-REFUSED")
    response = Problem(code, status=error.status_code).response()
    response.headers.update(error.headers or {})
    if error.status_code == 405:
        response.headers["Allow"] = ", ".join(_methods_at(request))
    return response


def _methods_at(request: Request) -> list[str]:
    """What the contract allows at the request's path; the framework knows one route's methods only."""
    for template, operations in request.app.openapi()["paths"].items():
        if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), request.url.path):
            return sorted(method.upper() for method in operations)
    return []


async def _answer_crash(request: Request, error: Exception) -> Response:
    return Problem("SERVER-ERROR").response()
