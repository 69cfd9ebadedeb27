"""A token for a phone number and a password."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api import problems
from api.answers import PRIVATE
from api.deps import PUBLIC, SIGNED_IN, DbSession, token_of
from api.problems import WrongCredentials
from api.v1.schemas.tokens import Credentials, Token
from app.accounts import rules, sessions, signin

router = APIRouter(prefix="/auth", tags=["sign in"])


@router.post("/token", response_model=Token, dependencies=[PUBLIC])
def sign_in(request: Request, session: DbSession, given: Credentials) -> Response:
    """Sign in. Unknown phone and wrong password are one answer; after ten failures of one account in 15 minutes 429."""
    # a failed attempt is counted by the same transaction, so it must end in an answer, not in an exception
    address = request.client.host if request.client else ""
    account = signin.attempt(session, phone=given.phone, password=given.password, address=address, channel="api")
    if account is None:
        return problems.of(WrongCredentials())
    token = Token(
        access_token=sessions.start(session, account, kind="api"),
        expires_in=int(rules.PROGRAM.absolute.total_seconds()),
    )
    return Response(token.model_dump_json(), media_type="application/json", headers={"Cache-Control": PRIVATE})


@router.delete("/token", status_code=204, dependencies=[SIGNED_IN])
def sign_out(request: Request, session: DbSession) -> Response:
    """Sign out: this token is worth nothing from now on."""
    sessions.end(session, token_of(request))
    return Response(status_code=204)
