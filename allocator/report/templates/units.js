// One unit everywhere, and the sites' folding: what only a page with floors needs.
(() => {
  const root = document.documentElement;
  const data = JSON.parse(document.getElementById("data").textContent);
  const words = {
    zh: { people: "人", rooms: "房间" },
    en: { people: "people", rooms: "rooms" },
  };
  const lang = () => (root.lang.startsWith("zh") ? "zh" : "en");

  document.addEventListener("language", () => {
    document.querySelectorAll(".b[title]").forEach((block) => block.removeAttribute("title"));
    tell(pinned);
  });

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

  // Folding.
  const sites = document.querySelectorAll("details.site");
  document.getElementById("fold").addEventListener("click", () => {
    const open = [...sites].some((site) => !site.open);
    sites.forEach((site) => (site.open = open));
  });
})();
