"use strict";
// What every page needs: the language, printing, tables that sort and filter.
(() => {
  const root = document.documentElement;
  const data = JSON.parse(document.getElementById("data").textContent);
  const lang = () => (root.lang.startsWith("zh") ? "zh" : "en");

  // Language: the page holds both; the attribute on <html> chooses.
  const heading = document.querySelector("h1").textContent;
  document.querySelectorAll("[data-lang]").forEach((button) =>
    button.addEventListener("click", () => {
      root.lang = button.dataset.lang === "zh" ? "zh-CN" : "en";
      document.title = data.title[lang()] + " · " + heading;
      document
        .querySelectorAll("[data-lang]")
        .forEach((other) => other.setAttribute("aria-pressed", String(other === button)));
      document.dispatchEvent(new Event("language"));
    })
  );

  // Folding for print.
  document.getElementById("print").addEventListener("click", () => window.print());
  let folded = [];
  window.addEventListener("beforeprint", () => {
    folded = [...document.querySelectorAll("details:not([open])")];
    folded.forEach((part) => (part.open = true));
  });
  window.addEventListener("afterprint", () => folded.forEach((part) => (part.open = false)));

  // Tables: sort by a heading, filter by words.
  const value = (row, column) => {
    const cell = row.children[column];
    if (cell.dataset.v !== undefined) return Number(cell.dataset.v);
    return cell.classList.contains("n") ? -Infinity : cell.textContent;
  };
  document.querySelectorAll("table[data-live]").forEach((table) => {
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, column) =>
      head.querySelector("button").addEventListener("click", () => {
        const down = head.getAttribute("aria-sort") === "ascending";
        heads.forEach((other) => other.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        const rows = [...table.tBodies[0].rows].map((row) => [value(row, column), row]);
        rows.sort(([a], [b]) =>
          typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(b, root.lang)
        );
        if (down) rows.reverse();
        table.tBodies[0].append(...rows.map(([, row]) => row));
      })
    );
  });
  document.querySelectorAll("[data-filter]").forEach((input) => {
    const table = document.getElementById(input.dataset.filter);
    const tally = table.caption.querySelector("output");
    input.addEventListener("input", () => {
      const wanted = input.value.toLowerCase().split(/\s+/).filter(Boolean);
      let count = 0;
      for (const row of table.tBodies[0].rows) {
        const text = row.textContent.toLowerCase();
        row.hidden = !wanted.every((word) => text.includes(word));
        count += row.hidden ? 0 : 1;
      }
      tally.textContent = count.toLocaleString("en");
    });
  });
})();
