"""Leads from the company to the login, to the places outside a business, and into an application."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Callable

from qtpy.QtCore import QObject
from qtpy.QtWidgets import QApplication

from kaihu_desktop.core.failure import Failure
from kaihu_desktop.core.flow.businesses import BUSINESSES
from kaihu_desktop.core.flow.engine import Engine
from kaihu_desktop.core.flow.step import Services
from kaihu_desktop.core.model.application import Application, Status
from kaihu_desktop.core.model.company import Company
from kaihu_desktop.core.model.login import LoggedIn
from kaihu_desktop.core.ports import (
    AudioDirectory,
    Backend,
    CameraDirectory,
    CardReader,
    CertificateStore,
    Journal,
    Readiness,
    Settings,
    SignatureCheck,
    WindowsCertificates,
)
from kaihu_desktop.core.rules.bank_bin import BinTable
from kaihu_desktop.core.rules.company_code import company_code_of
from kaihu_desktop.ui.covers import Covers
from kaihu_desktop.ui.page import Page, PageContext
from kaihu_desktop.ui.pages.business_choice import CARD_WIDTH, BusinessChoicePage
from kaihu_desktop.ui.pages.company import CompanyPage
from kaihu_desktop.ui.pages.login import LoginPage
from kaihu_desktop.ui.pages.my_business import MyBusinessPage
from kaihu_desktop.ui.shell import Shell
from kaihu_desktop.ui.signed_copies import SignedCopies
from kaihu_desktop.ui.tasks import Task, TaskRunner
from kaihu_desktop.ui.theme import Theme
from kaihu_desktop.ui.widgets.certificate_notice import CertificateNotice

if TYPE_CHECKING:
    from kaihu_desktop.ui.application_view import ApplicationView

#: The places outside a business: (id, title in the rail).
PLACES = (
    ("business_choice", "业务办理"),
    ("my_business", "我的业务"),
    ("signed_agreements", "协议下载"),
    ("certificates", "我的证书"),
    ("readiness", "设备检测"),
)


@dataclass(frozen=True)
class Ports:
    """The rooms below, as bootstrap joins them. Callables are loaded when first needed, off the UI thread."""

    backend: Backend
    settings: Settings
    cameras: CameraDirectory
    certificates: Callable[[], CertificateStore]
    windows: Callable[[], WindowsCertificates | None]
    check_signatures: SignatureCheck
    journal: Callable[[], Journal]
    card_reader: Callable[[], CardReader]
    bins: Callable[[], BinTable]
    readiness: Readiness
    audio: Callable[[], AudioDirectory]
    ocr_engines: Callable[[], tuple[str, ...]]


class Navigator(QObject):
    """Decides which page comes next outside an application."""

    def __init__(self, shell: Shell, tasks: TaskRunner, ports: Ports) -> None:
        super().__init__(shell)
        self._shell, self._tasks, self._ports = shell, tasks, ports
        self._company: Company | None = None
        self._services: Services | None = None
        self._journal: Journal | None = None
        self._view: ApplicationView | None = None
        self._reopen: str | None = None
        self._reading: Task | None = None
        self._place: Page | None = None
        self._covers = Covers(shell, tasks, ports)
        self._covers.go_to_business.connect(self._show_business_choice)
        shell.top_bar.logout.connect(self._ask_logout)
        shell.rail.chosen.connect(self._go_to)
        shell.closing.connect(self._close_view)
        shell.given_up.connect(self._given_up)
        tasks.login_expired.connect(lambda failure: shell.show_failure(failure, self._login_again))

    def start(self, link: str = "") -> None:
        """Show the first page: the company's login where the company is known, else its choice.

        link: names the company, such as kaihu://company/8888; it counts unless a company is prescribed.
        """
        settings = self._ports.settings
        page = self._show_company_page()
        self._covers.check_pc_soon()
        if link and not settings.company_is_prescribed:
            code = company_code_of(link)
            if code is None:
                page.refuse_link(link)
                return
            page.code.set_text(code)
        if page.code.text:
            page.submit()

    # company and login

    def _show_company_page(self) -> CompanyPage:
        self._company = None
        self._covers.set_visitor(None, None)
        Theme.apply(QApplication.instance())
        self._shell.top_bar.set_company("", None)
        page = CompanyPage(self._tasks, self._ports.backend, self._ports.settings.company_code)
        page.chosen.connect(self._company_chosen)
        self._shell.show_page(page, rail=False, footer=False)
        return page

    def _company_chosen(self, company: Company, logo_png: bytes) -> None:
        self._company = company
        self._remember(company)
        Theme.apply(QApplication.instance(), company.colour)
        self._shell.top_bar.set_company(company.name, logo_png or None)
        self._show_login()

    def _remember(self, company: Company) -> None:
        try:
            self._ports.settings.remember(company_code=company.code)
        except Failure:
            pass  # the person only has to type it again next time

    def _show_login(self) -> None:
        self._close_view()
        if self._reading is not None:
            self._reading.cancel()  # nobody sees what belongs to who has just left
        self._services = None
        self._covers.set_visitor(self._company, None)
        self._shell.top_bar.set_person("")
        page = LoginPage(
            self._tasks,
            self._shell.dialogs,
            self._ports.backend,
            self._company,
            one_company=self._ports.settings.company_is_prescribed,
        )
        page.logged_in.connect(self._logged_in)
        page.other_company.connect(self._show_company_page)
        self._shell.show_page(page, rail=False, footer=False)

    def _logged_in(self, person: LoggedIn) -> None:
        self._shell.top_bar.set_person(f"{person.masked_id_number} · {person.name}")
        self._read()

    def _read(self) -> None:
        self._reading = self._tasks.run(
            self,
            lambda _: self._read_person(),
            self._show_where_one_was,
            lambda failure: self._shell.show_failure(failure, self._read),
            label="正在读取您的业务…",
        )

    def _given_up(self, task: Task) -> None:
        """Who is logged in but won't wait can go on from here, without another login."""
        if task is self._reading:
            self._shell.show_failure(Failure("NET-TIMEOUT"), self._read)

    def _read_person(self) -> tuple[Services, Journal, tuple[Application, ...]]:
        """Everything of the person; meanwhile the steps' pages are loaded, which no login has to wait for."""
        import kaihu_desktop.ui.application_view  # noqa: F401

        ports, company = self._ports, self._company
        services = Services(
            ports.backend, ports.certificates(), company, ports.backend.customer(), ports.windows()
        )
        return services, ports.journal(), ports.backend.applications()

    def _show_where_one_was(self, loaded: tuple[Services, Journal, tuple[Application, ...]]) -> None:
        self._services, self._journal, applications = loaded
        self._covers.set_visitor(self._company, self._services.customer)
        reopen, self._reopen = self._reopen, None
        known = [one for one in applications if one.business in BUSINESSES]
        unfinished = [one for one in known if one.status is Status.DRAFT or one.id == reopen]
        if len(unfinished) == 1:
            self._open(unfinished[0])
        elif any(not one.status.finished for one in applications):
            self._show_my_business()
        else:
            self._show_business_choice()

    # places outside a business

    def _go_to(self, place: str) -> None:
        if place == "business_choice":
            self._show_business_choice()
        elif place == "my_business":
            self._show_my_business()
        elif place == "signed_agreements":
            self._show_signed_agreements()
        elif place == "certificates":
            self._covers.show_certificates()
        elif place == "readiness":
            self._covers.show_readiness()

    def _show_business_choice(self) -> None:
        readiness = self._covers.readiness
        page = BusinessChoicePage(self._tasks, self._ports.backend, self._company, readiness)
        page.check_devices.connect(self._covers.show_readiness)
        page.started.connect(self._open)
        page.in_flight.connect(lambda failure: self._explain_in_flight(failure))
        notice = CertificateNotice(
            self._tasks, self._services.certificates, self._services.customer.id_number
        )
        notice.setMaximumWidth(CARD_WIDTH)
        notice.manage.connect(self._covers.show_certificates)
        page.body.insertWidget(0, notice)
        self._show_place(page, "business_choice")

    def _explain_in_flight(self, failure: Failure) -> None:
        self._shell.dialogs.confirm(
            "有未完成的业务", f"{failure.text}。{failure.remedy}", "去“我的业务”", self._show_my_business
        )

    def _show_my_business(self) -> None:
        page = MyBusinessPage(
            self._tasks, self._shell.dialogs, self._ports.backend, self._journal, self._company.hotline
        )
        page.operate.connect(self._open)
        page.start_other.connect(self._show_business_choice)
        self._show_place(page, "my_business")

    def _show_signed_agreements(self) -> None:
        from kaihu_desktop.ui.pages.signed_agreements import SignedAgreementsPage

        copies = SignedCopies(self._ports.backend, self._company.code, self._ports.check_signatures)
        self._show_place(SignedAgreementsPage(self._tasks, copies), "signed_agreements")

    def _show_place(self, page: Page, place: str) -> None:
        self._close_view()
        self._place = page
        self._shell.rail.show_places(PLACES, place, self._company.hotline)
        self._shell.show_page(page, rail=True, footer=False)

    # an application

    def _open(self, application: Application) -> None:
        from kaihu_desktop.ui.application_view import ApplicationView

        self._close_view()
        context = PageContext(
            self._tasks,
            self._shell.dialogs,
            self._services,
            self._ports.settings,
            application,
            self._ports.card_reader,
            self._ports.cameras,
            self._ports.bins,
            self._covers.show_readiness,
        )
        engine = Engine(BUSINESSES[application.business], self._services, self._journal, application)
        view = ApplicationView(self._shell, engine, context)
        view.left.connect(self._go_to)
        self._view = view

    def _login_again(self) -> None:
        self._reopen = self._view.engine.application.id if self._view else None
        self._show_login()

    def _close_view(self) -> None:
        view, self._view = self._view, None
        if view is not None:
            view.close()
        place, self._place = self._place, None
        if place is not None:
            place.leave()

    # logging out

    def _ask_logout(self) -> None:
        self._shell.dialogs.confirm(
            "退出登录", "没有办完的业务，下次登录后可以继续办理。", "退出登录", self._logout
        )

    def _logout(self) -> None:
        backend = self._ports.backend
        self._covers.close()
        self._show_login()
        self._tasks.run(self, lambda _: backend.logout(), lambda _: None)
