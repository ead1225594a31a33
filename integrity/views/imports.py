"""Bulk import in the browser 批量导入: choose, preview, apply, watch, read the report, decide on namesakes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from integrity import access, importing, matching
from integrity.access import Scope
from integrity.choices import Act, BatchState, Grade, RowOutcome
from integrity.exceptions import NotAdmitted, ReasonedRefusal
from integrity.forms.base import ActForm, fresh_key
from integrity.forms.imports import MatchForm, UploadForm
from integrity.importing import report, template
from integrity.importing.readers import digest_of
from integrity.models import ImportBatch, MatchProposal, Organisation
from integrity.views import import_jobs
from integrity.views.base import ActView, ScopedList, StaffView
from integrity.views.paging import Sort

SESSION_UPLOADS = "uploads"
#: A batch said to be running that has not moved for this long may be taken up again.
STALLED = timedelta(minutes=5)
SHOWN_REJECTIONS = 100
_FAMILY = {"servants": "file", "practitioners": "practitioner"}
#: The highest grade that a row of such a file may hold: discipline, or a penalty and an identity number.
_HOLDS = {"file": Grade.STRICT, "practitioner": Grade.SENSITIVE}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def families_of(scope: Scope, least: int = 0) -> dict[str, set[int]]:
    """For which authorities this person imports, files and practitioners' records apart; `least`: by what clearance."""
    found: dict[str, set[int]] = {"file": set(), "practitioner": set()}
    for clause in scope.clauses:
        if clause.family in found and clause.max_grade >= least:
            found[clause.family] |= clause.authorities
    return found


def profiles_for(scope: Scope) -> list[importing.Profile]:
    """The profiles of the families this person imports."""
    families = families_of(scope)
    return [profile for profile in importing.built_in_profiles() if families[_FAMILY[profile.target]]]


def batches_in(scope: Scope, account_id: int) -> Any:
    """Batches of the authorities and families this person imports for; others are as if they were not.

    A colleague's batch shows rows as they were read, with numbers and whatever else stood in them: only to a clearance
    for everything such a row may hold.
    """
    families, cleared = families_of(scope), {family: families_of(scope, least) for family, least in _HOLDS.items()}
    reached = ImportBatch.objects.none()
    for profile in importing.built_in_profiles():
        family = _FAMILY[profile.target]
        authorities = cleared[family][family]
        if authorities:
            reached |= ImportBatch.objects.filter(profile=profile.name, authority_id__in=authorities)
    every = families["file"] | families["practitioner"]
    return (reached | ImportBatch.objects.filter(started_by_id=account_id, authority_id__in=every)).distinct()


class BatchList(ScopedList):
    """Imports of the own authority 导入批次."""

    model = ImportBatch
    act = Act.IMPORT
    template_name = "integrity/imports/list.html"
    related = ("authority", "started_by")
    sorts = {"started": Sort("started_at"), "file": Sort("file_name")}
    default_sort = "-started"

    def scoped(self, scope: Scope) -> Any:
        if not any(families_of(scope).values()):
            raise NotAdmitted
        return batches_in(scope, self.account.pk)

    def extra_context(self, rows: list[Any]) -> dict[str, Any]:
        return {"profiles": profiles_for(self.scope(Act.IMPORT))}


class Upload(ActView):
    """Choose a file, a profile, an authority 选择文件; a file that cannot be read is refused here, with its place."""

    act = Act.IMPORT
    form_class = UploadForm
    template_name = "integrity/imports/upload.html"
    heading = gettext_lazy("批量导入")
    lede = gettext_lazy("先预览，再导入；导入的记录都是草稿，经审核后生效（H2）。")
    submit = gettext_lazy("预览")

    def fetch(self, **kwargs: Any) -> Any:
        if not any(families_of(self.scope(Act.IMPORT)).values()):
            raise NotAdmitted

    def build_form(self, data: Any = None, files: Any = None) -> ActForm:
        scope = self.scope(Act.IMPORT)
        families = families_of(scope)
        authorities = Organisation.objects.filter(pk__in=families["file"] | families["practitioner"])
        # Our own template first: it is what most files follow.
        offered = sorted(profiles_for(scope), key=lambda profile: not profile.template)
        profiles = [(profile.name, profile.title) for profile in offered]
        initial = {"once": fresh_key()}
        return UploadForm(data, files, profiles=profiles, authorities=authorities.order_by("pk"), initial=initial)

    def perform(self, form: ActForm) -> str:
        given = form.cleaned_data
        token = import_jobs.keep_upload(given["file"])
        path = import_jobs.upload_of(token)
        assert path is not None  # noqa: S101  kept a line above
        try:
            importing.preview(path, given["profile"], by=self.account, authority=given["authority"])
        except ReasonedRefusal:
            import_jobs.throw_away(token)
            raise
        uploads = dict(list(self.request.session.get(SESSION_UPLOADS, {}).items())[-9:])
        uploads[token] = {"profile": given["profile"], "authority": given["authority"].pk}
        self.request.session[SESSION_UPLOADS] = uploads
        return token

    def get_success_url(self, result: str) -> str:
        return reverse("staff:import_preview", args=[result])

    def context(self, form: ActForm) -> dict[str, Any]:
        profiles = profiles_for(self.scope(Act.IMPORT))
        return {"profiles": profiles, "templates": [profile for profile in profiles if profile.template]}


class Pending(StaffView):
    """What this session uploaded: file, profile, authority, or 404."""

    def pending(self, token: str) -> tuple[Any, importing.Profile, Organisation]:
        known = self.request.session.get(SESSION_UPLOADS, {}).get(token)
        path = import_jobs.upload_of(token) if known else None
        authority = Organisation.objects.filter(pk=known["authority"]).first() if known else None
        if known is None or path is None or authority is None:
            raise NotAdmitted
        profile = importing.load_profile(known["profile"])
        if authority.pk not in families_of(self.scope(Act.IMPORT))[_FAMILY[profile.target]]:
            raise NotAdmitted  # uploaded under a duty that has ended since
        return path, profile, authority


class PreviewImport(Pending):
    """What the import would do 导入预览: mapping, ignored columns, first rows, problems; nothing is stored."""

    template_name = "integrity/imports/preview.html"

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        path, profile, authority = self.pending(token)
        seen = importing.preview(path, profile, by=self.account, authority=authority)
        scope = self.scope(Act.IMPORT)
        access.log_read(scope, door=self.door, model=ImportBatch, count=len(seen.rows), request=request)
        counts = [{"label": RowOutcome(code).label, "code": code, "value": n} for code, n in seen.counts.items()]
        titles = list(dict.fromkeys(title for row in seen.rows for title, text in row.cells.items() if text.strip()))
        context = {
            "token": token, "seen": seen, "file_name": path.name, "profile": profile, "authority": authority,
            "counts": counts, "titles": titles,
            "lines": [(row, [(title, row.cells.get(title, "")) for title in titles]) for row in seen.rows],
        }  # fmt: skip
        return self.answer(context)


class ApplyImport(Pending):
    """Start the import of what was previewed 导入."""

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        path, profile, authority = self.pending(token)
        account = self.account

        def job() -> None:
            importing.run(path, profile, by=account, authority=authority)
            import_jobs.throw_away(token)

        if import_jobs.state_of(token) != "running":
            self._remember(token, path, profile, authority)
            import_jobs.start(token, job)
        return HttpResponseRedirect(reverse("staff:import_started", args=[token]))

    def _remember(self, token: str, path: Any, profile: importing.Profile, authority: Organisation) -> None:
        """How to find the batch again after the upload is gone."""
        started = dict(list(self.request.session.get("imports", {}).items())[-9:])
        started[token] = [digest_of(path), profile.digest, authority.pk]
        self.request.session["imports"] = started


class ImportStarted(StaffView):
    """From the upload to its batch: there as soon as the job has begun it."""

    template_name = "integrity/imports/starting.html"

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        started = request.session.get("imports", {}).get(token)
        if started is None or not any(families_of(self.scope(Act.IMPORT)).values()):
            raise NotAdmitted
        digest, profile_digest, authority = started
        batch = ImportBatch.objects.filter(
            digest=digest, profile_digest=profile_digest, authority_id=authority
        ).first()  # newest first
        if batch is not None:
            return HttpResponseRedirect(reverse("staff:import", args=[batch.ref]))
        state = import_jobs.state_of(token)
        refused = state.removeprefix("refused:") if state.startswith("refused:") else ""
        return self.answer({"state": state, "refused": refused, "running": state == "running"})


class BatchPage(StaffView):
    """One import 导入报告: while it runs its progress, afterwards the account of every row."""

    template_name = "integrity/imports/detail.html"

    def batch(self, ref: Any) -> ImportBatch:
        rows = batches_in(self.scope(Act.IMPORT), self.account.pk).filter(ref=ref)
        batch: ImportBatch | None = rows.select_related("authority", "started_by").first()
        if batch is None:
            raise NotAdmitted
        return batch

    def get(self, request: HttpRequest, ref: Any) -> HttpResponse:
        batch = self.batch(ref)
        rejections = list(batch.rejections.all()[:SHOWN_REJECTIONS])
        proposals = list(
            batch.proposals.filter(decided_by__isnull=True).select_related("row", "subject", "candidate")[:50]
        )
        scope = self.scope(Act.IMPORT)
        access.log_read(
            scope, door=self.door, model=ImportBatch, ids=[batch.pk], count=len(rejections), request=request,
            about={person for row in proposals for person in (row.subject_id, row.candidate_id)},
        )  # fmt: skip
        parts = batch.created + batch.changed + batch.unchanged + batch.rejected
        return self.answer(
            {
                "batch": batch,
                "job": job_of(batch),
                "running": batch.state == BatchState.RUNNING and not stalled(batch),
                "may_resume": batch.state == BatchState.INTERRUPTED or stalled(batch),
                "proof": batch.read == parts,
                "rejections": rejections,
                "rejection_count": batch.rejections.count(),
                "proposals": proposals,
                "history": list(batch.history.select_related("history_user").order_by("-history_date")[:20]),
            }
        )


def stalled(batch: ImportBatch) -> bool:
    """Running by its state, but nothing has been written for a while: its process is gone."""
    if batch.state != BatchState.RUNNING:
        return False
    last = batch.history.order_by("-history_date").values_list("history_date", flat=True).first()
    return last is not None and last < timezone.now() - STALLED


def job_of(batch: ImportBatch) -> dict[str, Any]:
    return {"state": batch.state, "done": batch.read, "total": batch.total, "message": batch.message}


class BatchProgress(BatchPage):
    """The progress alone, asked for every two seconds; at the end it sends the browser to the report."""

    def get(self, request: HttpRequest, ref: Any) -> HttpResponse:
        batch = self.batch(ref)
        running = batch.state == BatchState.RUNNING and not stalled(batch)
        poll = reverse("staff:import_progress", args=[batch.ref])
        answer = self.answer({"job": job_of(batch), "running": running, "poll_url": poll}, "components/progress.html")
        if not running:
            answer.headers["HX-Redirect"] = reverse("staff:import", args=[batch.ref])
        return answer


class ResumeImport(BatchPage):
    """Continue an interrupted import from where it stopped 继续导入."""

    def post(self, request: HttpRequest, ref: Any) -> HttpResponse:
        batch = self.batch(ref)
        account = self.account
        if batch.state == BatchState.INTERRUPTED or stalled(batch):
            import_jobs.start(str(batch.ref), lambda: importing.resume(batch, by=account))
        return HttpResponseRedirect(reverse("staff:import", args=[batch.ref]))


class RejectedRows(BatchPage):
    """The rejected rows as a workbook 拒收行下载: the rows as read, each with its reason and remedy."""

    def get(self, request: HttpRequest, ref: Any) -> HttpResponse:
        batch = self.batch(ref)
        scope = self.scope(Act.IMPORT)
        access.log_read(scope, door=self.door, model=ImportBatch, ids=[batch.pk], count=batch.rejected, request=request)
        name = _("拒收行-%s.xlsx") % batch.started_at.date().isoformat()
        return workbook(report.rejected_workbook(batch), name)


class TemplateWorkbook(StaffView):
    """Our own template workbook 模板下载."""

    def get(self, request: HttpRequest, profile: str) -> HttpResponse:
        known = {item.name: item for item in profiles_for(self.scope(Act.IMPORT))}
        if profile not in known or not known[profile].template:
            raise NotAdmitted
        return workbook(template.make_template(known[profile]), f"{known[profile].title}.xlsx")


def workbook(content: bytes, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=XLSX)
    answer.headers["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return answer


class DecideMatch(ActView):
    """Same person or not 同一人判断 (H17): the machine proposes, a person decides and says on what grounds."""

    act = Act.IMPORT
    form_class = MatchForm
    template_name = "integrity/imports/match.html"
    heading = gettext_lazy("同一人判断")
    lede = gettext_lazy("姓名相同不等于同一人；请核对证件、单位或文书（H17）。")
    submit = gettext_lazy("记录判断")
    done = gettext_lazy("已记录。")

    def fetch(self, **kwargs: Any) -> Any:
        batch = batches_in(self.scope(Act.IMPORT), self.account.pk).filter(ref=kwargs["ref"]).first()
        proposal = (
            MatchProposal.objects.filter(batch=batch, pk=kwargs["pk"])
            .select_related("batch", "row", "subject", "candidate")
            .first()
            if batch is not None
            else None
        )
        if proposal is None or proposal.decided_by_id is not None:
            raise NotAdmitted
        access.log_read(
            self.scope(Act.IMPORT), door=self.door, model=MatchProposal, rows=[proposal], request=self.request,
            about=[proposal.candidate_id],
        )  # fmt: skip
        return proposal

    def perform(self, form: ActForm) -> MatchProposal:
        same = form.cleaned_data["same"] == "same"
        return matching.decide(proposal=self.row, by=self.account, same_person=same, reason=form.cleaned_data["reason"])

    def get_success_url(self, result: Any) -> str:
        return reverse("staff:import", args=[self.row.batch.ref])

    def cancel_url(self) -> str:
        return reverse("staff:import", args=[self.row.batch.ref])
