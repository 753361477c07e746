/* 同心 · passkeys. A form with data-passkey="get" or "create" asks the server what to sign, lets the device sign it and
   hands the answer in as an ordinary form. Without this file, or where a browser knows no passkeys, a code works. */
(function () {
  "use strict";
  var forms = Array.from(document.querySelectorAll("form[data-passkey]"));
  if (!forms.length || !window.PublicKeyCredential || !navigator.credentials) return;

  function bytes(text) {
    var plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
    return Uint8Array.from(plain, function (ch) { return ch.charCodeAt(0); });
  }

  function text(buffer) {
    var plain = Array.from(new Uint8Array(buffer), function (n) { return String.fromCharCode(n); }).join("");
    return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  }

  function opened(list) {
    return (list || []).map(function (one) { return Object.assign({}, one, { id: bytes(one.id) }); });
  }

  function ask(kind, options) {
    options.challenge = bytes(options.challenge);
    if (kind === "create") {
      options.user.id = bytes(options.user.id);
      options.excludeCredentials = opened(options.excludeCredentials);
      return navigator.credentials.create({ publicKey: options });
    }
    options.allowCredentials = opened(options.allowCredentials);
    return navigator.credentials.get({ publicKey: options });
  }

  function written(found) {
    var said = found.response, response = { clientDataJSON: text(said.clientDataJSON) };
    if (said.attestationObject) response.attestationObject = text(said.attestationObject);
    if (said.authenticatorData) response.authenticatorData = text(said.authenticatorData);
    if (said.signature) response.signature = text(said.signature);
    if (said.userHandle) response.userHandle = text(said.userHandle);
    return JSON.stringify({
      id: found.id, rawId: text(found.rawId), type: found.type, response: response, clientExtensionResults: {}
    });
  }

  forms.forEach(function (form) {
    Array.from(form.querySelectorAll("[data-passkey-only]")).forEach(function (el) { el.hidden = false; });
    Array.from(form.querySelectorAll("[data-passkey-lacks]")).forEach(function (el) { el.hidden = true; });
    form.addEventListener("submit", function (event) {
      var answer = form.elements.answer;
      if (answer.value) return;
      event.preventDefault();
      fetch(form.dataset.options, { credentials: "same-origin", headers: { Accept: "application/json" } })
        .then(function (got) { return got.json(); })
        .then(function (options) { return ask(form.dataset.passkey, options); })
        .then(function (found) { answer.value = written(found); form.submit(); })
        .catch(function () { form.submit(); });  /* empty: the server says what to do instead */
    });
  });
})();
