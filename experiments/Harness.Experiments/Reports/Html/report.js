// Sorting and filtering of tables; links to programs unfold them; everything is unfolded for print.
"use strict";
for (const box of document.querySelectorAll("div.table")) {
  const body = box.querySelector("tbody");
  const heads = [...box.querySelectorAll("thead th")];
  const rows = [...body.rows];
  const valueOf = (row, index) => {
    const cell = row.cells[index];
    if (!cell.classList.contains("n")) return cell.textContent;
    const text = cell.dataset.v ?? cell.textContent;
    return text === "" ? null : Number(text);
  };
  heads.forEach((head, index) => {
    head.querySelector("button").addEventListener("click", () => {
      const descending = head.getAttribute("aria-sort") === "ascending";
      heads.forEach(other => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", descending ? "descending" : "ascending");
      const sign = descending ? -1 : 1;
      const values = new Map(rows.map(row => [row, valueOf(row, index)]));
      rows.sort((a, b) => {
        const x = values.get(a);
        const y = values.get(b);
        // What is missing stays at the end either way.
        if (x === null || y === null) return (x === null) - (y === null);
        return sign * (typeof x === "number" ? x - y : x.localeCompare(y, undefined, { numeric: true }));
      });
      for (const row of rows) body.append(row);
    });
  });
  const input = box.querySelector(".filter input");
  if (!input) continue;
  const output = box.querySelector(".filter output");
  input.addEventListener("input", () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(word => word);
    let shown = 0;
    for (const row of rows) {
      const text = row.textContent.toLowerCase();
      row.hidden = !words.every(word => text.includes(word));
      shown += row.hidden ? 0 : 1;
    }
    output.textContent = shown === rows.length ? `${rows.length} rows` : `${shown} of ${rows.length} rows`;
  });
}
const unfold = () => {
  const target = document.getElementById(location.hash.slice(1));
  if (target?.matches("#programs > section")) target.querySelector("details").open = true;
};
addEventListener("hashchange", unfold);
unfold();
addEventListener("beforeprint", () => {
  for (const details of document.querySelectorAll("details")) details.open = true;
});
