"""The addresses of the public pages. Each stands under its language: ``/pt/programmes/energy-tariff/``."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from doorstep.channels.web.pages import check, decision, home, programme, reports, sale, shop, sync, vouchers

app_name = "web"

pages: list[URLPattern] = [
    path("", home.home, name="home"),
    path("about/<slug:name>/", home.content, name="content"),
    path("programmes/<slug:id>/", programme.programme, name="programme"),
    path("programmes/<slug:id>/check/", check.check, name="check"),
    path("programmes/<slug:id>/check/result/", check.result, name="result"),
    path("decision/", decision.find, name="find"),
    path("decision/letter/", decision.letter, name="letter"),
    path("decision/letter/close/", decision.close, name="close"),
    path("decision/letter/object/", decision.object_to, name="object"),
    path("decision/letter/objected/", decision.objected, name="objected"),
    path("reports/", reports.runs, name="runs"),
    path("reports/<int:id>/", reports.run, name="run"),
    path("reports/<int:id>/groups.csv", reports.groups_file, name="groups"),
    path("vouchers/", vouchers.find, name="vouchers"),
    path("vouchers/mine/", vouchers.mine, name="my_vouchers"),
    path("vouchers/close/", vouchers.close, name="vouchers_close"),
    path("vouchers/contest/<int:line>/", vouchers.contest, name="contest"),
    path("vouchers/proxy/<int:id>/", vouchers.proxy, name="my_proxy"),
    path("shop/", shop.door, name="shop"),
    path("shop/close/", shop.close, name="shop_close"),
    path("shop/today/", shop.today, name="shop_today"),
    path("shop/pay/", shop.pay, name="shop_pay"),
    path("shop/receipt/<slug:number>/", shop.receipt, name="receipt"),
    path("shop/receipt/<slug:number>/undo/", shop.undo, name="undo"),
    path("shop/sale/<slug:step>/", sale.sale, name="sale"),
    path("rules/", reports.algorithms, name="algorithms"),
    path("rules/<slug:id>/", reports.algorithm, name="algorithm"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.root, name="root"),
    path("sync/vouchers/", sync.sync, name="sync"),
    path("robots.txt", home.robots, name="robots"),
    path("favicon.svg", home.favicon, name="favicon"),
    path("<slug:language>/", include(pages)),
]
