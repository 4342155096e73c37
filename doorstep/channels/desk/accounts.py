"""Officers' accounts: Django's users, with a group for each role they have."""

from __future__ import annotations

import re
from collections.abc import Sequence

from django.contrib.auth.models import AnonymousUser, Group, User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from doorstep.channels.desk.types import Account, BadAccount, BadPassword, NoSuchOfficer
from doorstep.domains.benefits.types import Officer, Role

NAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,29}")
MAX_FULL_NAME = 100
MAX_PASSWORD = 200


def officer_of(user: User | AnonymousUser) -> Officer | None:
    """Who acts, as the records name them; None for somebody who has not signed in."""
    if not isinstance(user, User) or not user.is_active:
        return None
    held = set(user.groups.values_list("name", flat=True))
    return Officer(_recorded(user), frozenset(role for role in Role if role.value in held))


def _recorded(user: User) -> str:
    """The name in every record, which people read too: theirs, and the account's, which no other has."""
    return f"{user.first_name} ({user.username})" if user.first_name else user.username


def add(name: str, full_name: str, roles: Sequence[Role], password: str) -> Account:
    """See ``api.add_officer``."""
    if not NAME.fullmatch(name):
        raise BadAccount(
            f"{name!r} cannot be an account's name.",
            mend="Use 2 to 30 small letters, digits, dots, hyphens or underscores; begin with a letter or a digit.",
        )
    user = User(username=name, first_name=_tidied(full_name))
    check_password(password, user)
    user.set_password(password)
    try:
        with transaction.atomic():
            user.save()
            _give(user, roles)
    except IntegrityError as error:
        raise BadAccount(f"There is an officer {name!r} already.", mend="Use change, or another name.") from error
    return _account(user)


def change(name: str, full_name: str | None, roles: Sequence[Role]) -> Account:
    """See ``api.change_officer``."""
    with transaction.atomic():
        user = _found(name)
        if full_name is not None:
            user.first_name = _tidied(full_name)
            user.save(update_fields=["first_name"])
        if roles:
            _give(user, roles)
        return _account(user)


def set_password(name: str, password: str) -> Account:
    """See ``api.set_password``."""
    with transaction.atomic():
        user = _found(name)
        check_password(password, user)
        user.set_password(password)
        user.save(update_fields=["password"])
        return _account(user)


def set_active(name: str, active: bool) -> Account:
    """See ``api.set_active``."""
    with transaction.atomic():
        user = _found(name)
        user.is_active = active
        user.save(update_fields=["is_active"])
        return _account(user)


def everybody() -> tuple[Account, ...]:
    """See ``api.list_officers``."""
    return tuple(_account(user) for user in User.objects.order_by("username").prefetch_related("groups"))


def check_password(password: str, user: User) -> None:
    """Raise ``BadPassword`` with what is wrong, by Django's validators (see the settings)."""
    if len(password) > MAX_PASSWORD:
        raise BadPassword("The password is too long.", codes=("too_long",), mend=f"Use at most {MAX_PASSWORD}.")
    try:
        validate_password(password, user)
    except ValidationError as error:
        codes = tuple(one.code or "" for one in error.error_list)
        raise BadPassword(" ".join(error.messages), codes=codes, mend="Take three or four words at random.") from error


def _give(user: User, roles: Sequence[Role]) -> None:
    user.groups.set([Group.objects.get_or_create(name=role.value)[0] for role in roles])


def _found(name: str) -> User:
    user = User.objects.select_for_update().filter(username=name).first()
    if user is None:
        raise NoSuchOfficer(f"There is no officer {name!r}.", mend="See all of them: doorstep officer list")
    return user


def _tidied(full_name: str) -> str:
    plain = " ".join(full_name.replace("\0", "").split())
    if len(plain) > MAX_FULL_NAME:
        raise BadAccount("The person's name is too long.", mend=f"Use at most {MAX_FULL_NAME} letters.")
    return plain


def _account(user: User) -> Account:
    held = {group.name for group in user.groups.all()}
    roles = tuple(role for role in Role if role.value in held)
    return Account(user.username, user.first_name, roles, user.is_active, user.last_login)
