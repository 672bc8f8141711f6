"""What requests, answers and problems have in common."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

IdNumber = Annotated[str, Field(max_length=18, description="18 位身份证号，最后一位可能是 X")]
CompanyCode = Annotated[str, Field(pattern=r"^[0-9A-Za-z]{1,12}$", description="期货公司编号")]
Identifier = Annotated[str, Field(max_length=64)]


class Answer(BaseModel):
    """What the server says."""

    model_config = ConfigDict(extra="forbid")


class Ask(BaseModel):
    """What the client sends: nothing is coerced, nothing unknown is accepted."""

    model_config = ConfigDict(extra="forbid", strict=True)


class FieldError(Answer):
    """One wrong field of an answer."""

    field: str = Field(description="Dotted path inside the answer, such as cards.0.number")
    text: str = Field(description="Chinese sentence that says what to do")


class ProblemBody(Answer):
    """A refusal (RFC 9457)."""

    model_config = ConfigDict(extra="forbid", title="Problem")

    type: str = Field("about:blank", description="Always about:blank; `code` tells problems apart")
    title: str
    status: int
    code: str = Field(description="Key of the client's failure table, such as AUTH-CAPTCHA")
    detail: str = Field(description="Chinese sentence for the person")
    field: str = Field("", description="Dotted path of the field concerned")
    retry_after: int = Field(0, description="Seconds to wait, as in Retry-After")
    remaining: int = Field(0, description="Tries left")
    offset: int = Field(0, description="True offset of an upload")
    errors: list[FieldError] = Field(default_factory=list, description="With APP-ANSWER: every wrong field")


class Health(Answer):
    """The server is up."""

    status: str = Field(examples=["ok"])
    time: str = Field(description="RFC 3339, Beijing time")
