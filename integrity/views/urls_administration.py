"""Addresses of the three administrators, of recusal and of emergency reading."""

from django.urls import URLPattern, URLResolver, path

from integrity.views import (
    account_acts,
    account_changes,
    accounts,
    assignments,
    audit,
    audit_changes,
    audit_findings,
    audit_records,
    emergencies,
    grants,
    recusals,
    system,
)

urlpatterns: list[URLPattern | URLResolver] = [
    # the system administrator
    path("system/", system.Status.as_view(), name="system_status"),
    path("system/queues/", system.Queues.as_view(), name="system_queues"),
    path("system/batches/", system.Batches.as_view(), name="system_batches"),
    path("system/migrations/", system.Migrations.as_view(), name="system_migrations"),
    path("system/rules/", system.Rules.as_view(), name="system_rules"),
    path("system/holidays/", system.Holidays.as_view(), name="system_holidays"),
    path("system/organisations/", system.Organisations.as_view(), name="system_organisations"),
    # the security administrator: accounts
    path("accounts/", accounts.AccountList.as_view(), name="accounts"),
    path("accounts/new/", account_acts.OpenAccount.as_view(), name="account_open"),
    path("accounts/<int:pk>/", accounts.AccountPage.as_view(), name="account"),
    path("accounts/<int:pk>/rename/", account_acts.RenameAccount.as_view(), name="account_rename"),
    path("accounts/<int:pk>/place/", account_acts.PlaceAccount.as_view(), name="account_place"),
    path("accounts/<int:pk>/link/", account_acts.LinkAccount.as_view(), name="account_link"),
    path("accounts/<int:pk>/provider/", account_acts.LinkProvider.as_view(), name="account_provider"),
    path("accounts/<int:pk>/provider/end/", account_acts.UnlinkProvider.as_view(), name="account_unlink"),
    path("accounts/<int:pk>/suspend/", account_acts.SuspendAccount.as_view(), name="account_suspend"),
    path("accounts/<int:pk>/reactivate/", account_acts.ReactivateAccount.as_view(), name="account_reactivate"),
    path("accounts/<int:pk>/password/", account_acts.PasswordLink.as_view(), name="account_password"),
    path("accounts/<int:pk>/factor/", account_acts.ResetFactor.as_view(), name="account_factor"),
    path("accounts/<int:pk>/sessions/", account_acts.EndSessions.as_view(), name="account_sessions"),
    path("accounts/<int:pk>/assign/", assignments.ProposeAssignment.as_view(), name="assignment_propose"),
    path("accounts/<int:pk>/recuse/", recusals.ImposeRecusal.as_view(), name="recusal_impose"),
    # requests and assignments
    path("changes/", account_changes.Changes.as_view(), name="changes"),
    path("changes/<uuid:ref>/", account_changes.ChangePage.as_view(), name="change"),
    path("changes/<uuid:ref>/confirm/", account_changes.ConfirmChange.as_view(), name="change_confirm"),
    path("changes/<uuid:ref>/refuse/", account_changes.RefuseChange.as_view(), name="change_refuse"),
    path("changes/<uuid:ref>/withdraw/", account_changes.WithdrawChange.as_view(), name="change_withdraw"),
    path("assignments/<int:pk>/change/", assignments.ChangeAssignment.as_view(), name="assignment_change"),
    path("assignments/<int:pk>/end/", assignments.EndAssignment.as_view(), name="assignment_end"),
    # recusal
    path("my/recusals/", recusals.OwnRecusals.as_view(), name="own_recusals"),
    path("my/recusals/new/", recusals.DeclareRecusal.as_view(), name="recusal_declare"),
    path("my/recusals/relatives/new/", recusals.DeclareRelative.as_view(), name="relative_declare"),
    path("recusals/", recusals.RecusalList.as_view(), name="recusals"),
    path("recusals/<int:pk>/end/", recusals.EndRecusal.as_view(), name="recusal_end"),
    # case grants, as the security administrator sees them
    path("grants/", grants.GrantList.as_view(), name="grants"),
    path("grants/<int:pk>/end/", grants.EndGrant.as_view(), name="grant_end"),
    # emergency reading
    path("emergencies/", emergencies.Emergencies.as_view(), name="emergencies"),
    path("emergencies/new/", emergencies.AskEmergency.as_view(), name="emergency_ask"),
    path("emergencies/<uuid:ref>/decide/", emergencies.DecideEmergency.as_view(), name="emergency_decide"),
    path("emergencies/<uuid:ref>/review/", emergencies.ReviewEmergency.as_view(), name="emergency_review"),
    path("emergencies/<uuid:ref>/cut/", emergencies.CutEmergency.as_view(), name="emergency_cut"),
    path("emergencies/all/", emergencies.EmergencyList.as_view(), name="break_glass_list"),
    path("emergencies/<uuid:ref>/end/", emergencies.CutAny.as_view(), name="break_glass_cut"),
    # the audit administrator
    path("audit/", audit.Lines.as_view(), name="audit_lines"),
    path("audit/person/", audit.LinesByPerson.as_view(), name="audit_person"),
    path("audit/file/", audit.LinesByFile.as_view(), name="audit_file"),
    path("audit/case/", audit.LinesByCase.as_view(), name="audit_case"),
    path("audit/refusals/", audit.Refusals.as_view(), name="audit_refusals"),
    path("audit/lines.csv", audit.ExportLines.as_view(), name="audit_export"),
    path("audit/unusual/", audit_findings.Findings.as_view(), name="audit_unusual"),
    path("audit/unusual/<int:pk>/", audit_findings.Finding.as_view(), name="audit_finding"),
    path("audit/unusual/<int:pk>/judge/", audit_findings.JudgeFinding.as_view(), name="audit_judge"),
    path("audit/changes/", audit_changes.Changes.as_view(), name="audit_changes"),
    path("audit/records/", audit_records.RecordChanges.as_view(), name="audit_records"),
    path("audit/sign-ins/", audit_changes.SignIns.as_view(), name="audit_sign_ins"),
    path("audit/operations/", audit_changes.Operations.as_view(), name="audit_operations"),
]
