// Passkeys: the server's question goes to the browser, the browser's answer into the form.

const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const keys = (list) => (list || []).map((key) => ({ ...key, id: bytes(key.id) }));

const ask = {
  create: (options) => navigator.credentials.create({ publicKey: {
    ...options, challenge: bytes(options.challenge), user: { ...options.user, id: bytes(options.user.id) },
    excludeCredentials: keys(options.excludeCredentials) } }),
  get: (options) => navigator.credentials.get({ publicKey: {
    ...options, challenge: bytes(options.challenge), allowCredentials: keys(options.allowCredentials) } }),
};
const PARTS = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];

function told(credential) {
  const response = {};
  for (const part of PARTS) if (credential.response[part]) response[part] = text(credential.response[part]);
  return JSON.stringify({ id: credential.id, rawId: text(credential.rawId), type: credential.type, response });
}

for (const form of window.PublicKeyCredential ? document.querySelectorAll("form[data-passkey]") : []) {
  form.hidden = false;
  document.querySelector("[data-no-passkey]")?.remove();
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    event.stopImmediatePropagation(); // what sends a form once has no say before there is an answer
    const failed = form.querySelector(".form-error");
    failed.hidden = true;
    try {
      const headers = { "X-CSRFToken": form.elements.csrfmiddlewaretoken.value };
      const asked = await fetch(form.dataset.options, { method: "POST", headers, redirect: "error" });
      if (!asked.ok) return location.reload(); // asked too late: the page says what to do
      form.elements.answer.value = told(await ask[form.dataset.passkey](await asked.json()));
      form.submit();
    } catch {
      failed.hidden = false;
    }
  }, true);
}
