"""The verb's routes for the page that reviews claims: what there is, where it stands, and a decision of a person.

The router knows no tokens: `cli` hands it the dependencies of the service that it is put into, and a person is whoever
they give, by `user`. The clock is read here, and nowhere else in `assess`.
"""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, Protocol

from fastapi import APIRouter, Depends, HTTPException
from pydantic import BaseModel, ConfigDict, Field

from dronewall.assess.review import Act
from dronewall.assess.reviewing import Gone, Reviewing, Stale
from dronewall.settings import check

Json = dict[str, Any]
Short = Annotated[str, Field(min_length=1, max_length=200)]


class Person(Protocol):
    """Who acts."""

    @property
    def user(self) -> str:
        """The name for the log."""
        ...


class Decision(BaseModel):
    """What a person decided, and `seen`: the version of the acts that were on the page."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)
    kind: Literal["accept", "reject", "correct", "separate", "merge"]
    seen: Annotated[str, Field(max_length=40)]
    claim: Short | None = None
    set: dict[Short, float | str | list[Short]] = Field(default_factory=dict, max_length=20)
    roots: list[Short] = Field(default_factory=list, max_length=200)
    why: Annotated[str, Field(max_length=2_000)] = ""


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


def review_router(
    reviewing: Reviewing,
    *,
    viewer: Callable[..., Any],
    operator: Callable[..., Any],
    now: Callable[[], datetime] = _now,
) -> APIRouter:
    """Routes under `/api/assess`.

    Parameters
    ----------
    viewer, operator : callable
        FastAPI dependencies of the service: who may look, and who may decide.
    """
    router = APIRouter(prefix="/api/assess")
    runs: set[asyncio.Task[Json]] = set()

    def renew() -> None:
        """Make the estimate anew beside the answers, once at a time; acts that come meanwhile have their own run."""

        async def run() -> Json:
            told = reviewing.state()
            while reviewing.behind:
                told = await asyncio.to_thread(reviewing.run)
            return told

        if not runs:
            task = asyncio.create_task(run())
            runs.add(task)
            task.add_done_callback(runs.discard)

    def state(who: Person) -> Json:
        if reviewing.behind:
            renew()
        return {**reviewing.state(), "running": bool(runs), "user": who.user, "role": str(getattr(who, "role", ""))}

    @router.get("")
    async def whole(who: Annotated[Any, Depends(viewer)]) -> Json:
        """Claims with their words, roots, conflicts, the estimate, and every act so far."""
        return {**await asyncio.to_thread(reviewing.whole), **state(who)}

    @router.get("/state")
    async def where(who: Annotated[Any, Depends(viewer)]) -> Json:
        """Which version is shown, whether the estimate is being made anew, and what kept it from being."""
        return state(who)

    @router.post("/acts")
    async def decide(said: Decision, who: Annotated[Any, Depends(operator)]) -> Json:
        """A decision. It is in the review file, with who and when, before this answers; the estimate follows."""
        data = said.model_dump(exclude={"seen"}, exclude_defaults=True) | {"kind": said.kind}
        act = check(Act, data | {"who": who.user, "when": now()}, "the decision")
        try:
            done = await asyncio.to_thread(reviewing.decide, act, said.seen)
        except Stale as error:
            renew()
            raise HTTPException(409, str(error)) from None
        except Gone as error:
            raise HTTPException(404, str(error)) from None
        renew()
        return {**done, "running": bool(runs)}

    return router
