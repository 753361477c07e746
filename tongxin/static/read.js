/* 同心 · 念给我听: reads the page aloud. Only with a Chinese voice that lives in the phone: others would send the text away.
   Markup: components/_read.html (button[data-read], hidden until a voice is found). ES2017. */
(function () {
  "use strict";
  var button = document.querySelector("[data-read]");
  var speech = window.speechSynthesis;
  if (!button || !speech || !window.SpeechSynthesisUtterance) return;
  var label = button.querySelector("span");
  var words = label.textContent;
  var voice = null;

  function find() {
    voice = speech.getVoices().find(v => /^(zh|cmn)/i.test(v.lang) && v.localService) || null;
    button.hidden = !voice;
  }

  function show(on) {
    button.setAttribute("aria-pressed", String(on));
    label.textContent = on ? button.dataset.enough : words;
  }

  button.addEventListener("click", function () {
    var reading = speech.speaking;
    speech.cancel();
    show(!reading);
    if (reading) return;
    var from = document.querySelector(button.dataset.read) || document.body;
    var pieces = from.innerText.split(/[。！？；\n]+/).filter(piece => piece.trim());  // long texts break off on some phones
    pieces.forEach(function (piece, i) {
      var line = new SpeechSynthesisUtterance(piece);
      line.voice = voice;
      line.lang = voice.lang;
      line.rate = 0.9;
      if (i === pieces.length - 1) line.onend = () => show(false);
      speech.speak(line);
    });
  });
  window.addEventListener("pagehide", () => speech.cancel());
  find();
  speech.addEventListener && speech.addEventListener("voiceschanged", find);
})();
