"""One person at one browser: signs in, reads, fills in forms; everything that goes wrong on the way is a fault.

A fault is a console error, a script error, a violated content policy, a request that failed or went to any host
but this machine, and an answer of the server that is no answer (5xx, or 4xx where none was announced).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Download, Page, Request, Response, expect

from integrity.demo.accounts import PASSWORD

LOOPBACK = {"127.0.0.1", "localhost", ""}
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}
#: What the browser itself writes for an announced refusal; the answer's own status is checked below.
STATUS_LINE = re.compile(r"Failed to load resource: the server responded with a status of [45]\d\d")
WAIT = 30_000  # a busy machine is not a slow page
SERIOUS = ("serious", "critical")


class Visitor:
    """A browser window of one person."""

    def __init__(self, browser: Browser, address: str, shots: Path, *, size: dict[str, int] | None = None) -> None:
        self.address = address
        self.shots = shots
        self.faults: list[str] = []
        self._announced: set[int] = set()
        self._context = browser.new_context(
            base_url=address,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            viewport=size or DESK,  # type: ignore[arg-type]
            reduced_motion="reduce",
        )
        self._context.set_default_timeout(WAIT)
        self._context.add_init_script(
            "document.addEventListener('securitypolicyviolation', e =>"
            " console.error('policy violated: ' + e.violatedDirective + ' ' + e.blockedURI))"
        )
        self.page = self._context.new_page()
        self._listen(self.page)

    # --- what goes wrong --------------------------------------------------------------------------

    def _listen(self, page: Page) -> None:
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.faults.append(f"script error on {page.url}: {error}"))
        page.on("request", self._request)
        page.on("requestfailed", self._failed)
        page.on("response", self._response)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not STATUS_LINE.match(message.text):
            self.faults.append(f"console on {self.page.url}: {message.text}")

    def _request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in ("http", "https", "ws", "wss") and (parts.hostname or "") not in LOOPBACK:
            self.faults.append(f"asked another host: {request.url}")

    def _failed(self, request: Request) -> None:
        # A download and a page left before it was complete end this way; nothing else does.
        if request.failure != "net::ERR_ABORTED":
            self.faults.append(f"failed request {request.url}: {request.failure}")

    def _response(self, response: Response) -> None:
        if response.status >= 400 and response.status not in self._announced:
            self.faults.append(f"{response.status} from {response.request.method} {response.url}")

    @contextmanager
    def refusal(self, *statuses: int) -> Iterator[None]:
        """Within this block these answers are what the story expects."""
        self._announced = set(statuses)
        try:
            yield
        finally:
            self._announced = set()

    # --- what a person does -----------------------------------------------------------------------

    def open(self, path: str) -> Response:
        response = self.page.goto(path)
        assert response is not None
        return response

    def status(self, path: str) -> int:
        """The answer's status where a refusal is expected."""
        with self.refusal(403, 404, 410):
            return self.open(path).status

    def sign_in(self, username: str) -> Visitor:
        self.open("/accounts/login/")
        self.page.locator("#id_login").fill(username)
        self.page.locator("#id_password").fill(PASSWORD)
        self.page.get_by_role("main").get_by_role("button", name="登录", exact=True).click()
        self.page.wait_for_url("**/staff/")
        return self

    def press(self, name: str, *, within: str = "main") -> None:
        """Click a button by its words and wait for the page that follows."""
        with self.page.expect_navigation():
            self.page.locator(within).get_by_role("button", name=name, exact=True).click()

    def follow(self, name: str, *, within: str = "main", exact: bool = True) -> None:
        with self.page.expect_navigation():
            self.page.locator(within).get_by_role("link", name=name, exact=exact).first.click()

    def fill(self, values: dict[str, str]) -> None:
        """Fill in fields by their label, as one does; a choice is made by its words."""
        for label, value in values.items():
            named = self.page.get_by_label(re.compile("^" + re.escape(label)))
            control = self.page.locator("main :is(input, select, textarea)").and_(named).first
            if control.evaluate("node => node.tagName") == "SELECT":
                control.select_option(label=value)
            else:
                control.fill(value)

    def download(self, link: Any, target: Path) -> Path:
        """Click what answers with a file and keep it."""
        with self.page.expect_download() as waiting:
            link.click()
        download: Download = waiting.value
        download.save_as(target)
        return target

    def reads(self, *texts: str) -> None:
        """All these words stand in the page's main part."""
        for text in texts:
            expect(self.page.locator("main"), f"{text} on {self.page.url}").to_contain_text(text)

    def reads_not(self, *texts: str) -> None:
        """None of these words stands anywhere in what the server sent."""
        content = self.page.content()
        for text in texts:
            assert text not in content, f"{text} on {self.page.url}"

    def path(self) -> str:
        return urlsplit(self.page.url).path

    # --- what can be measured ---------------------------------------------------------------------

    def check_accessible(self) -> None:
        """No serious and no critical finding of axe on this page."""
        found = Axe().run(self.page).response["violations"]
        serious = [
            f"{rule['id']} ({rule['impact']}): {rule['help']}: " + "; ".join(node["html"] for node in rule["nodes"][:3])
            for rule in found
            if rule["impact"] in SERIOUS
        ]
        assert not serious, f"axe on {self.page.url}:\n" + "\n".join(serious)

    def check_width(self) -> None:
        """Nothing sticks out on the right: a page is not scrolled sideways."""
        wide = self.page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
        assert wide[0] <= wide[1], f"{self.page.url} is {wide[0]} px wide on a screen of {wide[1]} px"

    def shot(self, name: str, *, whole: bool = False) -> None:
        self.shots.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=self.shots / f"{name}.png", full_page=whole)

    def leave(self) -> None:
        self._context.close()
