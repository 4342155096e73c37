"""The addresses of the desk, each under its language: ``/pt/desk/cases/``. All but signing in refuse strangers."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from doorstep.channels.desk.gate import View, for_anybody, for_officers, for_roles, for_supervisors
from doorstep.channels.desk.pages import (
    account,
    agents,
    cases,
    devices,
    doubles,
    enrolments,
    holders,
    letters,
    objections,
    overview,
    payees,
    payment,
    payments,
    people,
    protection,
    purpose,
    quarrels,
    runs,
    shops,
    switch,
    vouchers,
    wallets,
    what_if,
)
from doorstep.domains.people.types import Role

app_name = "desk"


def _officers(route: str, view: View, name: str) -> URLPattern:
    return path(route, for_officers(view), name=name)


def _supervisors(route: str, view: View, name: str) -> URLPattern:
    return path(route, for_supervisors(view), name=name)


_of_people = for_roles(Role.ENROLLER, Role.REGISTRAR, Role.ADJUDICATOR, Role.PROTECTION)
_enrols = for_roles(Role.ENROLLER, Role.REGISTRAR)
_compares = for_roles(Role.ADJUDICATOR)
_protects = for_roles(Role.PROTECTION)
people_pages: list[URLPattern] = [
    path("people/", _of_people(people.search), name="people"),
    path("people/<uuid:id>/", _of_people(people.person), name="person"),
    path("people/<uuid:id>/pin/", _enrols(people.pin), name="person_pin"),
    path("people/<uuid:id>/card/", _enrols(people.card), name="person_card"),
    path("enrolments/", _enrols(enrolments.enrolments), name="enrolments"),
    path("enrolments/new/", _enrols(enrolments.enrol), name="enrol"),
    path("enrolments/devices/", _enrols(enrolments.devices), name="enrol_devices"),
    path("enrolments/<uuid:id>/", _enrols(enrolments.enrolment), name="enrolment"),
    path("enrolments/<uuid:id>/act/", _enrols(enrolments.act), name="enrolment_act"),
    path("doubles/", _compares(doubles.doubles), name="doubles"),
    path("doubles/<int:id>/", _compares(doubles.double), name="double"),
    path("protection/", _protects(protection.protection), name="protection"),
    path("protection/breach/", _protects(protection.breach), name="breach"),
    path("protection/<uuid:id>/", _protects(protection.request_), name="rights_request"),
]

pages: list[URLPattern] = [
    path("sign-in/", account.sign_in, name="sign_in"),
    path("sign-out/", for_anybody(account.sign_out), name="sign_out"),
    path("password/", for_anybody(account.password), name="password"),
    *people_pages,
    path("", for_anybody(overview.overview), name="overview"),
    _officers("purpose/<slug:work>/", purpose.purpose, "purpose"),
    _officers("cases/", cases.cases, "cases"),
    _officers("cases/next/", cases.next_case, "next_case"),
    _officers("cases/<int:id>/", cases.case, "case"),
    _officers("cases/<int:id>/decide/", cases.decide, "decide"),
    _officers("objections/", objections.objections, "objections"),
    _officers("objections/<int:id>/", objections.objection, "objection"),
    _officers("objections/<int:id>/answer/", objections.answer, "answer"),
    _officers("letters/", letters.letters, "letters"),
    _officers("letters/export/", letters.export, "export"),
    _officers("letters/<int:id>/", letters.letter, "letter"),
    _officers("payments/", payments.batches, "payments"),
    _officers("payments/accounts/", payees.payees, "payees"),
    _officers("payments/accounts/ask/", payees.ask, "payee_ask"),
    _officers("payments/accounts/<int:id>/", payees.change, "payee_change"),
    _supervisors("payments/accounts/<int:id>/decide/", payees.decide, "decide_payee"),
    _officers("payments/<int:id>/", payments.batch, "batch"),
    _officers("payments/<int:id>/approve/", payments.approve, "approve_batch"),
    _officers("payments/<int:id>/cancel/", payments.cancel, "cancel_batch"),
    _officers("payments/<int:id>/postpone/", payments.postpone, "postpone_batch"),
    _officers("payments/<int:id>/differences/<int:difference>/", payments.settle, "settle_difference"),
    _officers("payments/<int:id>/payments.csv", payments.export, "payments_file"),
    _officers("payments/payment/<int:id>/", payment.payment, "payment"),
    _officers("payments/payment/<int:id>/decide/", payment.decide, "decide_payment"),
    path("payments/files/<slug:message_id>.xml", for_supervisors(payments.bank_file), name="bank_file"),
    _officers("runs/", runs.runs, "runs"),
    _officers("runs/<int:id>/", runs.run, "run"),
    _officers("what-if/", what_if.what_ifs, "what_if"),
    _officers("what-if/<int:id>/", what_if.report, "what_if_report"),
    _officers("what-if/<int:id>/groups.csv", what_if.groups_file, "what_if_groups"),
    _officers("switch/", switch.switch, "switch"),
    _officers("vouchers/", vouchers.overview, "vouchers"),
    _officers("vouchers/lists/", vouchers.lists, "voucher_lists"),
    _officers("vouchers/lists/<int:id>/", vouchers.list_, "voucher_list"),
    _officers("vouchers/lists/<int:id>/release/", vouchers.release, "voucher_release"),
    _officers("vouchers/people/", holders.holders, "voucher_holders"),
    _officers("vouchers/people/<slug:holder>/", holders.holder, "voucher_holder"),
    _officers("vouchers/people/<slug:holder>/act/", holders.act, "voucher_act"),
    _officers("vouchers/contests/", vouchers.contests, "voucher_contests"),
    _officers("vouchers/contests/<int:id>/", vouchers.contest, "voucher_contest"),
    _officers("vouchers/shops/", shops.shops, "voucher_shops"),
    _officers("vouchers/settlements/<int:id>/", shops.settlement, "voucher_settlement"),
    _officers("vouchers/settlements/<int:id>.csv", shops.settlement_file, "voucher_settlement_file"),
    _officers("vouchers/devices/", devices.devices, "voucher_devices"),
    _officers("vouchers/devices/<slug:code>/", devices.device, "voucher_device"),
    _officers("vouchers/devices/<slug:code>/act/", devices.act, "voucher_device_act"),
    _officers("vouchers/funds/", devices.funds, "voucher_funds"),
    _supervisors("vouchers/funds/pay-in/", devices.pay_in, "voucher_pay_in"),
    _officers("vouchers/audit/", shops.audit, "voucher_audit"),
    _officers("wallets/", wallets.find, "wallets"),
    _officers("wallets/new/", wallets.new, "wallet_new"),
    _officers("wallets/quarrels/", quarrels.quarrels, "quarrels"),
    _officers("wallets/quarrels/<int:id>/", quarrels.quarrel, "quarrel"),
    _supervisors("wallets/quarrels/<int:id>/decide/", quarrels.decide, "decide_quarrel"),
    _officers("wallets/agents/", agents.agents, "agents"),
    _officers("wallets/agents/<slug:code>/", agents.agent, "agent"),
    _supervisors("wallets/agents/<slug:code>/fill/", agents.fill, "fill_agent"),
    _supervisors("wallets/agents/<slug:code>/count/", agents.count, "count_agent"),
    _supervisors("wallets/agents/<slug:code>/pin/", agents.pin, "agent_pin"),
    _officers("wallets/<uuid:page>/", wallets.wallet, "wallet"),
    _officers("wallets/<uuid:page>/pin/", wallets.pin, "wallet_pin"),
    _officers("wallets/<uuid:page>/freeze/", wallets.freeze, "freeze_wallet"),
    _supervisors("wallets/<uuid:page>/unfreeze/", wallets.unfreeze, "unfreeze_wallet"),
    _officers("wallets/<uuid:page>/level/", wallets.level, "wallet_level"),
    path("switch/<slug:id>/", for_supervisors(switch.turn), name="turn"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("desk/", account.door, name="door"),
    path("<slug:language>/desk/", include(pages)),
]
