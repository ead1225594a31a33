"""What each role may do and which rows it reaches 角色与行为 (domain §10)."""

from __future__ import annotations

from integrity.choices import Act, Role

_READING = frozenset({Act.LIST, Act.READ, Act.SEARCH})
_ENTERING = _READING | {Act.REVEAL, Act.ESTABLISH, Act.ENTER, Act.IMPORT}
_APPROVING = _READING | {Act.REVEAL, Act.APPROVE, Act.REVOKE, Act.EXPORT, Act.ERASE}

#: What each role may do (domain §10). Administrators are absent: they read no content (三员分立).
ROLE_ACTS: dict[str, frozenset[Act]] = {
    Role.CLERK: _ENTERING,
    Role.REVIEWER: _APPROVING,
    Role.ORGANISATION_OFFICER: _ENTERING | _APPROVING,
    Role.INSPECTOR: _READING,
    Role.REGULATOR: _ENTERING | _APPROVING | {Act.PROPOSE, Act.SERVE},
    Role.OBJECTION_OFFICER: _READING,
    Role.SECRECY_REVIEWER: _READING | {Act.REVIEW_PUBLICATION},
    Role.PUBLISHER: _READING | {Act.PUBLISH},
    # Requests for information: whoever handles them does not sign (条例 33; H18). Surveys: an editor's, a publisher's.
    Role.REQUEST_OFFICER: frozenset({Act.LIST, Act.READ, Act.HANDLE}),
    Role.REQUEST_HEAD: frozenset({Act.LIST, Act.READ, Act.SIGN}),
    Role.EDITOR: frozenset({Act.LIST, Act.READ, Act.COMPOSE}),
}
#: The role of a clause that two persons opened for some hours 紧急查阅.
EMERGENCY = "emergency"
#: Whose duty an emergency is asked in, and ends with: roles whose work is files of civil servants.
EMERGENCY_ROLES = frozenset({Role.CLERK, Role.REVIEWER, Role.ORGANISATION_OFFICER})
SUBJECT_ACTS = frozenset({Act.LIST, Act.READ, Act.OBJECT})

#: Which rows a role's clause reaches: files of civil servants, practitioners' records, publications.
ROLE_FAMILY: dict[str, str] = {
    Role.CLERK: "file",
    Role.REVIEWER: "file",
    Role.ORGANISATION_OFFICER: "file",
    Role.INSPECTOR: "file",
    Role.REGULATOR: "practitioner",
    Role.OBJECTION_OFFICER: "disputed",
    Role.SECRECY_REVIEWER: "publication",
    Role.PUBLISHER: "publication",
    Role.REQUEST_OFFICER: "request",
    Role.REQUEST_HEAD: "request",
    Role.EDITOR: "editorial",
}
#: Roles that see drafts which are not their own: those who check them (H2), and a regulator, who does both.
DRAFT_READERS = frozenset({Role.REVIEWER, Role.ORGANISATION_OFFICER, Role.REGULATOR})
#: Everyday work states its purpose by the role itself; an inspector states it each time, with a case.
STANDING_PURPOSE = {
    Role.CLERK: "档案日常管理",
    Role.REVIEWER: "档案审核",
    Role.ORGANISATION_OFFICER: "公务员管理",
    Role.REGULATOR: "行业监管",
    Role.OBJECTION_OFFICER: "异议核查",
    Role.SECRECY_REVIEWER: "公示审查",
    Role.PUBLISHER: "公示发布",
    Role.REQUEST_OFFICER: "办理政府信息公开申请",
    Role.REQUEST_HEAD: "签发政府信息公开答复",
    Role.EDITOR: "信息采编",
}
