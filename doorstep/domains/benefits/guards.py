"""What stops a real run before it writes: a switch that is off, an older day, absent deliverers, too many endings."""

from __future__ import annotations

from doorstep.domains.benefits.models import Entitlement, Run, Switch
from doorstep.domains.benefits.shapes import Programme
from doorstep.domains.benefits.types import Order, RunRefused
from doorstep.kit.languages import write_share


def is_on(programme: str) -> bool:
    """Whether a programme may decide for real."""
    newest = Switch.objects.filter(programme=programme).order_by("-id").values_list("on", flat=True).first()
    return newest is not False


def check_switch(programme: str) -> None:
    """Raise ``RunRefused`` while the programme is switched off."""
    if not is_on(programme):
        raise RunRefused(
            f"The programme {programme} is switched off.",
            code="off",
            why="Nothing starts and nothing ends until it is on again; everybody keeps what they have.",
            mend="Trial runs still work. A supervisor can switch it on.",
        )


def check_order(run: Run) -> None:
    """Raise ``RunRefused`` where a later day was decided already: time runs one way."""
    later = Run.objects.filter(programme=run.programme, kind="real", state="finished", as_of__gt=run.as_of).first()
    if later is not None:
        raise RunRefused(
            f"{later.as_of} was decided already, which is after {run.as_of}.",
            code="out_of_order",
            mend="Use a trial run to look at an earlier day.",
        )


def check_deliverers(run: Run, order: Order) -> None:
    """Raise ``RunRefused`` where a deliverer who was there, or who has entitlements, has no contracts at all now."""
    last = Run.objects.filter(programme=run.programme, kind="real", state="finished").order_by("-id").first()
    before = {name for name, rows in (last.deliverers if last else {}).items() if rows}
    before |= set(
        Entitlement.objects.filter(programme=run.programme, state__in=("active", "ending"))
        .values_list("supplier", flat=True).distinct()
    )  # fmt: skip
    gone = sorted(name for name in before if name and not run.deliverers.get(name) and name not in order.allow_missing)
    if gone:
        names = ", ".join(gone)
        raise RunRefused(
            f"No contracts of {names} came this time.",
            code="missing_deliverer",
            why="They were there before. A missing file must not end anything.",
            mend=f"Add the file, or say that it is meant with --allow-missing {' '.join(gone)}.",
        )


def check_endings(programme: Programme, *, ending: int, standing: int) -> None:
    """Raise ``RunRefused`` where more entitlements would end than the programme's guard allows."""
    if ending > programme.stop_share * standing:
        share = write_share(ending / max(standing, 1), "en")
        raise RunRefused(
            f"{ending:,} of {standing:,} entitlements ({share}) would be told that they end.",
            code="too_many_endings",
            why=f"The programme stops at more than {programme.stop_if_ending_over}.",
            mend="Look at the files first. If it is right, run again with --confirm-endings.",
        )
