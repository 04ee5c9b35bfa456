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

  // The first empty row after `index`, or else from the start.
  const emptyAfter = (index) => {
    const after = selects.findIndex((select, at) => at > index && !select.value);
    return after >= 0 ? after : selects.findIndex((select) => !select.value);
  };

  const put = (changes) => {
    isDirty = true;
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

  const tell = (line, words, agrees) => {
    if (line.textContent === words) return; // a screen reader says only what changed
    line.className = agrees ? "agrees" : "differs";
    line.textContent = words;
  };

  const count = () => {
    const counts = new Map();
    for (const select of selects) if (select.value) counts.set(select.value, (counts.get(select.value) || 0) + 1);
    for (const line of form.querySelectorAll("[data-option]")) {
      const positions = line.dataset.positions.split(" ");
      const printed = form.elements[official[line.dataset.option]]?.value ?? "";
      const agrees = printed === "" || readings(positions, counts).includes(Number(printed));
      tell(line, told(line, counts.get(positions[0]) || 0, printed, agrees), agrees);
    }
    const empty = selects.filter((select) => !select.value).length;
    const missing = document.getElementById("missing");
    if (missing) tell(missing, `${missing.dataset.words} ${empty}`, !empty);
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
  const fill = (inside, position) => {
    const faction = [...inside.closest(".desk-faction").querySelectorAll(".desk-position")];
    const empty = faction.filter((select) => !select.value);
    if (empty.length) put(empty.map((select) => [select, position]));
    const next = emptyAfter(selects.indexOf(faction[faction.length - 1]));
    if (next >= 0) go(next);
  };

  const mark = (select, index, position) => {
    put([[select, position]]);
    const reason = rows[index].querySelector("input");
    if (position === "excused" && reason) reason.focus();
    else go(index + 1);
  };

  const pressed = (event, index) => {
    const digit = /^(?:Digit|Numpad)(\d)$/.exec(event.code)?.[1];
    const position = keys.get(digit);
    if (position && event.shiftKey) fill(event.target, position);
    else if (position) mark(event.target, index, position);
    else if (digit === form.dataset.other) event.target.showPicker?.();
    else if (digit !== undefined) return false;
    else if (event.key === "ArrowDown") go(index + 1);
    else if (event.key === "ArrowUp") go(index - 1);
    else if (event.key === "Backspace" || event.key === "Delete") put([[event.target, ""]]);
    else if (/^\p{L}$/u.test(event.key)) jump(event.key.toLowerCase().replace("ё", "е"), index);
    else return false; // Tab, Space, Enter and the rest do what they always do
    return true;
  };

  form.addEventListener("keydown", (event) => {
    const index = selects.indexOf(event.target);
    const row = event.target.matches("[name^='e-']") ? rows.indexOf(event.target.closest(".desk-row")) : -1;
    if (event.altKey) return;
    if (event.ctrlKey || event.metaKey) {
      if (event.key === "Enter") form.requestSubmit(form.querySelector("button.default"));
      else if (event.code === "KeyZ" && (index >= 0 || (row >= 0 && !event.target.value))) undo();
      else return;
    } else if (row >= 0) {
      if (!["Enter", "ArrowDown", "ArrowUp"].includes(event.key)) return;
      go(row + (event.key === "ArrowUp" ? -1 : 1)); // Enter in a reason goes on to the next deputy and sends nothing
    } else if (index < 0 || !pressed(event, index)) return;
    event.preventDefault();
  });
  form.addEventListener("change", (event) => {
    isDirty = true;
    const select = event.target;
    if (select.matches(".desk-fill") && select.value) {
      const position = select.value;
      select.value = ""; // what was empty is filled at once, and counted
      fill(select, position);
    }
    if (!select.matches(".desk-position")) return;
    undone.push([[select, select.dataset.position]]);
    select.dataset.position = select.value;
    count();
  });
  form.addEventListener("input", (event) => {
    if (event.target.name?.startsWith("total_")) count();
  });
  form.addEventListener("submit", () => { isDirty = false; });
  window.addEventListener("beforeunload", (event) => {
    if (isDirty) event.preventDefault(); // such as pasting a list over what was not saved
  });
  form.querySelector(".desk-keys")?.removeAttribute("hidden");
  count();
  // A finished header leads on to the first empty row, or to the row that a warning names.
  const named = selects.findIndex((select) => `#${select.id}` === location.hash);
  const first = named >= 0 ? named : emptyAfter(-1);
  if (first >= 0 && !document.getElementById("head")?.open && matchMedia("(min-width: 768px)").matches) go(first);
})();
