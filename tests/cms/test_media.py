"""Files of pages: open while a live page uses them, closed with the next request after it does not (point 4 of the site)."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.utils import timezone
from PIL import Image
from wagtail.images import get_image_model
from wagtail.models import Page, ReferenceIndex

from cms.models import DisclosureIndexPage, DisclosurePage
from integrity.choices import Role
from tests.cms import files
from tests.cms.conftest import Staff
from tests.cms.test_personal_data import _body, _document, _page


@pytest.fixture
def document(db: None) -> Any:
    return _document(files.docx("正文"), "plan.docx")


@pytest.fixture
def listing(catalogue: DisclosureIndexPage, document: Any) -> DisclosurePage:
    page = _page(catalogue, _body(("attachments", {"title": "附件", "documents": [document.pk]})))
    page.save_revision().publish()
    return page


def test_a_document_is_open_while_a_live_page_lists_it(listing: DisclosurePage, document: Any, client: Client) -> None:
    assert client.get(document.url).status_code == 200
    listing.unpublish()
    assert client.get(document.url).status_code == 404
    listing.get_latest_revision().publish()
    assert client.get(document.url).status_code == 200
    Page.objects.filter(pk=listing.pk).update(expire_at=timezone.now() - timedelta(seconds=1))
    assert client.get(document.url).status_code == 404


def test_a_new_version_of_the_page_that_drops_it_closes_it(
    listing: DisclosurePage, document: Any, client: Client
) -> None:
    listing.body = _body(("quotation", {"text": "无附件", "source": ""}))
    listing.save_revision()
    assert client.get(document.url).status_code == 200  # a draft changes nothing
    listing.get_latest_revision().publish()
    assert client.get(document.url).status_code == 404


def test_a_document_of_a_draft_is_closed(catalogue: DisclosureIndexPage, document: Any, client: Client) -> None:
    _page(catalogue, _body(("attachments", {"title": "附件", "documents": [document.pk]})), live=False)
    assert client.get(document.url).status_code == 404


def test_the_file_that_was_replaced_has_no_address(listing: DisclosurePage, document: Any, client: Client) -> None:
    before = document.url
    document.file.save("new.docx", ContentFile(files.docx("新的")))
    document.save()
    assert client.get(before).status_code == 404
    assert client.get(document.url).status_code == 200


def test_the_folder_of_files_is_served_by_nobody(listing: DisclosurePage, document: Any, client: Client) -> None:
    assert client.get(f"/media/{document.file.name}").status_code == 404
    assert client.get("/media/../manage.py").status_code == 404
    assert client.get("/media/").status_code == 404


def test_a_picture_is_open_while_a_live_page_uses_it(listing: DisclosurePage, client: Client) -> None:
    held = BytesIO()
    Image.new("RGB", (40, 30), "green").save(held, "PNG")
    image = get_image_model()(title="图")
    image.file.save("p.png", ContentFile(held.getvalue()))
    image.save()
    rendition = image.get_rendition("width-20")
    addresses = [image.file.url, rendition.url]
    assert [client.get(address).status_code for address in addresses] == [404, 404]
    _use(listing, image)
    assert [client.get(address).status_code for address in addresses] == [200, 200]
    listing.unpublish()
    _use(listing, image)
    assert [client.get(address).status_code for address in addresses] == [404, 404]


def _use(page: Page, image: Any) -> None:
    """As a page type with pictures would leave it in Wagtail's index of references."""
    from django.contrib.contenttypes.models import ContentType

    base = ContentType.objects.get_for_model(Page)
    ReferenceIndex.objects.get_or_create(
        base_content_type=base,
        content_type=ContentType.objects.get_for_model(type(page)),
        object_id=str(page.pk),
        to_content_type=ContentType.objects.get_for_model(type(image)),
        to_object_id=str(image.pk),
        model_path="picture",
        content_path="picture",
        content_path_hash=ReferenceIndex._get_content_path_hash("picture"),
    )


def test_editors_open_their_drafts_files_and_other_staff_do_not(staff: Staff, document: Any) -> None:
    assert staff.browser(Role.EDITOR).get(document.url).status_code == 200
    for role in (Role.CLERK, Role.INSPECTOR, Role.PUBLISHER):
        assert staff.browser(role).get(document.url).status_code == 404
