"""Files of pages 页面文件: open to the public while a live page uses them, to editors of their unit, to nobody else.

Asked of the rows at every request: withdrawing, expiring, replacing closes a file with the next one. Documents have
one address, that of Wagtail's view; their raw files have none.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model, Q
from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils import timezone
from django.views.decorators.http import require_safe
from django.views.static import serve
from wagtail.images import get_image_model
from wagtail.models import Page, ReferenceIndex, TaskState
from wagtail.permissions import policy_registry
from wagtail.query import PageQuerySet

from integrity.models import Account


def public_pages() -> PageQuerySet:
    """Pages that a visitor may read at this moment, whether or not the job has run."""
    pages: PageQuerySet = Page.objects.live().public()
    return pages.exclude(expire_at__lte=timezone.now())


def is_used(file: Model) -> bool:
    """Whether a page that is public now uses the file, in whatever field or block."""
    return bool(_pages_with(ContentType.objects.get_for_model(file), [str(file.pk)]).exists())


def _pages_with(kind: ContentType, numbers: list[str] | None = None) -> PageQuerySet:
    references = ReferenceIndex.objects.filter(
        to_content_type=kind, base_content_type=ContentType.objects.get_for_model(Page)
    )
    if numbers is not None:
        references = references.filter(to_object_id__in=numbers)
    return public_pages().filter(pk__in=[int(number) for number in references.values_list("object_id", flat=True)])


def may_open(account: Any, file: Model) -> bool:
    """Editors of the file's folder, and whoever reviews a text that uses it."""
    if not isinstance(account, Account) or not account.has_perm("wagtailadmin.access_admin"):
        return False
    policy = policy_registry.get_by_type(type(file))
    if policy.user_has_any_permission_for_instance(account, ["add", "change", "delete", "choose"], file):
        return True
    wanted = (ContentType.objects.get_for_model(file).pk, str(file.pk))
    return any(wanted in _used_by(state) for state in _under_review(account))


def _under_review(account: Account) -> list[TaskState]:
    """Steps that this person may take now, wherever they are."""
    open_states = TaskState.objects.filter(status=TaskState.STATUS_IN_PROGRESS).select_related("task", "workflow_state")
    return [
        state
        for state in open_states
        if (page := state.workflow_state.content_object) and state.task.specific.get_actions(page, account)
    ]


def _used_by(state: TaskState) -> set[tuple[int, str]]:
    text = state.revision.as_object()
    return {(kind, str(number)) for kind, number, *_paths in ReferenceIndex._extract_references_from_object(text)}


@require_safe
def picture(request: HttpRequest, path: str) -> HttpResponseBase:
    """An image or one of its renditions below MEDIA_URL; every other file there is absent."""
    image = _image_of(path)
    if image is None or not (is_used(image) or may_open(getattr(request, "user", None), image)):
        raise Http404
    answer = serve(request, path, document_root=str(settings.MEDIA_ROOT))
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer


def _image_of(path: str) -> Any:
    """The image that a path below the media folder belongs to."""
    model = get_image_model()
    if not path.startswith(("images/", "original_images/")):
        return None
    rendition = model.get_rendition_model().objects.filter(file=path).select_related("image").first()
    return rendition.image if rendition else model.objects.filter(Q(file=path)).first()
