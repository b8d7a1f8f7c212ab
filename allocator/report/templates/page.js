"use strict";
(() => {
  const root = document.documentElement;
  const data = JSON.parse(document.getElementById("data").textContent);
  const words = {
    zh: { people: "人", rooms: "房间", title: "办公用房调配方案" },
    en: { people: "people", rooms: "rooms", title: "Office space allocation plan" },
  };
  const lang = () => (root.lang.startsWith("zh") ? "zh" : "en");

  // Language: the page holds both; the attribute on <html> chooses.
  const heading = document.querySelector("h1").textContent;
  document.querySelectorAll("[data-lang]").forEach((button) =>
    button.addEventListener("click", () => {
      root.lang = button.dataset.lang === "zh" ? "zh-CN" : "en";
      document.title = words[lang()].title + " · " + heading;
      document
        .querySelectorAll("[data-lang]")
        .forEach((other) => other.setAttribute("aria-pressed", String(other === button)));
      document.querySelectorAll(".b[title]").forEach((block) => block.removeAttribute("title"));
      tell(pinned);
    })
  );

  // One unit everywhere: a rule that dims the rest; nothing else in the page changes.
  const sheet = document.head.appendChild(document.createElement("style"));
  const picker = document.getElementById("unit");
  const told = document.getElementById("told");
  let pinned = "";
  const show = (key) => {
    sheet.textContent = key
      ? `.b:not(.u${key}){opacity:.14}.b.u${key}{box-shadow:inset 0 0 0 2px #111}` +
        `tr[data-u="${key}"]>*{background:#fff6d6}.chip[data-u="${key}"]{border-color:#111}`
      : "";
  };
  const tell = (key) => {
    const row = key && document.querySelector(`#table-units tr[data-u="${key}"]`);
    if (!row) {
      told.textContent = key ? data.units[key] || "" : "";
      return;
    }
    const cell = (n) => row.children[n].textContent;
    const people = `${cell(1)} → ${cell(3)} ${words[lang()].people}`;
    told.textContent = `${data.units[key]}: ${people}, ${cell(6)} → ${cell(7)} m²`;
  };
  const pin = (key) => {
    pinned = pinned === key ? "" : key;
    picker.value = pinned;
    show(pinned);
    tell(pinned);
  };
  const keyOf = (target) => {
    const owner = target.closest("[data-u],.b");
    if (!owner) return "";
    if (owner.dataset.u) return owner.dataset.u;
    const found = /(?:^| )u(\d+)(?: |$)/.exec(owner.className);
    return found ? found[1] : "";
  };
  const title = (block) => {
    const key = keyOf(block);
    const kind = /k-(\w+)/.exec(block.className);
    const name = key ? data.units[key] : data.kinds[kind[1]][lang() === "zh" ? 0 : 1];
    const area = (Number(block.style.flexGrow) / 100).toFixed(2) + " m²";
    const people = block.dataset.p ? `, ${block.dataset.p} ${words[lang()].people}` : "";
    block.title = `${name}\n${words[lang()].rooms} ${block.dataset.r}\n${area}${people}`;
  };
  const over = (event) => {
    if (!(event.target instanceof Element)) return;
    const block = event.target.closest(".b");
    if (block && !block.title) title(block);
    if (!pinned) show(event.target.closest(".b,.pick") ? keyOf(event.target) : "");
  };
  document.addEventListener("mouseover", over);
  document.addEventListener("focusin", over);
  document.addEventListener("click", (event) => {
    const place = event.target.closest(".b,.pick");
    const key = place && keyOf(place);
    if (key) pin(key);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && pinned) pin(pinned);
  });
  picker.addEventListener("change", () => {
    pinned = "";
    if (picker.value) pin(picker.value);
    else {
      show("");
      tell("");
    }
  });
  document.getElementById("clear").addEventListener("click", () => pinned && pin(pinned));

  // Folding and printing.
  const sites = document.querySelectorAll("details.site");
  document.getElementById("fold").addEventListener("click", () => {
    const open = [...sites].some((site) => !site.open);
    sites.forEach((site) => (site.open = open));
  });
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
