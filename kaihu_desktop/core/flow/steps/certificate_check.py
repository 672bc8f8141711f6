"""Step 证书检测: a usable certificate of the applicant on this PC, or the wish to apply for one."""

from __future__ import annotations

from kaihu_desktop.core.flow.step import Answer, Problem, Services, Step

#: The answer of somebody who applies for a new certificate; only who was witnessed may.
APPLY = {"certificate": None}


def applies_for_one(answer: Answer | None) -> bool:
    """Whether an answer is `APPLY`."""
    return answer is not None and "certificate" in answer and answer["certificate"] is None


class CertificateCheck(Step):
    """Answer: ``{certificate}``, the PEM text of the certificate to sign with; the backend judges it.

    None instead applies for a new one: the step `certificate` follows then. Whether the person was witnessed
    the backend judges, too: it may know better than the record that is at hand here.
    """

    def problems(self, answer: Answer, services: Services) -> tuple[Problem, ...]:
        if answer.get("certificate") or applies_for_one(answer):
            return ()
        return (Problem("certificate", "请先导入您的数字证书"),)
