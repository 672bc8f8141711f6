"""Step 安装证书: the certificate that was applied for, issued and installed on this PC."""

from __future__ import annotations

from typing import Any

from kaihu_desktop.core.flow.step import Answer, Problem, Services, Step
from kaihu_desktop.core.model.application import Application
from kaihu_desktop.core.ports import Progress


class CertificateInstall(Step):
    """Answer: ``{certificate}``, the PEM text of the installed certificate; the backend judges it.

    Only an application whose video witness has passed has this step, after the wish to apply for one.
    In a draft `known` are the ids of the certificates that were on this PC before.
    """

    def applies(self, application: Application) -> bool:
        return application.witnessed and self.id in application.steps

    def problems(self, answer: Answer, services: Services) -> tuple[Problem, ...]:
        return () if answer.get("certificate") else (Problem("certificate", "请先安装数字证书"),)

    def body(
        self, answer: Answer, services: Services, application: Application, progress: Progress
    ) -> dict[str, Any]:
        return {"certificate": answer["certificate"]}
