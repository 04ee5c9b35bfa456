// Speeds up the entry of a roll call; everything it does can be done by the plain form.
(() => {
  "use strict";
  const form = document.getElementById("grid");
  if (!form) return;
  const keys = new Map(form.dataset.keys.trim().split(/\s+/).map((pair) => pair.split(":")));
  const selects = [...form.querySelectorAll(".desk-position")];
  const rows = selects.map((select) => select.closest(".desk-row"));
  const names = rows.map((row) => row.dataset.name.split(/[\s-]+/));
  let typed = "";
  let typedAt = 0;

  const go = (index) => selects[Math.max(0, Math.min(selects.length - 1, index))]?.focus();

  const put = (select, position) => {
    select.value = position;
    select.dataset.position = position;
  };

  // Every total that the names can stand for, as the desk itself reads them.
  const readings = (positions, counts) => {
    const [own, ...others] = positions;
    let sums = [counts.get(own) || 0];
    for (const other of others) sums = sums.concat(sums.map((sum) => sum + (counts.get(other) || 0)));
    return sums;
  };

  const official = { yes: "total_for", no: "total_against", abstain: "total_abstain", not_voting: "total_not_voting", absent: "total_absent" };

  const count = () => {
    const counts = new Map();
    for (const select of selects) if (select.value) counts.set(select.value, (counts.get(select.value) || 0) + 1);
    document.getElementById("entered").textContent = selects.filter((select) => select.value).length;
    for (const line of form.querySelectorAll("[data-option]")) {
      const positions = line.dataset.positions.split(" ");
      const printed = form.elements[official[line.dataset.option]].value;
      const agrees = printed === "" || readings(positions, counts).includes(Number(printed));
      line.className = agrees ? "agrees" : "differs";
      const words = printed === "" ? "" : `, ${printed} official: ${agrees ? "agrees" : "differs"}`;
      line.textContent = `${line.dataset.words}: ${counts.get(positions[0]) || 0} entered${words}`;
    }
  };

  const jump = (letter, from) => {
    typed = Date.now() - typedAt < 1000 ? typed + letter : letter;
    typedAt = Date.now();
    const start = typed.length > 1 ? from : from + 1;
    for (let step = 0; step < selects.length; step += 1) {
      const index = (start + step) % selects.length;
      if (names[index].some((name) => name.startsWith(typed))) return go(index);
    }
    return undefined;
  };

  const fill = (select, position) => {
    for (const other of select.closest(".desk-faction").querySelectorAll(".desk-position")) {
      if (!other.value) put(other, position);
    }
    count();
  };

  form.addEventListener("keydown", (event) => {
    const index = selects.indexOf(event.target);
    if (index < 0 || event.ctrlKey || event.altKey || event.metaKey) return;
    const digit = /^(?:Digit|Numpad)(\d)$/.exec(event.code)?.[1];
    if (digit !== undefined) {
      const position = keys.get(digit);
      if (position && event.shiftKey) fill(event.target, position);
      else if (position) {
        put(event.target, position);
        count();
        if (position === "excused") rows[index].querySelector("input").focus();
        else go(index + 1);
      }
    } else if (event.key === "ArrowDown") go(index + 1);
    else if (event.key === "ArrowUp") go(index - 1);
    else if (event.key === "Backspace" || event.key === "Delete") {
      put(event.target, "");
      count();
    } else if (/^\p{L}$/u.test(event.key)) jump(event.key.toLowerCase(), index);
    else return; // Tab, Space, Enter and the rest do what they always do
    event.preventDefault();
  });
  form.addEventListener("keydown", (event) => {
    const row = event.target.matches("[name^='e-']") && event.target.closest(".desk-row");
    if (row && ["Enter", "ArrowDown", "ArrowUp"].includes(event.key)) {
      event.preventDefault(); // Enter in a reason goes on to the next deputy and sends nothing
      go(rows.indexOf(row) + (event.key === "ArrowUp" ? -1 : 1));
    }
  });
  form.addEventListener("change", (event) => {
    if (event.target.matches(".desk-position")) put(event.target, event.target.value);
    count();
  });
  form.addEventListener("input", (event) => {
    if (event.target.name?.startsWith("total_")) count();
  });
  form.querySelector(".desk-keys")?.removeAttribute("hidden");
  count();
})();
