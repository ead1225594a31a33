"""Addresses of the staff site; each chapter lists its own."""

from django.urls import URLPattern, URLResolver, path, re_path

from integrity.models import Decision, Penalty
from integrity.views import (
    account,
    cases,
    decision_steps,
    decisions,
    explain,
    file_acts,
    files,
    imports,
    parts,
    penalties,
    practitioner_acts,
    practitioners,
    publication_steps,
    publications,
    urls_administration,
    usage,
    worklist,
)

app_name = "staff"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", worklist.WorklistView.as_view(), name="worklist"),
    path("purpose/", worklist.StatePurposeView.as_view(), name="purpose"),
    # integrity files
    path("files/", files.FileList.as_view(), name="files"),
    path("files/new/", file_acts.ProposeFile.as_view(), name="file_new"),
    path("files/<uuid:ref>/", files.FilePage.as_view(), name="file"),
    re_path(
        r"^files/(?P<ref>[0-9a-f-]{36})/(?P<tab>parts|decisions|timeline|objections|history|readers)/$",
        files.FilePage.as_view(),
        name="file_tab",
    ),
    path("files/<uuid:ref>/establish/", file_acts.EstablishFile.as_view(), name="file_establish"),
    path("files/<uuid:ref>/identity/", file_acts.ConfirmIdentity.as_view(), name="file_identity"),
    path("files/<uuid:ref>/inform/", file_acts.InformSubject.as_view(), name="file_inform"),
    path("files/<uuid:ref>/move/", file_acts.MovePerson.as_view(), name="file_move"),
    path("files/<uuid:ref>/freeze/", file_acts.FreezeFile.as_view(), name="file_freeze"),
    path("files/<uuid:ref>/numbers/<uuid:number>/", files.RevealNumber.as_view(), name="file_reveal"),
    path("organisations/", files.OrganisationOptions.as_view(), name="organisations"),
    # parts of a file
    path("files/<uuid:ref>/parts/<slug:label>/new/", parts.NewPart.as_view(), name="part_new"),
    path("parts/<slug:label>/<uuid:ref>/", parts.PartPage.as_view(), name="part"),
    path("parts/<slug:label>/<uuid:ref>/edit/", parts.ChangePart.as_view(), name="part_edit"),
    path("parts/<slug:label>/<uuid:ref>/submit/", parts.SubmitPart.as_view(), name="part_submit"),
    path("parts/<slug:label>/<uuid:ref>/approve/", parts.ApprovePart.as_view(), name="part_approve"),
    path("parts/<slug:label>/<uuid:ref>/return/", parts.ReturnPart.as_view(), name="part_return"),
    # decisions on civil servants
    path("decisions/", decisions.DecisionList.as_view(), name="decisions"),
    path("approvals/", decisions.Approvals.as_view(), name="approvals"),
    path("files/<uuid:ref>/decisions/new/", decisions.NewDecision.as_view(), name="decision_new"),
    path("files/<uuid:ref>/decisions/forecast/", decisions.ForecastPanel.as_view(), name="decision_forecast"),
    path("decisions/<uuid:ref>/", decisions.DecisionPage.as_view(), name="decision"),
    path("decisions/<uuid:ref>/edit/", decisions.ChangeDecision.as_view(), name="decision_edit"),
    path("decisions/<uuid:ref>/amend/", decisions.AmendDecision.as_view(), name="decision_amend"),
    *decision_steps.routes(Decision),
    # practitioners
    path("practitioners/", practitioners.PractitionerList.as_view(), name="practitioners"),
    path("practitioners/new/", practitioner_acts.NewPractitioner.as_view(), name="practitioner_new"),
    path("practitioners/<uuid:ref>/", practitioners.PractitionerPage.as_view(), name="practitioner"),
    path(
        "practitioners/<uuid:ref>/establish/",
        practitioner_acts.EstablishRecord.as_view(),
        name="practitioner_establish",
    ),
    path(
        "practitioners/<uuid:ref>/parts/<slug:kind>/new/",
        practitioner_acts.EnterPart.as_view(),
        name="practitioner_part_new",
    ),
    path(
        "practitioner-parts/<slug:kind>/<uuid:ref>/submit/",
        practitioner_acts.SubmitPart.as_view(),
        name="practitioner_part_submit",
    ),
    path(
        "practitioner-parts/<slug:kind>/<uuid:ref>/approve/",
        practitioner_acts.ApprovePart.as_view(),
        name="practitioner_part_approve",
    ),
    # decisions on practitioners
    path("practitioners/<uuid:ref>/penalties/new/", penalties.EnterPenalty.as_view(), name="penalty_new"),
    path("practitioners/<uuid:ref>/penalties/forecast/", penalties.PenaltyForecast.as_view(), name="penalty_forecast"),
    path("penalties/<uuid:ref>/", penalties.PenaltyPage.as_view(), name="penalty"),
    path("penalties/<uuid:ref>/edit/", penalties.EditPenalty.as_view(), name="penalty_edit"),
    path("penalties/<uuid:ref>/amend/", penalties.AmendPenalty.as_view(), name="penalty_amend"),
    *decision_steps.routes(Penalty),
    path("penalties/<uuid:ref>/publish/", publications.Propose.as_view(), name="penalty_publish"),
    path("licences/<uuid:ref>/publish/", publications.ProposeLicence.as_view(), name="licence_publish"),
    # publications
    path("publications/", publications.PublicationList.as_view(), name="publications"),
    path("publications/<uuid:ref>/", publications.PublicationPage.as_view(), name="publication"),
    path("publications/<uuid:ref>/review/", publication_steps.Review.as_view(), name="publication_review"),
    path("publications/<uuid:ref>/refuse/", publication_steps.Refuse.as_view(), name="publication_refuse"),
    path("publications/<uuid:ref>/notice/", publication_steps.ServeNotice.as_view(), name="publication_notice"),
    path("publications/<uuid:ref>/publish/", publication_steps.Publish.as_view(), name="publication_publish"),
    path("publications/<uuid:ref>/suspend/", publication_steps.Suspend.as_view(), name="publication_suspend"),
    path("publications/<uuid:ref>/resume/", publication_steps.Resume.as_view(), name="publication_resume"),
    path("publications/<uuid:ref>/withdraw/", publication_steps.Withdraw.as_view(), name="publication_withdraw"),
    # cases
    path("cases/", cases.CaseList.as_view(), name="cases"),
    path("cases/new/", cases.OpenCase.as_view(), name="case_new"),
    path("cases/<int:pk>/", cases.CasePage.as_view(), name="case"),
    path("cases/<int:pk>/grant/", cases.GrantFiles.as_view(), name="case_grant"),
    path("cases/<int:pk>/close/", cases.CloseCase.as_view(), name="case_close"),
    path("cases/<int:pk>/grants/<int:grant>/cut/", cases.CutGrant.as_view(), name="grant_cut"),
    # who can see what, and why
    path("readers/", explain.FileReaders.as_view(), name="readers"),
    path("reach/", explain.ReachOf.as_view(), name="reach"),
    path("why-not/", explain.WhyNot.as_view(), name="why_not"),
    # bulk import
    path("imports/", imports.BatchList.as_view(), name="imports"),
    path("imports/new/", imports.Upload.as_view(), name="import_new"),
    path("imports/preview/<slug:token>/", imports.PreviewImport.as_view(), name="import_preview"),
    path("imports/preview/<slug:token>/apply/", imports.ApplyImport.as_view(), name="import_apply"),
    path("imports/started/<slug:token>/", imports.ImportStarted.as_view(), name="import_started"),
    path("imports/templates/<slug:profile>.xlsx", imports.TemplateWorkbook.as_view(), name="import_template"),
    path("imports/<uuid:ref>/", imports.BatchPage.as_view(), name="import"),
    path("imports/<uuid:ref>/progress/", imports.BatchProgress.as_view(), name="import_progress"),
    path("imports/<uuid:ref>/resume/", imports.ResumeImport.as_view(), name="import_resume"),
    path("imports/<uuid:ref>/rejected.xlsx", imports.RejectedRows.as_view(), name="import_rejected"),
    path("imports/<uuid:ref>/matches/<int:pk>/", imports.DecideMatch.as_view(), name="import_match"),
    # own account
    path("my/reads/", account.OwnReads.as_view(), name="own_reads"),
    path("my/readers/", explain.OwnReaders.as_view(), name="own_readers"),
    path("my/usage/", usage.FindUsage.as_view(), name="own_usage"),
    path("my/usage/heartbeat/", usage.Heartbeat.as_view(), name="own_usage_heartbeat"),
    *urls_administration.urlpatterns,
]
