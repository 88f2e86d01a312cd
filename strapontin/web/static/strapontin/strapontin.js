// Strapontin: what pages gain with script. Every page can be read, and everything sent, without it.
"use strict";

// Light or dark. The cookie lets the server draw the next page right at once.
document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-theme-toggle]")) return;
  const root = document.documentElement;
  const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
  const secure = location.protocol === "https:" ? ";secure" : "";
  document.cookie = `theme=${root.dataset.theme};path=/;max-age=31536000;samesite=lax${secure}`;
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

// One press, one order: a form already sent is not sent again, and its button says so.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post" || form.hasAttribute("data-again")) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  const button = event.submitter;
  if (button) button.setAttribute("aria-disabled", "true");
});
addEventListener("pageshow", (event) => {
  if (!event.persisted) return; // only when the browser brings back the page as it was left
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    for (const button of form.querySelectorAll("[aria-disabled]")) button.removeAttribute("aria-disabled");
  }
});

// htmx: old figures are dimmed while new ones are fetched; what arrives may bring a dialog or a note to read.
const sayNoAnswer = () => {
  const notes = document.getElementById("notes");
  const template = document.getElementById("no-answer");
  if (!notes || !template || notes.querySelector("[data-no-answer]")) return;
  notes.append(template.content.cloneNode(true));
};
document.addEventListener("htmx:beforeRequest", (event) => {
  const target = event.detail.target;
  if (target.hasAttribute("data-busy")) target.setAttribute("aria-busy", "true");
});
document.addEventListener("htmx:afterRequest", (event) => {
  event.detail.target.removeAttribute("aria-busy");
  const stale = event.detail.successful && document.querySelector("[data-no-answer]");
  if (stale) stale.remove();
});
document.addEventListener("htmx:afterSettle", (event) => {
  openDialogs(document);
  for (const input of document.querySelectorAll(".stepper input")) {
    const said = document.getElementById(input.getAttribute("aria-describedby") || "");
    if (said) input.setAttribute("aria-invalid", said.querySelector(".error") ? "true" : "false");
  }
  const note = event.detail.elt.querySelector("[data-focus]");
  if (note) note.focus();
});
document.addEventListener("htmx:sendError", sayNoAnswer);
document.addEventListener("htmx:responseError", sayNoAnswer);

openDialogs(document);
