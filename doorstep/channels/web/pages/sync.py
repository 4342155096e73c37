"""Where shops' devices tell what they gave without a connection: JSON, signed by the device's own key."""

from __future__ import annotations

import json
from datetime import datetime

from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from doorstep.domains.vouchers import api as vouchers
from doorstep.domains.vouchers.types import BadInput, NoSuch, VoucherError

MAX_BYTES = 2_000_000


@csrf_exempt
@require_POST
def sync(request: HttpRequest) -> JsonResponse:
    """Take entries; answer with what became of each, the number up to which all is taken, and the device's pass.

    422 with ``code``, ``what`` and ``mend`` where something is wrong: of that request nothing was taken.
    """
    try:
        told, new_pass = vouchers.sync(request=_read(request), at=timezone.now())
    except VoucherError as error:
        status = 404 if isinstance(error, NoSuch) else 422
        return JsonResponse({"code": error.code, "what": error.what, "mend": error.mend}, status=status)
    answer = {
        "upto": told.upto,
        "waiting": list(told.waiting),
        "outcomes": {str(number): outcome for number, outcome in told.outcomes.items()},
        "pass": new_pass.as_json(),
    }
    return JsonResponse(answer, headers={"Cache-Control": "no-store"})


def _read(request: HttpRequest) -> vouchers.Request:
    bad = BadInput("The request cannot be read.", code="entry_form", mend="Update the device's program.")
    if len(request.body) > MAX_BYTES:
        raise bad
    try:
        raw = json.loads(request.body)
        code, at, signature = raw["device"], datetime.fromisoformat(raw["at"]), raw["signature"]
        entries = vouchers.read_entries(raw["entries"])
    except (ValueError, KeyError, TypeError) as error:
        raise bad from error
    if not isinstance(code, str) or not isinstance(signature, str) or at.tzinfo is None:
        raise bad
    return vouchers.Request(code[:40], at, entries, signature)
