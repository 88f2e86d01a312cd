"use strict";
// Passkeys: a button with data-passkey "create" or "get" asks the browser and sends its form with the answer.

// Browsers know passkeys of names, never of addresses such as 127.0.0.1.
const possible = window.isSecureContext && webauthnJSON.supported() && !/^[\d.]+$|^\[/.test(location.hostname);
for (const part of document.querySelectorAll("[data-passkeys]")) part.hidden = !possible;
for (const part of document.querySelectorAll("[data-no-passkeys]")) part.hidden = possible;

async function optionsOf(button) {
  const element = document.getElementById(button.dataset.options);
  if (element) return JSON.parse(element.textContent);
  const answer = await fetch(button.form.action, { headers: { Accept: "application/json" } });
  return (await answer.json()).request_options;
}

for (const button of document.querySelectorAll("[data-passkey]")) {
  button.addEventListener("click", async () => {
    const wrong = document.querySelector("[data-passkey-wrong]");
    wrong.hidden = true;
    try {
      const options = await optionsOf(button);
      // The device remembers whose it is, if it can: then it signs in without a password.
      if (button.dataset.passkey === "create") options.publicKey.authenticatorSelection.residentKey = "preferred";
      const credential = await webauthnJSON[button.dataset.passkey](options);
      button.form.elements.credential.value = JSON.stringify(credential);
      button.form.submit();
    } catch {
      wrong.hidden = false;
    }
  });
}
