/* Progressive enhancement only: every page works without this file. */
(function () {
  "use strict";
  var doc = document;
  doc.documentElement.classList.add("js");

  function closest(event, selector) {
    return event.target instanceof Element ? event.target.closest(selector) : null;
  }

  /* Dialogs: a link to #id opens the dialog as a modal; without script, :target shows it. */
  doc.addEventListener("click", function (event) {
    var opener = closest(event, "[data-dialog]");
    if (opener) {
      var dialog = doc.getElementById(opener.getAttribute("data-dialog"));
      if (dialog && dialog.showModal) {
        event.preventDefault();
        dialog.showModal();
      }
      return;
    }
    var closer = closest(event, "[data-dialog-close]");
    if (closer) {
      var open = closer.closest("dialog");
      if (open && open.open) {
        event.preventDefault();
        open.close();
      }
    }
  });

  /* Copy: data-copy holds the text, or data-copy-from the id of the element that shows it. */
  doc.addEventListener("click", function (event) {
    var button = closest(event, "[data-copy], [data-copy-from]");
    if (!button || !navigator.clipboard) return;
    var source = doc.getElementById(button.getAttribute("data-copy-from") || "");
    var text = source ? source.textContent.trim() : button.getAttribute("data-copy") || "";
    navigator.clipboard.writeText(text).then(function () {
      var live = doc.getElementById("live");
      var done = button.getAttribute("data-copied");
      if (live && done) live.textContent = done;
    });
  });

  /* A page for paper has a button that prints it; without script the browser's own does. */
  doc.addEventListener("click", function (event) {
    if (closest(event, "[data-print]")) window.print();
  });

  /* Messages can be put away; the demo list fills the sign-in form. */
  doc.addEventListener("click", function (event) {
    var close = closest(event, "[data-dismiss]");
    if (close) close.closest(".notice").remove();
    var fill = closest(event, "[data-fill-login]");
    if (fill) {
      var login = doc.getElementById("id_login");
      var password = doc.getElementById("id_password");
      if (login) login.value = fill.getAttribute("data-fill-login");
      if (password) {
        password.value = fill.getAttribute("data-fill-password") || "";
        password.focus();
      }
    }
  });

  /* A form sent twice is two acts: the second click of a plain form is ignored until the page changes;
     data-again lifts that, for forms that answer with a file. */
  doc.addEventListener("submit", function (event) {
    var form = event.target;
    if (event.defaultPrevented || form.method !== "post" || form.hasAttribute("hx-post") || form.hasAttribute("data-again")) return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "1";
    form.setAttribute("aria-busy", "true");
  });
  window.addEventListener("pageshow", function () {
    doc.querySelectorAll("form[data-sent]").forEach(function (form) {
      delete form.dataset.sent;
      form.removeAttribute("aria-busy");
    });
  });

  /* Menus are <details>: a click elsewhere or Escape closes them. */
  doc.addEventListener("click", function (event) {
    doc.querySelectorAll("details.menu[open]").forEach(function (menu) {
      if (!menu.contains(event.target)) menu.open = false;
    });
  });
  doc.addEventListener("keydown", function (event) {
    if (event.key !== "Escape") return;
    var menu = doc.querySelector("details.menu[open]");
    if (!menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });

  /* Selects that filter at once carry data-autosubmit. */
  doc.addEventListener("change", function (event) {
    var control = closest(event, "[data-autosubmit]");
    if (control && control.form) control.form.requestSubmit();
  });

  /* Keyboard: / search, ? help, j and k move in the list, Enter opens, g then a letter goes to a page. */
  var waiting = 0;
  function rows() {
    return Array.prototype.slice.call(doc.querySelectorAll("table[data-rows] tbody tr"));
  }
  function move(step) {
    var all = rows();
    if (!all.length) return;
    var now = all.findIndex(function (row) { return row.classList.contains("is-current"); });
    var next = Math.min(Math.max(now + step, 0), all.length - 1);
    all.forEach(function (row, index) { row.classList.toggle("is-current", index === next); });
    var link = all[next].querySelector("a[href]");
    if (link) link.focus({ preventScroll: true });
    all[next].scrollIntoView({ block: "nearest" });
  }
  function go(letter) {
    var link = doc.querySelector('.sidenav a[data-key="' + letter + '"]');
    if (link) link.click();
  }
  doc.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    var busy = closest(event, "input, textarea, select, [contenteditable], dialog");
    if (busy || doc.querySelector("dialog[open]")) return;
    if (waiting && Date.now() - waiting < 1200 && /^[a-z]$/.test(event.key)) {
      waiting = 0;
      event.preventDefault();
      go(event.key);
      return;
    }
    waiting = 0;
    if (event.key === "/") {
      var box = doc.querySelector("[data-search-box]");
      if (box && box.offsetParent !== null) {
        event.preventDefault();
        box.focus();
        box.select();
      }
    } else if (event.key === "?") {
      var help = doc.getElementById("keys-dialog");
      if (help && help.showModal) {
        event.preventDefault();
        help.showModal();
      }
    } else if (event.key === "g") {
      waiting = Date.now();
    } else if (event.key === "j") {
      move(1);
    } else if (event.key === "k") {
      move(-1);
    } else if (event.key === "Enter" && event.target === doc.body) {
      var link = doc.querySelector("table[data-rows] tr.is-current a[href]");
      if (link) link.click();
    }
  });

  /* A table wider than the page is scrolled by keyboard too: its frame takes the focus, named by its caption. */
  function reachTables() {
    doc.querySelectorAll(".table-wrap").forEach(function (wrap) {
      if (wrap.scrollWidth <= wrap.clientWidth) {
        ["tabindex", "role", "aria-label"].forEach(function (name) { wrap.removeAttribute(name); });
        return;
      }
      var caption = wrap.querySelector("caption");
      wrap.tabIndex = 0;
      if (caption) {
        wrap.setAttribute("role", "region");
        wrap.setAttribute("aria-label", caption.textContent.trim());
      }
    });
  }
  window.addEventListener("resize", reachTables);
  window.addEventListener("load", reachTables);
  doc.addEventListener("htmx:afterSettle", reachTables);

  /* After an error the summary has the focus, so that a screen reader starts there. */
  function focusErrors() {
    var summary = doc.querySelector(".error-summary");
    if (summary) summary.focus();
  }
  if (doc.readyState === "loading") doc.addEventListener("DOMContentLoaded", focusErrors);
  else focusErrors();

  /* A list that was filtered says how many it found: a status that arrives with its text is read by nobody. */
  doc.addEventListener("htmx:afterSettle", function (event) {
    var count = event.target.id === "results" && event.target.querySelector(".pager [role=status]");
    var live = doc.getElementById("live");
    if (live && count) live.textContent = count.textContent;
  });

  /* htmx: say plainly when a request failed. */
  ["htmx:responseError", "htmx:sendError"].forEach(function (name) {
    doc.addEventListener(name, function () {
      var live = doc.getElementById("live");
      if (live) live.textContent = live.getAttribute("data-failed") || "";
    });
  });
})();
