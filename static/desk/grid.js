// Speeds up the entry of a roll call; everything it does can be done by the plain form.
(() => {
  "use strict";
  const form = document.getElementById("grid");
  if (!form) return;
  const keys = new Map(form.dataset.keys.trim().split(/\s+/).map((pair) => pair.split(":")));
  const selects = [...form.querySelectorAll(".desk-position")];
  const rows = selects.map((select) => select.closest(".desk-row"));
  const names = rows.map((row) => row.dataset.name.split(/[\s-]+/));
  const undone = []; // what each step changed: pairs of select and the position before
  let typed = "";
  let typedAt = 0;
  let isDirty = false;

  const go = (index) => selects[Math.max(0, Math.min(selects.length - 1, index))]?.focus();

  const put = (changes) => {
    undone.push(changes.map(([select]) => [select, select.dataset.position]));
    for (const [select, position] of changes) select.value = select.dataset.position = position;
    count();
  };

  const undo = () => {
    const changes = undone.pop();
    if (!changes) return;
    for (const [select, position] of changes) select.value = select.dataset.position = position;
    changes[0][0].focus();
    count();
  };

  // Every total that the names can stand for, as the desk itself reads them.
  const readings = (positions, counts) => {
    const [own, ...others] = positions;
    let sums = [counts.get(own) || 0];
    for (const other of others) sums = sums.concat(sums.map((sum) => sum + (counts.get(other) || 0)));
    return sums;
  };

  const official = { yes: "total_for", no: "total_against", abstain: "total_abstain", not_voting: "total_not_voting", absent: "total_absent" };

  const told = (line, entered, printed, agrees) => {
    const words = `${line.dataset.words} ${entered}`;
    if (printed === "") return words;
    const apart = Number(printed) - entered;
    const wrong = (apart > 0 ? form.dataset.missing : form.dataset.over).replace("%s", Math.abs(apart));
    return agrees ? `${words}/${printed}` : `${words}/${printed}, ${wrong}`;
  };

  const count = () => {
    const counts = new Map();
    for (const select of selects) if (select.value) counts.set(select.value, (counts.get(select.value) || 0) + 1);
    for (const line of form.querySelectorAll("[data-option]")) {
      const positions = line.dataset.positions.split(" ");
      const printed = form.elements[official[line.dataset.option]]?.value ?? "";
      const agrees = printed === "" || readings(positions, counts).includes(Number(printed));
      line.className = agrees ? "agrees" : "differs";
      line.textContent = told(line, counts.get(positions[0]) || 0, printed, agrees);
    }
    const empty = selects.filter((select) => !select.value).length;
    const missing = document.getElementById("missing");
    if (missing) {
      missing.textContent = `${missing.dataset.words} ${empty}`;
      missing.className = empty ? "differs" : "agrees";
    }
    const entered = document.getElementById("entered");
    if (entered) entered.textContent = selects.length - empty;
  };

  const jump = (letter, from) => {
    typed = Date.now() - typedAt < 1000 ? typed + letter : letter;
    typedAt = Date.now();
    const start = typed.length > 1 ? from : from + 1;
    const begins = (index, only) => names[index].some((name, place) => (!only || place === 0) && name.startsWith(typed));
    for (const surnameOnly of [true, false]) {
      for (let step = 0; step < selects.length; step += 1) {
        const index = (start + step) % selects.length;
        if (begins(index, surnameOnly)) return go(index);
      }
    }
    return undefined;
  };

  // The empty rows of the faction, and on to the first empty row after it.
  const fill = (select, position) => {
    const faction = [...select.closest(".desk-faction").querySelectorAll(".desk-position")];
    const empty = faction.filter((other) => !other.value);
    if (empty.length) put(empty.map((other) => [other, position]));
    const last = selects.indexOf(faction[faction.length - 1]);
    const next = selects.findIndex((other, index) => index > last && !other.value);
    if (next >= 0) go(next);
  };

  const mark = (select, index, position) => {
    put([[select, position]]);
    const reason = rows[index].querySelector("input");
    if (position === "excused" && reason) reason.focus();
    else go(index + 1);
  };

  form.addEventListener("keydown", (event) => {
    const index = selects.indexOf(event.target);
    if (index < 0 || event.altKey) return;
    if (event.ctrlKey || event.metaKey) {
      if (event.key.toLowerCase() !== "z" && event.code !== "KeyZ") return;
      undo();
    } else {
      const digit = /^(?:Digit|Numpad)(\d)$/.exec(event.code)?.[1];
      const position = keys.get(digit);
      if (position && event.shiftKey) fill(event.target, position);
      else if (position) mark(event.target, index, position);
      else if (digit === form.dataset.other) event.target.showPicker?.();
      else if (digit !== undefined) return;
      else if (event.key === "ArrowDown") go(index + 1);
      else if (event.key === "ArrowUp") go(index - 1);
      else if (event.key === "Backspace" || event.key === "Delete") put([[event.target, ""]]);
      else if (/^\p{L}$/u.test(event.key)) jump(event.key.toLowerCase().replace("ё", "е"), index);
      else return; // Tab, Space, Enter and the rest do what they always do
    }
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
    isDirty = true;
    const select = event.target;
    if (!select.matches(".desk-position")) return;
    undone.push([[select, select.dataset.position]]);
    select.dataset.position = select.value;
    count();
  });
  form.addEventListener("keyup", () => { isDirty = isDirty || undone.length > 0; });
  form.addEventListener("input", (event) => {
    if (event.target.name?.startsWith("total_")) count();
  });
  form.addEventListener("submit", () => { isDirty = false; });
  window.addEventListener("beforeunload", (event) => {
    if (isDirty) event.preventDefault(); // such as pasting a list over what was not saved
  });
  form.querySelector(".desk-keys")?.removeAttribute("hidden");
  count();
})();
