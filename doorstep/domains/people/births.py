"""A date of birth of which the day, or the day and the month, may be unknown."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date

from doorstep.domains.people.types import BadRecord

OLDEST = 130
"""Years: the oldest age ever proved is 122."""
_WRITTEN = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")


@dataclass(frozen=True, order=True)
class BirthDate:
    """``month`` and ``day`` are 0 where nobody knows them. ``is_about`` says that the year is an estimate."""

    year: int
    month: int = 0
    day: int = 0
    is_about: bool = False

    def __str__(self) -> str:
        """``1961``, ``1961-05`` or ``1961-05-17`` (EDTF, ISO 8601-2), with ``~`` for an estimate."""
        parts = [f"{self.year:04}", *(f"{part:02}" for part in (self.month, self.day) if part)]
        return "-".join(parts) + ("~" if self.is_about else "")

    @classmethod
    def read(cls, written: str) -> BirthDate:
        """What ``str`` wrote. Raises ``BadRecord`` for a date that no calendar has."""
        found = _WRITTEN.fullmatch(written.removesuffix("~"))
        if found is None:
            raise _wrong("It is written in another way.", "Write 1961-05-17, 1961-05 or 1961.")
        year, month, day = (int(part or 0) for part in found.groups())
        if not year or month > 12 or (found[2] and not month) or (found[3] and not _is_a_day(year, month, day)):
            raise _wrong("The calendar has no such day.", "Look at the day and the month again.")
        return cls(year, month, day, written.endswith("~"))

    def earliest(self) -> date:
        """The first day that it may have been."""
        return date(self.year, self.month or 1, self.day or 1)

    def latest(self) -> date:
        """The last day that it may have been."""
        month = self.month or 12
        return date(self.year, month, self.day or calendar.monthrange(self.year, month)[1])

    def check(self, today: date) -> None:
        """Raise ``BadRecord`` for somebody not yet born, or older than anybody ever was."""
        if self.earliest() > today:
            raise _wrong("It lies in the future.", "Look at the year again.")
        if today.year - self.year > OLDEST:
            raise _wrong(f"Nobody is more than {OLDEST} years old.", "Look at the year again.")

    def age(self, today: date) -> int:
        """Whole years, by the latest day that it may have been: nobody is made older by what is not known."""
        latest = self.latest()
        return today.year - latest.year - ((today.month, today.day) < (latest.month, latest.day))

    def birthday(self, age: int) -> date:
        """The day on which the person reaches an age, at the latest; the 1st of March for those born on the 29th."""
        latest = self.latest()
        try:
            return latest.replace(year=latest.year + age)
        except ValueError:
            return date(latest.year + age, 3, 1)

    def reaches(self, age: int, today: date) -> bool | None:
        """Whether the person has reached an age; None where what is known does not tell."""
        sure, perhaps = (_has_reached(day, age, today) for day in (self.latest(), self.earliest()))
        return sure if sure == perhaps else None


def _has_reached(born: date, age: int, today: date) -> bool:
    return (today.year - age, today.month, today.day) >= (born.year, born.month, born.day)


def _is_a_day(year: int, month: int, day: int) -> bool:
    return 1 <= day <= calendar.monthrange(year, month)[1]


def _wrong(why: str, mend: str) -> BadRecord:
    return BadRecord("This cannot be a date of birth.", why=why, mend=mend)
