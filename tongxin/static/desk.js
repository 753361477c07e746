/* 同心 · the desk. Everything works without it: it only keeps two ways of choosing from pulling apart, and their tint. */
(function () {
  "use strict";
  const all = (selector, from) => Array.from(from.querySelectorAll(selector));

  /* the chosen line of a list wears the tint */
  function tint(form, name) {
    all(".pick input[type=radio]", form).filter(el => el.name === name).forEach(el => {
      el.closest(".pick").classList.toggle("on", el.checked);
    });
  }

  document.addEventListener("change", event => {
    const el = event.target;
    if (!el.form) return;
    if (el.type === "radio" && el.closest(".pick")) {
      tint(el.form, el.name);
      all("select[data-instead]", el.form).forEach(select => {
        if (select.dataset.instead === el.name && el.value !== "other") select.value = "";
      });
    } else if (el.dataset.instead && el.value) {
      const other = all("input[type=radio][value=other]", el.form).filter(o => o.name === el.dataset.instead)[0];
      if (other) other.checked = true;
      tint(el.form, el.dataset.instead);
    }
  });

  /* filters are looked up when one is chosen; the button stays for everybody else */
  all("form[data-filter] select", document).forEach(select => {
    select.addEventListener("change", () => select.form.submit());
  });
})();
