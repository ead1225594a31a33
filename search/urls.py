"""Addresses of staff search and of the desk beside it."""

from django.urls import URLPattern, URLResolver, path

from search import views
from search.desk.pages import checks

app_name = "search"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.StaffSearch.as_view(), name="staff"),
    # batch check
    path("checks/", checks.CheckList.as_view(), name="checks"),
    path("checks/new/", checks.NewCheck.as_view(), name="check_new"),
    path("checks/template/", checks.CheckTemplate.as_view(), name="check_template"),
    path("checks/<uuid:ref>/", checks.CheckPage.as_view(), name="check"),
    path("checks/<uuid:ref>/workbook/", checks.CheckWorkbook.as_view(), name="check_workbook"),
    path("checks/<uuid:ref>/away/", checks.DropCheck.as_view(), name="check_drop"),
]
