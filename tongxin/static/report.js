/* 同心 · the form on which somebody speaks up. Everything works without it; it saves traffic, taps and lost words.
   Markup and words: components/_report_*, _danger_note, _voice_field, _photo_field. ES2017. */
(function () {
  "use strict";
  const $ = (selector, from) => (from || document).querySelector(selector);
  const all = (selector, from) => Array.from((from || document).querySelectorAll(selector));
  const WEEK = 7 * 24 * 3600 * 1000;
  const PREFIX = "tongxin:";

  const store = {
    get(name) { try { return JSON.parse(localStorage.getItem(PREFIX + name)); } catch (e) { return null; } },
    set(name, value) { try { localStorage.setItem(PREFIX + name, JSON.stringify(value)); return true; } catch (e) { return false; } },
    drop(name) { try { localStorage.removeItem(PREFIX + name); } catch (e) { /* no storage, nothing kept */ } },
  };

  /* 收到了 */
  all("[data-handed-in]").forEach(el => store.drop(el.dataset.handedIn));

  const form = $("form[data-report]");
  if (!form) return;
  const said = $("[data-words]", form).dataset;  // every word shown comes from here
  const draftName = said.draft;
  const submit = $("[data-submit]", form) || $("[type=submit]", form);
  const notice = $("[data-say]", form);
  const canSwap = (() => { try { return !!new DataTransfer().items.add; } catch (e) { return false; } })();
  let busy = 0;  // photos being made smaller
  let waiting = false;  // handed in while busy

  function make(tag, css, text) {
    const el = document.createElement(tag);
    el.className = css;
    el.textContent = text || "";
    if (tag === "button") el.type = "button";
    return el;
  }

  function say(text, kind) {
    if (!notice) return;
    notice.textContent = text || "";
    notice.className = "note " + (kind || "info");
    notice.hidden = !text;
  }

  function put(input, file) {
    const transfer = new DataTransfer();
    if (file) transfer.items.add(file);
    input.files = transfer.files;
  }

  /* --- the same key twice is one matter --- */
  function newKey() {
    const b = crypto.getRandomValues(new Uint8Array(16));
    return Array.from(b, x => ("0" + x.toString(16)).slice(-2)).join("");
  }
  const key = form.elements.namedItem("key");
  if (key && !key.value) key.value = newKey();

  /* --- what was typed stays until it is handed in --- */
  const kept = el => el.name && !el.dataset.nokeep && !/^(hidden|file|password|submit|button)$/.test(el.type);
  const fields = () => Array.from(form.elements).filter(kept);
  const ticked = el => /radio|checkbox/.test(el.type);

  function save(sent) {
    if (!draftName) return;
    const values = {};
    fields().forEach(el => {
      if (!ticked(el)) values[el.name] = el.value;
      else if (el.checked) (values[el.name] = values[el.name] || []).push(el.value);
    });
    return store.set(draftName, { at: Date.now(), values, key: sent ? key && key.value : null });
  }

  function restore() {
    const draft = store.get(draftName);
    if (!draft) return;
    if (Date.now() - draft.at > WEEK) return store.drop(draftName);
    let any = false;
    fields().forEach(el => {
      const value = draft.values[el.name];
      if (value === undefined) return;
      if (ticked(el)) {
        if (value.indexOf(el.value) < 0 || fields().some(o => o.name === el.name && o.checked)) return;
        el.checked = any = true;
      } else if (!el.value && value) {
        el.value = value;
        any = true;
      }
    });
    if (!any) return;
    if (key && draft.key) key.value = draft.key;  // it may have arrived already
    const note = form.insertBefore(make("p", "note"), form.firstChild);
    const afresh = make("button", "", said.afresh);
    note.setAttribute("role", "status");
    note.append(make("span", "grow", said.restored), afresh);
    afresh.addEventListener("click", () => {
      store.drop(draftName);
      form.reset();
      if (key) key.value = newKey();
      note.remove();
      danger();
    });
  }

  let timer;
  form.addEventListener("input", () => {
    const draft = store.get(draftName);
    if (key && draft && draft.key === key.value) key.value = newKey();  // other words are another matter
    clearTimeout(timer);
    timer = setTimeout(save, 400);
    danger();
  });
  all("[data-later]", form).forEach(button => {
    button.hidden = false;
    button.addEventListener("click", () => save() && say(said.kept, "ok"));
  });

  /* --- words that cannot wait for an answer --- */
  const dangerNote = $("[data-danger-note]", form);
  const dangerWords = (said.danger || "").split(/[\s,，、]+/).filter(Boolean);
  function danger() {
    if (!dangerNote) return;
    const text = all("textarea", form).map(el => el.value).join("\n");
    const found = dangerWords.some(word => text.indexOf(word) >= 0);
    if (dangerNote.hidden === found) dangerNote.hidden = !found;
  }

  /* --- photos, each made smaller before it travels --- */
  function smaller(file, side) {
    return new Promise(resolve => {
      // Before Chromium 81 a canvas forgets which way is up; such a phone sends the photo as it is.
      if (!canSwap || !/^image\//.test(file.type) || !CSS.supports("image-orientation", "from-image")) return resolve(null);
      const url = URL.createObjectURL(file);
      const image = new Image();
      const end = result => { URL.revokeObjectURL(url); resolve(result); };
      image.onerror = () => end(null);  // a format the browser cannot draw, such as HEIC
      image.onload = () => {
        try {
          const scale = Math.min(1, side / Math.max(image.naturalWidth, image.naturalHeight));
          const canvas = document.createElement("canvas");
          canvas.width = Math.max(1, Math.round(image.naturalWidth * scale));
          canvas.height = Math.max(1, Math.round(image.naturalHeight * scale));
          const brush = canvas.getContext("2d");
          brush.fillStyle = "#FFF";
          brush.fillRect(0, 0, canvas.width, canvas.height);
          brush.drawImage(image, 0, 0, canvas.width, canvas.height);
          canvas.toBlob(blob => end(blob && blob.size < file.size ? new File([blob], "photo.jpg", { type: "image/jpeg" }) : null), "image/jpeg", 0.82);
        } catch (e) { end(null); }
      };
      image.src = url;
    });
  }

  function photos(box) {
    const slots = all("[data-photo]", box).map(tile => ({ tile, input: $("input", tile), shot: null }));
    const arrange = () => {
      let open = false;  // only the first free tile is shown
      slots.forEach(slot => {
        slot.tile.hidden = !!slot.shot || open;
        open = open || !slot.shot;
      });
    };
    const remove = slot => {
      URL.revokeObjectURL(slot.url);
      slot.input.value = "";
      slot.shot.remove();
      slot.shot = null;
      arrange();
      slot.input.focus();
    };
    slots.forEach((slot, i) => {
      slot.input.addEventListener("change", () => {
        const file = slot.input.files[0];
        if (!file || slot.shot) return;
        const shot = slot.shot = make("div", "shot");
        const picture = make("img", "");
        const button = make("button", "", box.dataset.remove);
        picture.alt = box.dataset.nth.replace("{n}", i + 1);
        picture.src = slot.url = URL.createObjectURL(file);
        picture.onerror = () => picture.replaceWith(make("span", "photo", picture.alt));  // no picture, but its name
        button.setAttribute("aria-label", box.dataset.remove + " " + picture.alt);
        button.addEventListener("click", () => remove(slot));
        shot.append(picture, button);
        box.insertBefore(shot, slot.tile);
        arrange();
        busy += 1;
        smaller(file, +box.dataset.side || 1600).then(result => {
          if (result && slot.input.files[0] === file) put(slot.input, result);
        }).catch(() => null).then(() => {
          busy -= 1;
          if (!busy && waiting) { waiting = false; submit.disabled = false; submit.click(); }
        });
      });
    });
    arrange();
  }
  all("[data-photos]", form).forEach(photos);

  /* --- a spoken memo instead of typing --- */
  function voice(box) {
    if (!canSwap || !window.MediaRecorder || !navigator.mediaDevices || !navigator.mediaDevices.getUserMedia) return;
    const part = name => $("[data-" + name + "]", box);
    const input = $("input[type=file]", box);
    const audio = $("audio", box);
    const limit = +box.dataset.seconds || 60;
    let recorder, tick, url;
    const show = name => ["start", "recording", "recorded"].forEach(n => { part(n).hidden = n !== name; });
    box.hidden = false;

    part("start").addEventListener("click", async () => {
      part("trouble").textContent = "";
      let stream;
      try {
        stream = await navigator.mediaDevices.getUserMedia({ audio: true });
      } catch (e) {
        part("trouble").textContent = box.dataset.refused;
        return;
      }
      const type = ["audio/webm;codecs=opus", "audio/mp4", "audio/ogg;codecs=opus"].find(t => MediaRecorder.isTypeSupported(t));
      const chunks = [];
      let left = limit;
      recorder = new MediaRecorder(stream, Object.assign({ audioBitsPerSecond: 24000 }, type ? { mimeType: type } : {}));
      recorder.ondataavailable = event => { if (event.data.size) chunks.push(event.data); };
      recorder.onstop = () => {
        clearInterval(tick);
        stream.getTracks().forEach(track => track.stop());
        const plain = (recorder.mimeType || type || "audio/webm").split(";")[0];
        const blob = new Blob(chunks, { type: plain });
        if (!blob.size) return show("start");
        put(input, new File([blob], "voice." + plain.split("/")[1].replace("mpeg", "mp3"), { type: plain }));
        audio.src = url = URL.createObjectURL(blob);
        show("recorded");
      };
      const clock = () => {
        part("clock").textContent = box.dataset.left.replace("{n}", left);
        if (left-- <= 0 && recorder.state === "recording") recorder.stop();
      };
      recorder.start();
      show("recording");
      clock();
      tick = setInterval(clock, 1000);
      part("stop").focus();
    });
    part("stop").addEventListener("click", () => { if (recorder && recorder.state === "recording") recorder.stop(); });
    part("delete").addEventListener("click", () => {
      audio.removeAttribute("src");
      URL.revokeObjectURL(url);
      put(input, null);
      show("start");
      part("start").focus();
    });
    form.addEventListener("submit", event => {
      if (recorder && recorder.state === "recording") {  // 说完了 was forgotten
        event.preventDefault();
        event.stopImmediatePropagation();
        recorder.addEventListener("stop", () => submit.click());
        recorder.stop();
      }
    });
  }
  all("[data-voice]", form).forEach(voice);

  /* --- handing in --- */
  const words = submit.querySelector("span") || submit;
  const label = words.textContent;
  let sent = false;
  function release() {
    submit.disabled = sent = false;
    words.textContent = label;
  }
  form.addEventListener("submit", event => {
    if (sent) return event.preventDefault();
    save(true);
    const door = all("[data-elsewhere]", form).find(el => el.checked);
    if (door) {  // 不想让人知道: to the other door, without photos; nothing stays here
      form.action = door.dataset.elsewhere;
      all("[type=file]", form).forEach(el => { el.disabled = true; });
      clearTimeout(timer);
      store.drop(draftName);
    }
    if (navigator.onLine === false) {
      event.preventDefault();
      say(said.offline, "warn");
      notice.scrollIntoView({ block: "center" });
      return;
    }
    if (busy) { event.preventDefault(); waiting = true; }
    sent = !busy;
    setTimeout(() => { submit.disabled = true; words.textContent = said.sending || label; });
    setTimeout(release, 30000);  // a second press does no harm, the key is the same
  });
  window.addEventListener("online", () => say(""));
  window.addEventListener("pageshow", event => {
    if (!event.persisted) return;
    if (sent && !store.get(draftName)) {  // handed in, then 返回: this is a new matter
      form.reset();
      if (key) key.value = newKey();
      location.reload();
    }
    release();
  });
  restore();
  danger();
})();
