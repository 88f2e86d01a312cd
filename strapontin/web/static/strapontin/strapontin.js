// Strapontin: what pages gain with script. Every page can be read, and everything sent, without it.
"use strict";

// Light or dark. The cookie lets the server draw the next page right at once.
document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-theme-toggle]")) return;
  const root = document.documentElement;
  const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
  const [prefix, secure] = location.protocol === "https:" ? ["__Host-", ";secure"] : ["", ""];
  document.cookie = `${prefix}theme=${root.dataset.theme};path=/;max-age=31536000;samesite=lax${secure}`;
});

// Stepper: minus and plus are neighbours of a number one can type.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-step]");
  if (!button) return;
  const input = button.closest(".stepper").querySelector("input");
  const wanted = (Number.parseInt(input.value, 10) || 0) + Number(button.dataset.step);
  input.value = Math.max(Number(input.min || 0), wanted);
  input.dispatchEvent(new Event("input", { bubbles: true }));
});

// Dialog: opened when it arrives, gone when it is closed. Escape and the cross change nothing.
const openDialogs = (root) => {
  for (const dialog of root.querySelectorAll("dialog[data-open]:not([open])")) {
    dialog.addEventListener("close", () => dialog.remove(), { once: true });
    dialog.showModal();
  }
};
document.addEventListener("click", (event) => {
  const closer = event.target.closest("[data-close]");
  const dialog = closer && closer.closest("dialog");
  if (!dialog) return; // on the page of its own the link leads back
  event.preventDefault();
  dialog.close();
});

// Signing in again in another tab changes the CSRF token under every open page: the cookie has the one that counts. So
// that nobody goes on with what another one began here, it is said for whom the page was made; the server compares.
const freshToken = () => (document.cookie.match(/(?:^|; )(?:__Host-)?csrftoken=([^;]+)/) || [])[1];
document.addEventListener("submit", (event) => {
  const { method, elements } = event.target;
  if (method !== "post" || !elements.csrfmiddlewaretoken) return;
  elements.csrfmiddlewaretoken.value = freshToken() || elements.csrfmiddlewaretoken.value;
  const person = document.body.dataset.openedBy;
  if (!person || elements.opened_by) return;
  const field = Object.assign(document.createElement("input"), { type: "hidden", name: "opened_by", value: person });
  event.target.append(field);
});
document.addEventListener("htmx:configRequest", (event) => {
  const token = freshToken();
  const { headers, parameters } = event.detail;
  if (!token) return;
  headers["X-CSRFToken"] = token;
  if (parameters.csrfmiddlewaretoken) parameters.csrfmiddlewaretoken = token;
});

// A button that cannot do anything now stays in reach of the keyboard and says why; pressed, it does nothing.
document.addEventListener("click", (event) => {
  if (event.target.closest('button[aria-disabled="true"]:not([data-pressed])')) event.preventDefault();
});
// Enter in a form whose effect is shown while one types: computed in place, not sent. Its buttons alone confirm.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !event.target.matches("form[hx-post] .stepper input")) return;
  event.preventDefault();
  event.target.dispatchEvent(new Event("input", { bubbles: true }));
});

// One press, one order: a form already sent is not sent again, and its button says so. For some seconds only: no event
// tells that the reader pressed Stop or that the network failed, and the server does the same form but once anyway.
const ONE_PRESS_MS = 5000;
const release = (form) => {
  delete form.dataset.sent;
  for (const button of form.elements) {
    if (!button.dataset.pressed) continue;
    delete button.dataset.pressed;
    button.removeAttribute("aria-disabled");
  }
};
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  setTimeout(release, ONE_PRESS_MS, form);
  const button = event.submitter;
  if (!button) return;
  button.dataset.pressed = "yes";
  button.setAttribute("aria-disabled", "true");
});
addEventListener("pageshow", (event) => {
  if (!event.persisted) return; // only when the browser brings back the page as it was left
  for (const form of document.querySelectorAll("form[data-sent]")) release(form);
});

// htmx: old figures are dimmed while new ones are fetched; what arrives may bring a dialog or a note to read.
// What went wrong is said where one looks: in the dialog that is open, else on top of the page.
const say = (what) => {
  const said = document.querySelector("[data-said]");
  if (said && said.dataset.said === what) return;
  if (said) said.remove();
  const template = document.getElementById(what);
  const place = document.querySelector("dialog[open] .sheet-body") || document.getElementById("notes");
  if (!place || !template) return;
  place.prepend(template.content.cloneNode(true));
  place.firstElementChild.scrollIntoView({ block: "nearest" });
};
document.addEventListener("htmx:configRequest", (event) => {
  const { elt, parameters } = event.detail;
  if (!elt.matches(".toolbar")) return;
  for (const name of Object.keys(parameters)) if (parameters[name] === "") delete parameters[name]; // a readable address
});
document.addEventListener("htmx:beforeRequest", (event) => {
  const target = event.detail.target;
  if (target.hasAttribute("data-busy")) target.setAttribute("aria-busy", "true");
});
document.addEventListener("htmx:afterRequest", (event) => {
  event.detail.target.removeAttribute("aria-busy");
  const stale = event.detail.successful && document.querySelector("[data-said]");
  if (stale) stale.remove();
});
document.addEventListener("htmx:afterSettle", (event) => {
  openDialogs(document);
  for (const input of document.querySelectorAll(".stepper input")) {
    const said = document.getElementById(input.getAttribute("aria-describedby") || "");
    if (said) input.setAttribute("aria-invalid", said.querySelector(".error") ? "true" : "false");
  }
  // A live region speaks by itself: the focus stays where one chooses.
  const note = event.detail.elt.querySelector("[data-focus]");
  if (note && !note.closest("[aria-live]")) note.focus();
});
document.addEventListener("htmx:sendError", () => say("no-answer"));
document.addEventListener("htmx:responseError", (event) => {
  // A fault may pass; what was refused (gone, outdated, somebody else's by now) is refused again until the page is new.
  say(event.detail.xhr.status < 500 ? "out-of-date" : "no-answer");
});

// Back: a long form is as it was left, although no page is kept by the browser. What is kept ends with the tab or with the
// sign-out. A form that is opened anew is empty.
const kept = (form) => `form ${form.dataset.keep}`;
const isKept = (field) => field.name && field.type !== "hidden" && field.type !== "submit";
const keep = (event) => {
  const form = event.target.form;
  if (!form || !form.dataset.keep) return;
  const typed = [...form.elements].filter(isKept).map((field) => [field.name, field.value, field.checked || false]);
  sessionStorage.setItem(kept(form), JSON.stringify(typed));
};
document.addEventListener("input", keep);
document.addEventListener("change", keep);
const fillAgain = (form) => {
  for (const [name, value, checked] of JSON.parse(sessionStorage.getItem(kept(form)) || "[]")) {
    for (const field of form.elements) {
      if (field.name !== name || !isKept(field)) continue;
      if (field.type !== "radio" && field.type !== "checkbox") field.value = value;
      else if (field.value === value) field.checked = checked;
    }
  }
  const chosen = form.querySelector("[hx-trigger=change] :checked");
  if (chosen) chosen.dispatchEvent(new Event("change", { bubbles: true }));
};
addEventListener("load", () => {
  const [how] = performance.getEntriesByType("navigation");
  if (!how || how.type !== "back_forward") return;
  for (const form of document.querySelectorAll("form[data-keep]")) if (sessionStorage.getItem(kept(form))) fillAgain(form);
});
// A selection in a list: all of the page at once, a stretch of it with Shift; how many is said.
let lastTicked = null;
const ticks = () => [...document.querySelectorAll("[data-select]")];
const sayTicked = () => {
  const status = document.querySelector("[data-selected][role=status]");
  if (!status) return;
  const all = document.querySelector("#selection [name=all]:checked");
  const count = all ? Number(all.value) : ticks().filter((tick) => tick.checked).length;
  const text = count > 1 ? status.dataset.many.replace("#", count) : count ? status.dataset.one : "";
  for (const said of document.querySelectorAll("[data-selected]")) said.textContent = text;
  const head = document.querySelector("[data-select-all]");
  if (!head) return;
  const boxes = ticks();
  head.checked = boxes.length > 0 && boxes.every((tick) => tick.checked);
  head.indeterminate = !head.checked && boxes.some((tick) => tick.checked);
};
document.addEventListener("click", (event) => {
  const tick = event.target.closest("[data-select]");
  if (!tick) return;
  const boxes = ticks();
  const [from, to] = [boxes.indexOf(lastTicked), boxes.indexOf(tick)].sort((a, b) => a - b);
  if (event.shiftKey && from >= 0) for (const box of boxes.slice(from, to + 1)) box.checked = tick.checked;
  lastTicked = tick;
  sayTicked();
});
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-select-all]")) for (const box of ticks()) box.checked = event.target.checked;
  if (event.target.matches("[data-select-all], #selection [name=all]")) sayTicked();
});
document.addEventListener("htmx:afterSettle", sayTicked);
addEventListener("pageshow", sayTicked); // the browser may bring ticks back

openDialogs(document);
