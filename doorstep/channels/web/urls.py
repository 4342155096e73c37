"""The addresses of the public pages. Each stands under its language: ``/pt/programmes/energy-tariff/``."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from doorstep.channels.web.pages import check, decision, home, log, programme, reports

app_name = "web"

pages: list[URLPattern] = [
    path("", home.home, name="home"),
    path("about/<slug:name>/", home.content, name="content"),
    path("programmes/<slug:id>/", programme.programme, name="programme"),
    path("programmes/<slug:id>/check/", check.check, name="check"),
    path("programmes/<slug:id>/check/result/", check.result, name="result"),
    path("decision/", decision.find, name="find"),
    path("decision/letter/", decision.letter, name="letter"),
    path("decision/letter/receipt/", decision.receipt, name="receipt"),
    path("decision/letter/receipt/file/", decision.receipt_file, name="receipt_file"),
    path("decision/letter/close/", decision.close, name="close"),
    path("decision/letter/object/", decision.object_to, name="object"),
    path("decision/letter/objected/", decision.objected, name="objected"),
    path("reports/", reports.runs, name="runs"),
    path("reports/<int:id>/", reports.run, name="run"),
    path("reports/<int:id>/groups.csv", reports.groups_file, name="groups"),
    path("rules/", reports.algorithms, name="algorithms"),
    path("rules/<slug:id>/", reports.algorithm, name="algorithm"),
    path("log/", log.state, name="log"),
    path("log/check/", log.check, name="log_check"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.root, name="root"),
    path("robots.txt", home.robots, name="robots"),
    path("favicon.svg", home.favicon, name="favicon"),
    # The log's own files, for programs, have no language.
    path("log/checkpoint", log.checkpoint, name="checkpoint"),
    path("log/policy", log.policy, name="policy"),
    path("log/verifier.py", log.verifier, name="verifier"),
    path("log/tile/<path:rest>", log.tile, name="tile"),
    path("<slug:language>/", include(pages)),
]
