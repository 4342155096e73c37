"""Every address of the site: each channel brings its own."""

from __future__ import annotations

from importlib.util import find_spec

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, include, path


def healthz(request: HttpRequest) -> HttpResponse:
    """Says that the process answers. For load balancers; open to everybody."""
    return HttpResponse("ok\n", content_type="text/plain")


urlpatterns: list[URLPattern | URLResolver] = [path("healthz", healthz, name="healthz")]
if "doorstep.channels.api" in settings.INSTALLED_APPS and find_spec("doorstep.channels.api.urls"):
    urlpatterns.append(path("api/", include("doorstep.channels.api.urls")))
if "doorstep.channels.desk" in settings.INSTALLED_APPS and find_spec("doorstep.channels.desk.urls"):
    urlpatterns.append(path("", include("doorstep.channels.desk.urls")))
if "doorstep.channels.web" in settings.INSTALLED_APPS and find_spec("doorstep.channels.web.urls"):
    urlpatterns.append(path("", include("doorstep.channels.web.urls")))

handler400 = "doorstep.channels.web.pages.errors.bad_request"
handler403 = "doorstep.channels.web.pages.errors.forbidden"
handler404 = "doorstep.channels.web.pages.errors.not_found"
handler500 = "doorstep.channels.web.pages.errors.broken"
