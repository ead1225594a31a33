"""Pages of the public site 公开网站页面. Pages hold prose; facts about persons live in rows of integrity."""

from cms.models.cases import TypicalCasePage
from cms.models.catalogue import ChapterPage, DisclosureIndexPage
from cms.models.comments import CommentRecall, ConsultationComment
from cms.models.corrections import CorrectionPage
from cms.models.decisions import MajorDecisionPage
from cms.models.disclosures import DisclosurePage
from cms.models.enforcement import DiscretionPage, EnforcementPage
from cms.models.finances import FinancePage
from cms.models.guides import GuidePage
from cms.models.home import HomePage, StandardPage
from cms.models.honours import HonourPage
from cms.models.inspections import EducationPage, InspectionPage
from cms.models.pledges import LivelihoodProjectPage, ServiceCommitmentPage
from cms.models.recruitment import RecruitmentPage
from cms.models.reports import AnnualReportPage
from cms.models.shown import DisclosureQuerySet
from cms.models.workflow import SecondPersonTask

#: Every kind of disclosure; the first is what they all are.
DISCLOSURE_KINDS: tuple[type[DisclosurePage], ...] = (
    DisclosurePage,
    GuidePage,
    MajorDecisionPage,
    ServiceCommitmentPage,
    LivelihoodProjectPage,
    DiscretionPage,
    EnforcementPage,
    FinancePage,
    RecruitmentPage,
    HonourPage,
    TypicalCasePage,
    CorrectionPage,
    AnnualReportPage,
    InspectionPage,
    EducationPage,
)

__all__ = [
    "DISCLOSURE_KINDS",
    "AnnualReportPage",
    "ChapterPage",
    "CommentRecall",
    "ConsultationComment",
    "CorrectionPage",
    "DisclosureIndexPage",
    "DisclosurePage",
    "DisclosureQuerySet",
    "DiscretionPage",
    "EducationPage",
    "EnforcementPage",
    "FinancePage",
    "GuidePage",
    "HomePage",
    "HonourPage",
    "InspectionPage",
    "LivelihoodProjectPage",
    "MajorDecisionPage",
    "RecruitmentPage",
    "SecondPersonTask",
    "ServiceCommitmentPage",
    "StandardPage",
    "TypicalCasePage",
]
