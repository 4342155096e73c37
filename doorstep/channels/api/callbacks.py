"""What mobile-money providers tell by themselves. Who tells is known by the signature over the raw body alone."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from doorstep.domains.payments import api as payments
from doorstep.domains.payments.types import BadCallback
from doorstep.kit.errors import DoorstepError

MAX_BYTES = 64 * 1024


@csrf_exempt
@require_http_methods(["POST", "PUT"])
def mobile_money(request: HttpRequest) -> HttpResponse:
    """One callback: 204 when it was understood, however often it comes; 401 for any other, which changed nothing."""
    try:
        transport = payments.mobile_provider(settings.MOBILE_MONEY)
    except DoorstepError as error:
        raise Http404 from error
    if len(request.body) > MAX_BYTES:
        return HttpResponse("Too large.\n", status=413, content_type="text/plain")
    try:
        payments.receive_callback(
            transport=transport, headers=dict(request.headers), body=request.body, at=timezone.now()
        )
    except BadCallback as error:
        return HttpResponse(f"{error.what}\n", status=401, content_type="text/plain")
    return HttpResponse(status=204)
