"""Masked names 姓名脱敏: what a public list may say of people who are no subjects here (H7)."""

from __future__ import annotations

import re
from typing import Any

from wagtail.blocks import CharBlock

STAR = "*"
_INTERPUNCTS = re.compile("[\u00b7•‧・･⋅.．\u0f0b]")
_SPACES = re.compile(r"\s+")


def masked_name(name: str) -> str:
    """The first character, and a star for each of the others: 卓玛措 → 卓**. What is masked stays as it is.

    The length of a long name would give it away among few, so no more than two stars are written.
    """
    plain = _SPACES.sub("", _INTERPUNCTS.sub("", name or ""))
    if not plain:
        return ""
    return plain[0] + STAR * min(max(len(plain) - 1, 1), 2)


class MaskedNameBlock(CharBlock):
    """A name of which only the masked form is ever kept 脱敏姓名: in the form, the draft and every revision."""

    def value_from_form(self, value: Any) -> str:
        return masked_name(str(value or ""))

    def clean(self, value: Any) -> str:
        return str(super().clean(masked_name(str(value or ""))))

    def to_python(self, value: Any) -> str:
        return masked_name(str(value or ""))

    def get_prep_value(self, value: Any) -> str:
        return masked_name(str(value or ""))

    def normalize(self, value: Any) -> str:
        return masked_name(str(value or ""))
