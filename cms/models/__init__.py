"""Pages of the public site 公开网站页面. Pages hold prose; facts about persons live in rows of integrity."""

from cms.models.disclosures import DisclosureIndexPage, DisclosurePage, DisclosureQuerySet
from cms.models.generation import SiteGeneration
from cms.models.home import HomePage, StandardPage
from cms.models.personal_data import FindingDecision, ReviewedText
from cms.models.sections import Section
from cms.models.workflow import SecondPersonTask

__all__ = [
    "DisclosureIndexPage",
    "DisclosurePage",
    "DisclosureQuerySet",
    "FindingDecision",
    "HomePage",
    "ReviewedText",
    "SecondPersonTask",
    "Section",
    "SiteGeneration",
    "StandardPage",
]
