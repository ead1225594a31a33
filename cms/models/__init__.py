"""Pages of the public site 公开网站页面. Pages hold prose; facts about persons live in rows of integrity."""

from cms.models.asking import AskingCount
from cms.models.disclosures import DisclosureIndexPage, DisclosurePage, DisclosureQuerySet
from cms.models.home import HomePage, StandardPage
from cms.models.workflow import SecondPersonTask

__all__ = [
    "AskingCount",
    "DisclosureIndexPage",
    "DisclosurePage",
    "DisclosureQuerySet",
    "HomePage",
    "SecondPersonTask",
    "StandardPage",
]
