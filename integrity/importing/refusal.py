"""Why an import does not start 拒绝导入: place and remedy; nothing was stored."""

from __future__ import annotations

from integrity.exceptions import ReasonedRefusal


class ImportRefused(ReasonedRefusal):
    """The whole file is refused before its first row is stored: where, why, and what to do about it."""

    def __init__(self, code: str, message: str, *, place: str = "", remedy: str = "", article: str = "") -> None:
        text = f"{place}：{message}" if place else message
        super().__init__(code, f"{text}。{remedy}" if remedy else text, article=article, field=place)
        self.place = place
        self.remedy = remedy
