"""Errors as RFC 9457 problem details: each says what is wrong and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response
from starlette.routing import Match

from steppewire import logs
from steppewire.errors import ArchiveUnreachable

log = logs.get(__name__)
MEDIA_TYPE = "application/problem+json"
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")


class ProblemBody(BaseModel):
    """What went wrong (RFC 9457)."""

    type: str = Field(examples=["urn:steppewire:problem:bad-cursor"])
    title: str = Field(examples=["Bad Request"])
    status: int = Field(examples=[400])
    detail: str = Field(examples=["This cursor is not one of ours: ask again without `cursor`."])


MEANINGS = {
    400: "The request cannot be read: bytes that are no text, a cursor or an id that is not ours.",
    401: "It needs a key, or the key is not ours.",
    403: "The key does not allow it, or a page of another site asks.",
    404: "There is nothing such.",
    405: "The method is not one of those in `Allow`.",
    406: "None of the media types in `Accept` is served here.",
    409: "It is in the way of something that is there already.",
    413: "The body is too long.",
    414: "The address is too long.",
    415: "The body is of a type that is not read here.",
    422: "A parameter cannot be read, or asks for what cannot be.",
    429: "Too many requests: `Retry-After` tells when to come back.",
    431: "The headers are too long.",
    503: "The database or the broker does not answer; come back later.",
}
"""What each status of an error means, in every operation."""


def described(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return how errors are described in OpenAPI."""
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemBody"}}}
    return {status: {"description": MEANINGS[status], "content": content} for status in statuses}


class Problem(Exception):
    """An answer that is an error: `slug` names the kind, `detail` names the remedy."""

    def __init__(self, status: int, slug: str, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.slug = slug
        self.detail = detail


def answer(problem: Problem, headers: Mapping[str, str] | None = None) -> Response:
    """Write a problem down."""
    body = body_of(problem).model_dump()
    told = {"Cache-Control": "no-store", **(headers or {})}
    return JSONResponse(body, problem.status, headers=told, media_type=MEDIA_TYPE)


def body_of(problem: Problem) -> ProblemBody:
    """Return what is told about a problem."""
    return ProblemBody(
        type=f"urn:steppewire:problem:{problem.slug}",
        title=HTTPStatus(problem.status).phrase,
        status=problem.status,
        detail=problem.detail,
    )


def of_validation(errors: Sequence[Any]) -> Problem:
    """Return one sentence for all the parameters that cannot be read."""
    told = "; ".join(_told(error) for error in errors[:5])
    return Problem(422, "bad-parameter", f"{told}. The parameters are described at /docs.")


def _told(error: Mapping[str, Any]) -> str:
    name = ".".join(str(part) for part in error["loc"][1:]) or str(error["loc"][0])
    if error["type"] == "extra_forbidden":
        return f"{name[:60]!r} is not a parameter here"
    message = str(error["msg"]).removeprefix("Value error, ")
    return f"{name[:60]}: {message} (got {_short(error.get('input'))})"


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}…"


def _not_served(error: HTTPException, allowed: Mapping[str, str]) -> Problem:
    if error.status_code == 404:
        return Problem(404, "no-such-page", "There is nothing at this address; see /docs.")
    if error.status_code == 405:
        return Problem(405, "method", f"This address answers {allowed['Allow']} alone; see /docs.")
    return Problem(error.status_code, "refused", str(error.detail))


def _methods(request: Request) -> list[str]:
    """Return the methods of an address: of all its routes, where the first one knows its own."""
    return [method for method in _METHODS if _answers(request, method)]


def _answers(request: Request, method: str) -> bool:
    asked = {**request.scope, "method": "GET" if method == "HEAD" else method}
    return any(route.matches(asked)[0] is Match.FULL for route in request.app.routes)


def install(app: FastAPI) -> None:
    """Make every error of `app` a problem, foreseen or not."""

    @app.exception_handler(Problem)
    async def foreseen(_: Request, error: Problem) -> Response:
        return answer(error)

    @app.exception_handler(RequestValidationError)
    async def unreadable(_: Request, error: RequestValidationError) -> Response:
        return answer(of_validation(error.errors()))

    @app.exception_handler(HTTPException)
    async def not_served(request: Request, error: HTTPException) -> Response:
        allowed = {"Allow": ", ".join(_methods(request))} if error.status_code == 405 else {}
        return answer(_not_served(error, allowed), {**(error.headers or {}), **allowed})

    @app.exception_handler(ArchiveUnreachable)
    async def no_database(_: Request, error: ArchiveUnreachable) -> Response:
        log.warning("database_away", error=str(error))
        return answer(
            Problem(503, "database", "The database does not answer; /health/ready tells more."),
            {"Retry-After": "5"},
        )

    @app.exception_handler(Exception)
    async def unforeseen(_: Request, error: Exception) -> Response:
        log.error("request_failed", exc_info=error)
        return answer(
            Problem(500, "fault", "This is a fault of ours; the log of the api has the details.")
        )
