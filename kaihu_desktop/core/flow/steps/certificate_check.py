"""Step 证书检测: a usable certificate of the applicant on this PC."""

from __future__ import annotations

from kaihu_desktop.core.flow.step import Answer, Problem, Services, Step


class CertificateCheck(Step):
    """Answer: ``{certificate}``, the PEM text of the certificate to sign with; the backend judges it."""

    def problems(self, answer: Answer, services: Services) -> tuple[Problem, ...]:
        if answer.get("certificate"):
            return ()
        return (Problem("certificate", "请先导入您的数字证书"),)
