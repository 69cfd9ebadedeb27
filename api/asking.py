"""The parameters that calls share, as types of a handler's signature."""

from typing import Annotated

from fastapi import Path, Query

from api.v1.schemas.fields import Text
from app.kit.paging import LONGEST_CURSOR

MOST_A_PAGE = 60
USUAL_PAGE = 24

Cursor = Annotated[str | None, Query(max_length=LONGEST_CURSOR, description="`next` of the part before")]
Limit = Annotated[int, Query(ge=1, le=MOST_A_PAGE)]
Words = Annotated[Text | None, Query()]
Code = Annotated[Text | None, Query()]
Number = Annotated[Text, Path(examples=["KT-2026-000001-9"])]
Name = Annotated[Text, Path()]
