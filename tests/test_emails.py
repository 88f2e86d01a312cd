"""An e-mail address is one for every door, or for none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from pydantic import TypeAdapter
from pydantic import ValidationError as SchemaError

from strapontin.api.schemas.kinds import Mail, OptionalMail
from strapontin.kit.emails import EMAIL_LENGTH, is_email
from strapontin.refusals import Refusal
from strapontin.seats.claims import NewUser
from strapontin.seats.rules import problems_of

if TYPE_CHECKING:
    from tests.stack_stories import Story

LONGEST = "a@" + ".".join(["b" * 60] * 4) + ".example"
ADDRESSES = {
    "zoe@client.example": True,
    "Nie+X@metz.example": True,
    "o'hara.zoe@sub.client.example": True,
    "zoe@société.example": True,
    LONGEST.replace("a@", "a" * (EMAIL_LENGTH - len(LONGEST) + 1) + "@"): True,
    LONGEST.replace("a@", "a" * (EMAIL_LENGTH - len(LONGEST) + 2) + "@"): False,
    "zoe": False,
    "zoe@client": False,
    "@client.example": False,
    "zoe@": False,
    "zoe@@client.example": False,
    "zoe nouvelle@client.example": False,
    "zoe@client.example\nBcc: x@client.example": False,
    "zoe@client..example": False,
    "zoe@[192.0.2.1]": False,
    "zoe@[2001:db8::1]": False,
}


@pytest.mark.parametrize(("address", "good"), ADDRESSES.items())
def test_every_door_has_the_same_rule(address: str, good: bool) -> None:
    assert is_email(address) is good
    kinds: tuple[Any, ...] = (Mail, OptionalMail)
    for kind in kinds:
        if good:
            assert TypeAdapter(kind).validate_python(address) == address
        else:
            with pytest.raises(SchemaError):
                TypeAdapter(kind).validate_python(address)
    user = NewUser(uuid4(), "voice", "Zoé", email=address)
    assert [field for field, _ in problems_of(user)] == ([] if good else ["email"])
    # What stays as it is, is accepted whatever it is.
    assert not list(problems_of(user, known=user))


def test_the_operation_has_the_same_rule(story: Story) -> None:
    for address, good in ADDRESSES.items():
        if good:
            story.add_here(address, allocate_missing=True)
        else:
            with pytest.raises(Refusal) as refused:
                story.add_here(address, allocate_missing=True)
            assert (refused.value.code, refused.value.facts["field"]) == ("invalid", "email")


def test_an_address_that_the_stack_gave_hinders_no_other_change(story: Story) -> None:
    stack_user = next(iter(story.simulator.world.users))
    story.simulator.change_user(stack_user, email="zoé@client.example")
    story.synchronize()
    (user,) = story.read("SELECT id, email FROM seat_user WHERE email = 'zoé@client.example'")
    story.change(user["id"], extension="101")
    story.change(user["id"], email="zoe@client.example")
    with pytest.raises(Refusal):
        story.change(user["id"], email="zoé@client.example")
