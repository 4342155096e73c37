"""The addresses of the public pages. Each stands under its language: ``/pt/programmes/energy-tariff/``."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from doorstep.channels.web.pages import (
    agent,
    check,
    decision,
    home,
    log,
    programme,
    reports,
    sale,
    shop,
    sync,
    vouchers,
    wallet,
)

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
    path("wallet/", wallet.door, name="wallet"),
    path("wallet/close/", wallet.close, name="wallet_close"),
    path("wallet/send/", wallet.send, name="wallet_send"),
    path("wallet/wrong/<int:movement>/", wallet.dispute, name="wallet_dispute"),
    path("wallet/receipt/<int:movement>/", wallet.receipt, name="wallet_receipt"),
    path("wallet/receipt/<int:movement>/file/", wallet.receipt_file, name="wallet_receipt_file"),
    path("wallet/looks/", wallet.looks, name="wallet_looks"),
    path("wallet/people/", wallet.people, name="wallet_people"),
    path("wallet/pin/", wallet.pin, name="wallet_pin"),
    path("wallet/lost/", wallet.recover, name="wallet_lost"),
    path("wallet/lost/confirm/", wallet.confirm, name="wallet_confirm"),
    path("wallet/lost/new/", wallet.renew, name="wallet_renew"),
    path("agent/", agent.door, name="agent"),
    path("agent/close/", agent.close, name="agent_close"),
    path("agent/cash/<slug:way>/", agent.cash, name="agent_cash"),
    path("vouchers/", vouchers.find, name="vouchers"),
    path("vouchers/mine/", vouchers.mine, name="my_vouchers"),
    path("vouchers/close/", vouchers.close, name="vouchers_close"),
    path("vouchers/contest/<int:line>/", vouchers.contest, name="contest"),
    path("vouchers/receipt/<slug:what>/", vouchers.receipt, name="voucher_receipt"),
    path("vouchers/receipt/<slug:what>/file/", vouchers.receipt_file, name="voucher_receipt_file"),
    path("vouchers/proxy/<int:id>/", vouchers.proxy, name="my_proxy"),
    path("shop/", shop.door, name="shop"),
    path("shop/close/", shop.close, name="shop_close"),
    path("shop/today/", shop.today, name="shop_today"),
    path("shop/pay/", shop.pay, name="shop_pay"),
    path("shop/receipt/<slug:number>/", shop.receipt, name="receipt"),
    path("shop/receipt/<slug:number>/proof/", shop.proof, name="shop_proof"),
    path("shop/receipt/<slug:number>/proof/file/", shop.proof_as_file, name="shop_proof_file"),
    path("shop/receipt/<slug:number>/undo/", shop.undo, name="undo"),
    path("shop/sale/<slug:step>/", sale.sale, name="sale"),
    path("rules/", reports.algorithms, name="algorithms"),
    path("rules/<slug:id>/", reports.algorithm, name="algorithm"),
    path("log/", log.state, name="log"),
    path("log/check/", log.check, name="log_check"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.root, name="root"),
    path("sync/vouchers/", sync.sync, name="sync"),
    path("robots.txt", home.robots, name="robots"),
    path("favicon.svg", home.favicon, name="favicon"),
    # The log's own files, for programs, have no language.
    path("log/checkpoint", log.checkpoint, name="checkpoint"),
    path("log/policy", log.policy, name="policy"),
    path("log/verifier.py", log.verifier, name="verifier"),
    path("log/tile/<path:rest>", log.tile, name="tile"),
    path("<slug:language>/", include(pages)),
]
