"""Staff addresses of requests for information and surveys 依申请公开、满意度调查."""

from django.urls import URLPattern, path

from integrity.views import disclosure_request_steps as steps
from integrity.views import disclosure_requests, surveys

_STEPS = {
    "accept": steps.Accept, "supplement": steps.AskSupplement, "consult": steps.Consult, "opinion": steps.Hear,
    "extension": steps.AskExtension, "extend": steps.DecideExtension, "release": steps.Release, "draft": steps.Draft,
    "return": steps.ReturnDraft, "sign": steps.Sign, "close": steps.Close,
}  # fmt: skip
_SURVEY_STEPS = {
    "propose": surveys.ProposeSurvey, "publish": surveys.PublishSurvey, "return": surveys.ReturnSurvey,
    "withdraw": surveys.WithdrawSurvey, "codes": surveys.HandOutCodes,
}  # fmt: skip

urlpatterns: list[URLPattern] = [
    path("requests/", disclosure_requests.RequestList.as_view(), name="information_requests"),
    path("requests/figures/", disclosure_requests.RequestFigures.as_view(), name="information_figures"),
    path("requests/<uuid:ref>/", disclosure_requests.RequestPage.as_view(), name="information_request"),
    path("requests/<uuid:ref>/letter/", disclosure_requests.RequestLetter.as_view(), name="information_request_letter"),
    *(
        path(f"requests/<uuid:ref>/{name}/", view.as_view(), name=f"information_request_{name}")
        for name, view in _STEPS.items()
    ),
    path("requests/<uuid:ref>/files/<uuid:file>/", steps.ReleasedText.as_view(), name="information_request_file"),
    path("requests/<uuid:ref>/files/<uuid:file>/drop/", steps.DropReleased.as_view(), name="information_request_drop"),
    path("requests/<uuid:ref>/files/<uuid:file>/offer/", steps.Offer.as_view(), name="information_request_offer"),
    path("surveys/", surveys.SurveyList.as_view(), name="surveys"),
    path("surveys/new/", surveys.NewSurvey.as_view(), name="survey_new"),
    path("surveys/<uuid:ref>/", surveys.SurveyPage.as_view(), name="survey"),
    *(
        path(f"surveys/<uuid:ref>/{name}/", view.as_view(), name=f"survey_{name}")
        for name, view in _SURVEY_STEPS.items()
    ),
]
