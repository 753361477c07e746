/* Measures the page that is open and says what is wrong, one line a finding. Numbers: users.md 6 (M4, M5, M6, M17). */
(function () {
  const LEAST = {
    // letters, letters at size 3 and up, targets, main controls at size 3 and up; px
    resident: { font: 16, large: 18, target: 48, main: 60 },
    desk: { font: 14, large: 14, target: 24, main: 24 },
    sheet: { font: 14, large: 14, target: 24, main: 24 },
    print: { font: 0, large: 0, target: 0, main: 0 },  // paper: measured in millimetres, elsewhere
  };
  const MAIN = ".btn, .say, .choice, .tick, .pick, .tabs a, input.in, select.in, textarea.in";
  const PRESSED = "a[href], button, input:not([type=hidden]), select, textarea, summary, [role=button], [role=link]";
  const SLACK = 0.5;
  const FRAME = ".desk > .menu, .desk-head";

  function kind() {
    if (document.querySelector('link[href*="print.css"]')) return "print";
    if (document.querySelector("main.sheet")) return "sheet";
    return document.querySelector(".desk, .desk-head") ? "desk" : "resident";
  }

  function seen(el) {
    if (!el.checkVisibility({ visibilityProperty: true })) return false;
    for (let at = el; at && at !== document.body; at = at.parentElement) {
      const style = getComputedStyle(at);
      if (style.position === "absolute" && (style.clip !== "auto" || parseFloat(style.left) < -300)) return false;
    }
    return true;
  }

  function said(el) {
    const words = (el.getAttribute("aria-label") || el.innerText || el.textContent || "").trim().slice(0, 24);
    const own = el.id ? "#" + el.id : el.className && el.className.split ? "." + el.className.split(" ")[0] : "";
    const name = el.getAttribute("name");
    return el.tagName.toLowerCase() + own + (name ? "[" + name + "]" : "") + " “" + words.replace(/\s+/g, " ") + "”";
  }

  function letters(least, found) {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const small = new Map();
    const check = function (el, size) {
      if (size < least - 0.05 && !small.has(el) && seen(el)) small.set(el, size);
    };
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const el = node.parentElement;
      if (!node.nodeValue.trim() || /^(SCRIPT|STYLE|NOSCRIPT|TEMPLATE|OPTION)$/.test(el.tagName)) continue;
      let size = parseFloat(getComputedStyle(el).fontSize);
      if (el instanceof SVGElement && el.getScreenCTM) size *= (el.getScreenCTM() || { a: 1 }).a;
      check(el, size);
    }
    for (const el of document.querySelectorAll("input:not([type=hidden]):not([type=radio]):not([type=checkbox]), select, textarea, button"))
      check(el, parseFloat(getComputedStyle(el).fontSize));
    small.forEach((size, el) => found.push("letters of " + size.toFixed(1) + " px, least " + least + ": " + said(el)));
  }

  function box(el) {
    let r = el.getBoundingClientRect();
    const label = el.labels && el.labels[0];
    if (label && /^(radio|checkbox|file)$/.test(el.type)) {
      const l = label.getBoundingClientRect();
      r = { left: Math.min(r.left, l.left), right: Math.max(r.right, l.right), top: Math.min(r.top, l.top), bottom: Math.max(r.bottom, l.bottom) };
    }
    return { width: r.right - r.left, height: r.bottom - r.top };
  }

  /* A link within a sentence is as high as its line (WCAG 2.2, 2.5.8, exception "inline"). */
  function inSentence(el) {
    if (el.tagName !== "A" || getComputedStyle(el).display !== "inline") return false;
    let block = el.parentElement;
    while (block && /^inline/.test(getComputedStyle(block).display)) block = block.parentElement;
    const around = (block ? block.textContent : "").replace(el.textContent, "");
    return /[\p{L}\p{N}]/u.test(around);
  }

  function targets(least, main, found) {
    for (const el of document.querySelectorAll(PRESSED)) {
      if (!seen(el) || inSentence(el) || el.disabled) continue;
      const size = box(el);
      const held = main && (el.matches(MAIN) || (el.closest(".choice, .tick, .pick") && el.matches("input")));
      const need = held ? main : least;
      if (size.height < need - SLACK || size.width < (held ? least : need) - SLACK)
        found.push("target of " + Math.round(size.width) + " × " + Math.round(size.height) + " px, least " + need + ": " + said(el));
    }
  }

  function frame(of, village, found) {
    const heads = Array.prototype.slice.call(document.querySelectorAll("h1"));
    if (heads.length !== 1 && of !== "print") found.push(heads.length + " h1: " + heads.map(said).join(", "));
    if (village && !document.title.trim().match(new RegExp("^\\S.* · " + village + "$"))) found.push("title “" + document.title + "”");
    const calls = Array.prototype.filter.call(document.querySelectorAll('a[href^="tel:"]'), seen);
    if (of === "resident" && !calls.length) found.push("no telephone to press");
    if (of === "sheet" && !/\d{4}-?\d{7,8}/.test(document.body.innerText)) found.push("no telephone of the village");
    const ways = document.querySelectorAll(".top a, .tabs a, .sheet-top a, .tools a, .menu a, .brand, .crumbs a, main a.btn");
    if (!Array.prototype.some.call(ways, seen)) found.push("no way back and no tabs");
  }

  /* Words that a template or a catalogue left behind. */
  function words(found) {
    const text = document.body.innerText;
    const odd = text.match(/%\([a-z_]+\)|\{\{|\}\}|\{%|\bNone\b|\bundefined\b|\bNaN\b|\[object /g);
    if (odd) found.push("left behind: " + Array.from(new Set(odd)).join(" "));
    if (document.documentElement.lang.slice(0, 2) !== "zh") return;
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const english = new Set();
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const el = node.parentElement;
      if (el.closest('script, style, [translate="no"], [lang]:not(html)') || !seen(el)) continue;
      (node.nodeValue.match(/[A-Za-z]*[a-z]{3,}/g) || []).forEach((word) => english.add(word));
    }
    english.delete("English");
    if (english.size) found.push("not translated: " + Array.from(english).join(" "));
  }

  /* Pixels by which the page is wider than the window, and what sticks out. */
  function overflow() {
    const root = document.documentElement;
    const over = Math.max(root.scrollWidth, document.body.scrollWidth) - root.clientWidth;
    if (over <= 0) return "";
    const out = [];
    for (const el of document.body.querySelectorAll("*")) {
      if (out.length > 2) break;
      if (el.getBoundingClientRect().right > root.clientWidth + 1 && seen(el) && !scrolls(el)) out.push(said(el));
    }
    return over + " px too wide: " + out.join(", ");
  }

  function scrolls(el) {
    for (let at = el.parentElement; at && at !== document.body; at = at.parentElement)
      if (/auto|scroll|hidden/.test(getComputedStyle(at).overflowX)) return true;
    return false;
  }

  function show(size, simple) {
    document.documentElement.setAttribute("data-size", size);
    document.documentElement.toggleAttribute("data-simple", !!simple);
  }

  /* A part of the page without its words: what repeats stands once. The frame of the desk is a part of its own, so that
     another role's menu does not make every page a new one. */
  function shape(el) {
    const names = el.getAttributeNames().filter((name) => name !== "data-size" && name !== "data-simple").join(",");
    const inner = [];
    for (const child of el.children) {
      if (child.matches(FRAME)) continue;
      const said = shape(child);
      if (inner.indexOf(said) < 0) inner.push(said);
    }
    const own = el.getAttribute("class") + "." + (el.getAttribute("type") || "") + (el.getAttribute("role") || "");
    return el.tagName + own + names + (inner.length ? "(" + inner.join(" ") + ")" : "");
  }

  window.probe = {
    kind: kind,
    shapes: () => [document.documentElement].concat(Array.from(document.querySelectorAll(FRAME))).map(shape),
    show: show,
    measure: function (size, village) {
      const of = kind();
      const least = LEAST[of];
      const found = [];
      letters(size >= 3 ? least.large : least.font, found);
      targets(least.target, size >= 3 ? least.main : 0, found);
      if (size === 1) frame(of, village, found);
      if (size === 1) words(found);
      return found;
    },
    widths: function (sizes) {
      const found = [];
      for (const size of sizes) {
        show(size, false);
        const over = overflow();
        if (over) found.push("size " + size + ": " + over);
      }
      show(sizes[0], false);
      return found;
    },
    /* Every form that is handed in by POST, as it is when nobody has typed anything. */
    forms: function () {
      return Array.prototype.filter.call(document.forms, (form) => form.method === "post").map((form) => ({
        action: new URL(form.action).pathname,
        hidden: Array.prototype.filter.call(form.elements, (el) => el.type === "hidden" && el.name).map((el) => [el.name, el.value]),
      }));
    },
    papers: () => Array.from(document.links).map((link) => link.pathname + link.search).filter((to) => /as=print/.test(to)),
    post: function (form) {
      const made = document.createElement("form");
      made.method = "post";
      made.action = form.action;
      form.hidden.forEach(function (pair) {
        const input = document.createElement("input");
        input.type = "hidden";
        input.name = pair[0];
        input.value = pair[1];
        made.append(input);
      });
      document.body.append(made);
      made.submit();
    },
  };
})();
