// Filter and sort for tables that are whole and readable without it; nothing is fetched and nothing is stored.
"use strict";
for (const place of document.querySelectorAll(".saring[data-tabel]")) {
  const table = document.getElementById(place.dataset.tabel);
  if (!table) continue;
  const label = document.createElement("label");
  label.textContent = "Saring baris: ";
  const input = document.createElement("input");
  input.type = "search";
  const told = document.createElement("span");
  told.setAttribute("role", "status");
  label.append(input);
  place.append(label, " ", told);
  place.hidden = false;
  const rows = [...table.tBodies].flatMap((body) => [...body.rows]);
  input.addEventListener("input", () => {
    const asked = input.value.trim().toLocaleLowerCase("id");
    let shown = 0;
    for (const row of rows) {
      row.hidden = asked !== "" && !row.textContent.toLocaleLowerCase("id").includes(asked);
      shown += row.hidden ? 0 : 1;
    }
    told.textContent = asked === "" ? "" : `${shown} dari ${rows.length} baris`;
  });
}
const number = (cell) => {
  const text = cell.textContent.trim().replace(/\./g, "").replace(",", ".").replace("%", "");
  return text !== "" && !Number.isNaN(Number(text)) ? Number(text) : null;
};
for (const table of document.querySelectorAll("main table")) {
  if (table.tHead?.rows.length !== 1) continue;
  [...table.tHead.rows[0].cells].forEach((head, at) => {
    if (head.textContent.trim() === "") return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "urut";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const up = head.getAttribute("aria-sort") !== "ascending";
      for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", up ? "ascending" : "descending");
      for (const body of table.tBodies) {
        const rows = [...body.rows];
        rows.sort((a, b) => {
          const one = number(a.cells[at]), two = number(b.cells[at]);
          // What is covered says nothing of its size: it stands last either way.
          if (one === null && two === null) {
            const order = a.cells[at].textContent.localeCompare(b.cells[at].textContent, "id");
            return up ? order : -order;
          }
          if (one === null) return 1;
          if (two === null) return -1;
          return up ? one - two : two - one;
        });
        body.append(...rows);
      }
    });
  });
}
