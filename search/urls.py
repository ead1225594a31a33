"""Addresses of staff search and of the desk beside it."""

from django.urls import URLPattern, URLResolver, path, register_converter

from search import views
from search.desk.pages import base, checks, folder, history, matter, standing

register_converter(base.PersonKindConverter, "person_kind")
register_converter(base.RecordKindConverter, "record_kind")
register_converter(base.DecidedKindConverter, "decided_kind")

app_name = "search"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.StaffSearch.as_view(), name="staff"),
    # batch check
    path("checks/", checks.CheckList.as_view(), name="checks"),
    path("checks/new/", checks.NewCheck.as_view(), name="check_new"),
    path("checks/template/", checks.CheckTemplate.as_view(), name="check_template"),
    path("checks/<uuid:ref>/", checks.CheckPage.as_view(), name="check"),
    path("checks/<uuid:ref>/workbook/", checks.CheckWorkbook.as_view(), name="check_workbook"),
    path("checks/<uuid:ref>/watch/", checks.WatchChecked.as_view(), name="check_watch"),
    path("checks/<uuid:ref>/away/", checks.DropCheck.as_view(), name="check_drop"),
    # saved searches and watches
    path("kept/", standing.KeptList.as_view(), name="kept_list"),
    path("kept/search/", standing.SaveSearch.as_view(), name="save_search"),
    path("kept/watch/", standing.SaveWatch.as_view(), name="save_watch"),
    path("kept/<uuid:ref>/", standing.KeptPage.as_view(), name="kept"),
    path("kept/<uuid:ref>/seen/", standing.MarkSeen.as_view(), name="kept_seen"),
    path("kept/<uuid:ref>/end/", standing.EndKept.as_view(), name="kept_end"),
    path("kept/<uuid:ref>/persons/<uuid:person>/off/", standing.TakeOff.as_view(), name="watch_off"),
    path("watch/<person_kind:kind>/<uuid:record>/", standing.PutOn.as_view(), name="watch_on"),
    # the folder of a case
    path("folder/", folder.FolderPage.as_view(), name="folder"),
    path("folder/put/<record_kind:kind>/<uuid:record>/", folder.PutIn.as_view(), name="folder_put"),
    path("folder/<uuid:ref>/note/", folder.WriteNote.as_view(), name="folder_note"),
    path("folder/<uuid:ref>/out/", folder.TakeOut.as_view(), name="folder_out"),
    path("folder/<uuid:ref>/notes/<uuid:note>/away/", folder.DropNote.as_view(), name="folder_note_away"),
    # persons of one matter
    path("matter/<decided_kind:kind>/<uuid:record>/", matter.MatterPage.as_view(), name="matter"),
    # search history
    path("history/", history.History.as_view(), name="history"),
    path("history/clear/", history.ClearHistory.as_view(), name="history_clear"),
]
