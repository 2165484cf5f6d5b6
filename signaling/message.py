"""What all messages between a page and signaling are made of."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field


class Message(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


CommandId = Annotated[str, Field(min_length=8, max_length=64, pattern=r"^[A-Za-z0-9_-]+$")]
EventId = Annotated[str, Field(max_length=40, pattern=r"^\d{1,20}-\d{1,10}$")]
Role = Literal["patient", "physician", "companion"]
