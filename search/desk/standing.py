"""Saved searches and watches 保存的检索、关注名单: asked again by the worker, new hits told in figures.

A notice says how many, and no more: not what was searched for, not whom it found. What is new is decided against what
was known when it was last asked, both kept sealed as keys of records; a record that left the scope is neither shown
nor counted, whatever is remembered of it.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from integrity.access import Scope, log_read
from integrity.exceptions import ActRefused, NotAdmitted
from integrity.models import Account, IntegrityFile, PractitionerRecord
from integrity.templatetags.archive import date_zh
from search.desk.holders import over, scope_of, scope_to_work
from search.documents import SOURCES, kinds_of
from search.engines import Candidate, EngineError
from search.models import Kind, SearchDocument, Standing, StandingKind, World
from search.query import asked_again

log = logging.getLogger("search")
DOOR = "desk.standing"
#: More hits than this nobody can follow: the words are too few.
MOST_HITS = 300
MOST_ROWS = 50
MOST_PERSONS = 200


@dataclass(frozen=True, slots=True)
class Content:
    """What a row is about, opened 保存的内容: words (and a kind), or persons."""

    title: str
    words: str = ""
    kind: str = ""
    persons: tuple[str, ...] = ()

    def stored(self) -> dict[str, Any]:
        return {"title": self.title, "words": self.words, "kind": self.kind, "persons": list(self.persons)}


@dataclass(slots=True)
class Memory:
    """Keys of records: what is known, each in its state, and what is new since the owner last looked."""

    known: dict[str, str] = field(default_factory=dict)
    new: list[str] = field(default_factory=list)

    def learn(self, found: dict[str, str]) -> int:
        """Take in what is found now; how many are new to the owner, of those that are still there."""
        fresh = [key for key, state in found.items() if self.known.get(key) != state]
        self.new = [key for key in dict.fromkeys([*fresh, *self.new]) if key in found]
        self.known |= found
        return len(self.new)


def content_of(row: Standing) -> Content:
    kept = row.opened("token", row.token)
    return Content(kept["title"], kept["words"], kept["kind"], tuple(kept["persons"]))


def memory_of(row: Standing) -> Memory:
    return Memory(**row.opened("memory", row.memory))


def own_standing(account: Account) -> QuerySet[Standing]:
    rows: QuerySet[Standing] = Standing.objects.live().filter(account=account)
    return rows.select_related("case")


# --- what the owner does --------------------------------------------------------------------------------------


def save_search(
    *, by: Account, title: str, words: str, kind: str = "", purpose: str, case: str = "", by_mail: bool = False
) -> Standing:
    """Keep a search to be asked again 保存检索; what it finds today is known from the beginning."""
    if kind and kind not in [one.value for one in kinds_of(World.STAFF)]:
        raise ActRefused("kind", _("没有这一类"), field="kind")
    content = Content(title.strip(), words=words.strip(), kind=kind)
    return _save(StandingKind.SEARCH, content, by, purpose, case, by_mail)


def save_watch(*, by: Account, title: str, purpose: str, case: str = "", by_mail: bool = False) -> Standing:
    """Begin a list of persons to watch 建立关注名单; persons are put on it one by one, from their records."""
    return _save(StandingKind.WATCH, Content(title.strip()), by, purpose, case, by_mail)


@transaction.atomic
def _save(kind: StandingKind, content: Content, by: Account, purpose: str, case: str, by_mail: bool) -> Standing:
    try:
        scope = scope_to_work(by, purpose=purpose.strip(), case=case.strip())
    except NotAdmitted:
        raise ActRefused(
            "no_scope", _("按所填案件编号没有授权给您、且在期限内的档案，或者您的岗位不能使用。"), field="case"
        ) from None
    if own_standing(by).count() >= MOST_ROWS:
        raise ActRefused("too_many", _("最多保存 %d 项，请先删除不再需要的") % MOST_ROWS)
    row = Standing(account=by, kind=kind, purpose=scope.purpose, case=scope.case, by_mail=by_mail and bool(by.email))
    row.token = row.sealed("token", content.stored())
    found = _found(row, content, scope)
    if len(found) > MOST_HITS:
        raise ActRefused(
            "too_broad", _("现在就有 %d 条以上命中，无法逐条留意，请多写几个字") % MOST_HITS, field="words"
        )
    _remember(row, Memory(known=found))
    return row


@transaction.atomic
def put_on(row: Standing, *records: IntegrityFile | PractitionerRecord) -> Standing:
    """Put the persons of records on the list 加入关注; what there is about them today is known."""
    locked, scope = _locked(row)
    content, memory = content_of(locked), memory_of(locked)
    if locked.kind != StandingKind.WATCH or not all(scope.admits(record) for record in records):
        raise ActRefused("out_of_scope", _("该名单的用途和案件不能查阅此人的记录"), field="into")
    persons = tuple(dict.fromkeys([*content.persons, *(str(record.subject_id) for record in records)]))
    if len(persons) > MOST_PERSONS:
        raise ActRefused("too_many", _("一份名单最多 %d 人") % MOST_PERSONS, field="into")
    before = _found(locked, content, scope)
    content = Content(content.title, persons=persons)
    locked.token = locked.sealed("token", content.stored())
    # Only their own records become known: what is new about the others stays new.
    memory.known |= {key: state for key, state in _found(locked, content, scope).items() if key not in before}
    _remember(locked, memory)
    return locked


@transaction.atomic
def take_off(row: Standing, person: str) -> Standing:
    """Off the list 移出关注, with all that was remembered of the person."""
    locked, scope = _locked(row)
    content, memory = content_of(locked), memory_of(locked)
    content = Content(content.title, persons=tuple(one for one in content.persons if one != person))
    locked.token = locked.sealed("token", content.stored())
    left = _found(locked, content, scope)
    memory.known = {key: state for key, state in memory.known.items() if key in left}
    memory.new = [key for key in memory.new if key in left]
    _remember(locked, memory)
    return locked


@transaction.atomic
def seen(row: Standing, keys: Iterable[str]) -> Standing:
    """The owner has looked at these 标为已阅; what came in meanwhile stays new."""
    locked, _scope = _locked(row)
    memory, looked_at = memory_of(locked), set(keys)
    memory.new = [key for key in memory.new if key not in looked_at]
    _remember(locked, memory)
    return locked


def _locked(row: Standing) -> tuple[Standing, Scope]:
    locked = Standing.objects.select_for_update().filter(pk=row.pk).first()
    if locked is None:
        raise NotAdmitted  # thrown away meanwhile
    return locked, scope_of(locked)


def _remember(row: Standing, memory: Memory) -> None:
    row.memory = row.sealed("memory", {"known": memory.known, "new": memory.new})
    row.news = len(memory.new)
    row.mailed = min(row.mailed, row.news)
    row.save()


# --- what is found --------------------------------------------------------------------------------------------


def _found(row: Standing, content: Content, scope: Scope) -> dict[str, str]:
    """Key of each record found now → its state where a change of it is news (a watch), newest first."""
    if row.kind == StandingKind.SEARCH:
        kinds = [Kind(content.kind)] if content.kind else None
        return {key_of(one): "" for one in asked_again(scope, content.words, kinds=kinds)}
    found: dict[str, str] = {}
    for kind in kinds_of(World.STAFF):
        rows = SOURCES[kind].rows_for(scope).prefetch_related(None).filter(subject_id__in=_uuids(content.persons))
        column = SOURCES[kind].model.state_column  # type: ignore[attr-defined]  # a guarded model
        found |= {f"{kind}:{pk}": str(state) for pk, state in rows.order_by("-pk").values_list("pk", column)}
    return found


def _uuids(persons: Sequence[str]) -> list[UUID]:
    return [UUID(person) for person in persons]


def key_of(one: Candidate) -> str:
    return f"{one.kind}:{one.object_id}"


def candidates(row: Standing, scope: Scope) -> list[Candidate]:
    """What the row finds now, for its page: what is new comes first."""
    new = set(memory_of(row).new)
    keys = sorted(_found(row, content_of(row), scope), key=lambda key: key not in new)
    return [Candidate(Kind(kind), int(pk), 0) for kind, pk in (key.split(":") for key in keys)]


# --- what the worker does -------------------------------------------------------------------------------------


@dataclass(slots=True)
class Asked:
    """What a round of the worker did, in figures."""

    rows: int = 0
    news: int = 0
    mailed: int = 0
    waiting: int = 0


def ask_all() -> Asked:
    """Ask every row again 逐项核查; what the engine cannot answer now waits for the next round."""
    done = Asked()
    for row in list(Standing.objects.live().filter(account__is_active=True)):
        try:
            fresh = ask(row)
        except NotAdmitted:
            continue  # its grant or its owner's duty is over; the case may open it again
        except EngineError as error:
            log.warning("a kept search waits, the engine does not answer: %s", error)
            done.waiting += 1
            continue
        done.rows += 1
        done.news += fresh
        done.mailed += tell_by_mail(row.pk)
    return done


@transaction.atomic
def ask(row: Standing) -> int:
    """Ask one row again under its owner's scope of now; how many hits are new in this round.

    One line of the log when something new is told, in figures; nothing new is no answer, and leaves no line a round.
    """
    locked, scope = _locked(row)
    content, memory = content_of(locked), memory_of(locked)
    found = _found(locked, content, scope)
    # A list of persons is as long as its owner made it; of words nobody knows how much they find tomorrow.
    locked.overfull = locked.kind == StandingKind.SEARCH and len(found) > MOST_HITS
    locked.asked_at = timezone.now()
    if locked.overfull:
        locked.save()
        return 0
    before = set(memory.new)
    memory.learn(found)
    fresh = len(set(memory.new) - before)
    if fresh:
        log_read(scope, door=DOOR, model=SearchDocument, count=fresh, query=content.words)
    _remember(locked, memory)
    return fresh


def tell_by_mail(pk: int) -> int:
    """A mail about hits that no mail has told of yet 邮件通知: a figure and where to look, no word and no name.

    Claimed before it is sent, so that two workers do not send it twice; given back when it was not taken.
    """
    row = Standing.objects.filter(pk=pk).select_related("account").first()
    if row is None or not row.by_mail or not row.account.email or row.news <= row.mailed:
        return 0
    if not Standing.objects.filter(pk=pk, mailed=row.mailed).update(mailed=row.news):
        return 0
    with override(settings.LANGUAGE_CODE):
        subject, text = _mail(row)
    try:
        send_mail(subject, text, None, [row.account.email])
    except OSError as fault:  # smtplib's errors are OSErrors too
        log.warning("a notice was not sent (%s): tried again in the next round", type(fault).__name__)
        Standing.objects.filter(pk=pk, mailed=row.news).update(mailed=row.mailed)
        return 0
    return 1


def _mail(row: Standing) -> tuple[str, str]:
    address = settings.WAGTAILADMIN_BASE_URL.rstrip("/") + reverse("search:kept", args=[row.ref])
    what = {
        StandingKind.SEARCH: _("您于%(day)s保存的检索有 %(n)d 条新命中。"),
        StandingKind.WATCH: _("您于%(day)s建立的关注名单有 %(n)d 条新情况。"),
    }[StandingKind(row.kind)]
    words = what % {"day": date_zh(timezone.localdate(row.made_at)), "n": row.news}
    where = _("请登录后查看：")
    return _("诚信档案：有新命中"), f"{words}\n{where}{address}\n"


# --- what is new, for the pages -------------------------------------------------------------------------------


def news_of(account: Account) -> int:
    """New hits of all rows of an account, of those whose scope still stands."""
    return sum(row.news for row in own_standing(account).filter(news__gt=0) if in_force(row))


def in_force(row: Standing) -> bool:
    try:
        scope_of(row)
    except NotAdmitted:
        return False
    return True


def end(row: Standing) -> None:
    """The owner is done with it 删除, words and memory and all."""
    row.delete()


def throw_away_old() -> int:
    """What ended with its case or its owner 到期清除."""
    old = over(Standing.objects.all())
    for row in old:
        end(row)
    return len(old)
