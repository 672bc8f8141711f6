"""The review console in the browser."""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter, Request, Response

from kaihu_desktop.sandbox.problems import Problem

STATIC = Path(__file__).parent / "static"
router = APIRouter(prefix="/console", include_in_schema=False)


def show_problem(request: Request, problem: Problem) -> Response:
    return problem.response()
