"""Refusals of the contract: problem+json with a code, an HTTP status and a Chinese sentence."""

from __future__ import annotations

from typing import Any

from fastapi.responses import JSONResponse

MEDIA_TYPE = "application/problem+json"

# code: (HTTP status, sentence)
PROBLEMS: dict[str, tuple[int, str]] = {
    "SERVER-ERROR": (500, "服务器暂时出错，请稍后再试"),
    "SERVER-BUSY": (429, "当前办理的人较多，请稍候再试"),
    "SERVER-REFUSED": (422, "服务器没有接受这次操作，请核对填写的内容"),
    "SERVER-CONFLICT": (409, "状态已经变化，请读取最新状态后再试"),
    "SERVER-NOT-FOUND": (404, "没有找到要操作的内容"),
    "COMPANY-UNKNOWN": (404, "没有找到这个期货公司编号"),
    "AUTH-HOURS": (403, "现在不在服务时间内，服务时间为周一至周五、周六 01:23-23:58"),
    "AUTH-UNDER-AGE": (403, "网上办理仅限年满 18 周岁的客户"),
    "AUTH-ID-EXPIRED": (403, "您的身份证有效期已过期，请先到期货公司临柜更新身份证信息"),
    "AUTH-NO-ACCOUNT": (403, "您未开通期货/资管账户，请先开通账户业务，如有疑问请联系期货公司咨询"),
    "AUTH-ID-NUMBER": (422, "身份证号不正确"),
    "AUTH-CAPTCHA": (422, "图形验证码不正确"),
    "AUTH-CAPTCHA-STALE": (422, "图形验证码已过期"),
    "AUTH-SMS": (422, "短信验证码不正确"),
    "AUTH-SMS-STALE": (422, "短信验证码已过期，请重新获取"),
    "AUTH-SMS-WAIT": (429, "短信发送太频繁，请稍后再获取"),
    "AUTH-LOCKED": (423, "错误次数过多，暂时不能登录，请稍后再试"),
    "AUTH-CONSENT": (422, "需要您同意必需的授权后才能继续"),
    "AUTH-EXPIRED": (401, "登录已过期，请重新登录"),
    "APP-IN-FLIGHT": (409, "您有未完成的业务，不能再办理其他业务"),
    "APP-ANSWER": (422, "有内容需要修改"),
    "APP-STEP-ORDER": (409, "前面还有步骤没有完成"),
    "APP-CLOSED": (409, "这笔业务已经提交或结束，不能再修改"),
    "APP-OTHER-PERSON": (422, "身份证照片上的人与登录人不一致"),
    "UPLOAD-DIGEST": (422, "文件在传输中损坏，请重新上传"),
    "UPLOAD-TOO-LARGE": (413, "文件过大"),
    "UPLOAD-TYPE": (415, "不支持这种文件"),
    "CERT-EXPIRED": (422, "数字证书已过期"),
    "CERT-NOT-YET": (422, "数字证书还没有到生效日期"),
    "CERT-REVOKED": (422, "数字证书已被吊销"),
    "CERT-OTHER-PERSON": (422, "这张数字证书不是您本人的"),
    "CERT-UNTRUSTED": (422, "数字证书不是期货公司认可的机构签发的"),
    "CERT-NOT-WITNESSED": (409, "证书申请前需要先完成视频见证"),
    "CERT-REQUEST": (422, "证书申请没有通过检查"),
    "SIGN-UNREAD": (422, "请完整阅读该协议内容"),
    "SIGN-REJECTED": (422, "服务器没有通过签名验证"),
}

TITLES = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    409: "Conflict",
    413: "Content Too Large",
    415: "Unsupported Media Type",
    422: "Unprocessable Content",
    423: "Locked",
    429: "Too Many Requests",
    500: "Internal Server Error",
}


class Problem(Exception):
    """A refusal. What the handler changed before raising it is kept (a spent captcha, a counted try).

    errors: (field, text) pairs. offset: the true offset of an upload. retry_after: seconds to wait.
    """

    def __init__(
        self,
        code: str,
        detail: str | None = None,
        *,
        field: str | None = None,
        errors: list[tuple[str, str]] | None = None,
        retry_after: int | None = None,
        remaining: int | None = None,
        offset: int | None = None,
        status: int | None = None,
    ) -> None:
        super().__init__(code)
        self.status = status or PROBLEMS[code][0]
        self.code = code
        self.detail = detail or PROBLEMS[code][1]
        self.field = field
        self.errors = errors
        self.retry_after = retry_after
        self.remaining = remaining
        self.offset = offset

    def response(self) -> JSONResponse:
        """The answer that tells it."""
        body: dict[str, Any] = {
            "type": "about:blank",
            "title": TITLES.get(self.status, "Error"),
            "status": self.status,
            "code": self.code,
            "detail": self.detail,
        }
        extras = {
            "field": self.field,
            "retry_after": self.retry_after,
            "remaining": self.remaining,
            "offset": self.offset,
        }
        body.update({name: value for name, value in extras.items() if value is not None})
        if self.errors is not None:
            body["errors"] = [{"field": field, "text": text} for field, text in self.errors]
        headers = {}
        if self.retry_after is not None:
            headers["Retry-After"] = str(self.retry_after)
        if self.status == 401:
            headers["WWW-Authenticate"] = "Bearer"
        return JSONResponse(body, self.status, headers, media_type=MEDIA_TYPE)


def wrong_answer(errors: list[tuple[str, str]]) -> Problem:
    """APP-ANSWER with the first error's field as its own."""
    return Problem("APP-ANSWER", field=errors[0][0], errors=errors)
