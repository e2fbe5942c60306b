"""Routes of the session."""

from typing import Annotated

from fastapi import APIRouter, Cookie, Response
from pydantic import BaseModel

from services.api.sessions import Sessions

COOKIE = "session"


class Session(BaseModel):
    """A present session."""

    seconds: int


def session_routes(sessions: Sessions, *, secure_cookies: bool) -> APIRouter:
    """Return the routes below /api/session. The cookie is unreadable for scripts and other sites."""
    router = APIRouter(prefix="/api/session", tags=["session"])

    @router.post("", status_code=201)
    async def start_session(response: Response) -> Session:
        response.set_cookie(
            COOKIE,
            await sessions.start(),
            max_age=sessions.seconds,
            secure=secure_cookies,
            httponly=True,
            samesite="strict",
        )
        return Session(seconds=sessions.seconds)

    @router.get("")
    async def show_session(session: Annotated[str | None, Cookie()] = None) -> Session:
        await sessions.find_customer(session)
        return Session(seconds=sessions.seconds)

    @router.delete("", status_code=204)
    async def end_session(response: Response, session: Annotated[str | None, Cookie()] = None) -> None:
        await sessions.end(session)
        response.delete_cookie(COOKIE, secure=secure_cookies, httponly=True, samesite="strict")

    return router
