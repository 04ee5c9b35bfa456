// What a reader follows on this device. The list is kept in this browser's storage and is sent nowhere; without this
// file every page works, and feeds do the same. Each thing: key, label, page, feed, and until when `seen`.

const PLACE = "nakaz.follow";
const KEY = /^[a-z]+:[1-9]\d{0,17}(:[1-9]\d{0,17})?$/;
const ADDRESS = /^\/(en|ru)\/[\w./-]{1,400}(\?term=\d{1,4})?$/;
const PATIENCE = 8000; // milliseconds for one feed
const NEW = 5; // so many entries stand under a thing with news
const OLD = 2; // and under one without

const isSound = ({ key, label, page, feed, seen }) =>
  KEY.test(key) && ADDRESS.test(page) && ADDRESS.test(feed) && typeof label === "string" && Number.isFinite(seen);

/** The list, and what is wrong with the storage: "blocked", "damaged", or "". */
function stored() {
  let text;
  try {
    text = localStorage.getItem(PLACE);
  } catch {
    return { things: [], trouble: "blocked" };
  }
  try {
    const found = JSON.parse(text ?? "[]");
    const things = found.filter((one) => one && isSound(one));
    return { things, trouble: things.length < found.length ? "damaged" : "" };
  } catch {
    return { things: [], trouble: "damaged" };
  }
}

/** Store the list; what went wrong: "blocked", "full", or "". */
function store(things) {
  try {
    if (things.length) localStorage.setItem(PLACE, JSON.stringify(things));
    else localStorage.removeItem(PLACE);
    return "";
  } catch (error) {
    return error.name === "QuotaExceededError" ? "full" : "blocked";
  }
}

/** When the record last changed that this page shows, by the clock of the server. */
const shown = () => new Date(document.lastModified).getTime();

const inLanguage = (path) => path.replace(/^\/../, `/${document.documentElement.lang}`);

function button(block) {
  const { key, label, page, feed } = block.dataset;
  const device = block.querySelector(".device");
  const press = device.querySelector("button");
  const says = device.querySelector("[role=status]");
  const isThis = (one) => one.key === key;
  const show = () => press.setAttribute("aria-pressed", stored().things.some(isThis));
  const change = (things) => {
    const trouble = store(things);
    says.textContent = trouble ? says.dataset[trouble] : "";
    show();
  };
  const now = { key, label, page, feed, seen: shown() };
  const looked = (one) => ({ ...now, seen: Math.max(one.seen, now.seen) });
  const { things } = stored();
  if (things.some(isThis)) store(things.map((one) => (isThis(one) ? looked(one) : one)));
  press.addEventListener("click", () => {
    const { things, trouble } = stored();
    const others = things.filter((one) => !isThis(one));
    if (trouble === "blocked") says.textContent = says.dataset.blocked;
    else change(others.length < things.length ? others : [...things, now]);
  });
  addEventListener("storage", show);
  addEventListener("pageshow", show);
  show();
  device.hidden = false;
}

/** The plain text of a summary, which Atom holds as HTML. */
const textOf = (html) => new DOMParser().parseFromString(html, "text/html").body.textContent;

/** The entries of a thing's feed, the latest first; null if it cannot be fetched. */
async function newsOf(thing) {
  try {
    const answer = await fetch(inLanguage(thing.feed), { credentials: "omit", signal: AbortSignal.timeout(PATIENCE) });
    const feed = new DOMParser().parseFromString(await answer.text(), "application/xml");
    if (!answer.ok || feed.documentElement.nodeName !== "feed") return null;
    return [...feed.querySelectorAll("entry")].map((entry) => ({
      title: entry.querySelector("title").textContent,
      words: textOf(entry.querySelector("summary")?.textContent ?? ""),
      address: new URL(entry.querySelector("link").getAttribute("href"), location.href),
      at: Date.parse(entry.querySelector("updated").textContent),
    }));
  } catch {
    return null;
  }
}

/** A list as the part of an address after "#". */
function packed(things) {
  const rows = things.map(({ key, label, page, feed }) => [key, label, page, feed]);
  const bytes = new TextEncoder().encode(JSON.stringify(rows));
  const letters = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  return btoa(letters).replaceAll("+", "-").replaceAll("/", "_");
}

/** The list that such a part holds; null if it holds none. */
function unpacked(text) {
  try {
    const letters = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
    const bytes = Uint8Array.from(letters, (one) => one.charCodeAt(0));
    const rows = JSON.parse(new TextDecoder().decode(bytes));
    const things = rows.map(([key, label, page, feed]) => ({ key, label, page, feed, seen: shown() })).filter(isSound);
    return things.length ? things : null;
  } catch {
    return null;
  }
}

function overview(device) {
  const part = (id) => document.getElementById(id);
  const made = (id) => part(id).content.firstElementChild.cloneNode(true);
  const day = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "long" });
  const looked = new Map(); // what each feed held, and until when it had been seen before this look
  let forgotten = []; // the list before anything was forgotten on this visit
  const say = (what) => (part("says").textContent = what ? device.dataset[what] : "");

  async function look(thing) {
    if (!looked.has(thing.key)) looked.set(thing.key, { news: await newsOf(thing), before: thing.seen });
    const { news, before } = looked.get(thing.key);
    return { thing, news, fresh: (news ?? []).filter((one) => one.at > before) };
  }

  function piece(news, isNew) {
    const item = made("piece");
    const link = item.querySelector("a");
    link.textContent = news.title;
    link.href = news.address.pathname + news.address.search + news.address.hash; // here, whatever this host is called
    item.querySelector(".tag").hidden = !isNew;
    item.querySelector(".words").textContent = news.words;
    item.querySelector(".meta").textContent = day.format(news.at);
    return item;
  }

  function row({ thing, news, fresh }) {
    const item = made("thing");
    const link = item.querySelector("a");
    const forgets = item.querySelector("button");
    link.textContent = thing.label;
    link.lang = thing.page.slice(1, 3);
    link.href = inLanguage(thing.page);
    item.querySelector("b").textContent = fresh.length;
    item.querySelector(".new").hidden = !fresh.length;
    item.querySelector(".none").hidden = !news || fresh.length > 0;
    item.querySelector(".lost").hidden = news !== null;
    const pieces = fresh.length ? fresh.slice(0, NEW) : (news ?? []).slice(0, OLD);
    item.querySelector(".news").append(...pieces.map((one) => piece(one, fresh.length > 0)));
    forgets.setAttribute("aria-label", `${forgets.textContent}: ${thing.label}`);
    forgets.addEventListener("click", () => forget([thing.key]));
    return item;
  }

  /** Fetch what is new, and only then show everything at once, so that nothing moves; showing it is looking at it. */
  async function show() {
    const { things, trouble } = stored();
    const rows = await Promise.all(things.map(look));
    rows.sort((a, b) => Boolean(b.fresh.length) - Boolean(a.fresh.length));
    part("followed").replaceChildren(...rows.map(row));
    part("empty").hidden = things.length > 0 || trouble === "blocked";
    part("tools").hidden = !things.length;
    part("link").hidden = true;
    const keys = new URLSearchParams(things.map(({ key }) => ["follow", key]));
    part("letters").href = `${device.dataset.subscribe}?${keys}`;
    if (trouble) say(trouble);
    const latest = ({ key, seen }) => Math.max(seen, ...(looked.get(key)?.news ?? []).map((one) => one.at));
    store(stored().things.map((one) => ({ ...one, seen: latest(one) })));
    device.hidden = false;
  }

  function change(things, what) {
    const trouble = store(things);
    say(trouble || what);
    part("undo").hidden = trouble !== "" || !forgotten.length;
    return show();
  }

  async function forget(keys) {
    const { things } = stored();
    if (!forgotten.length) forgotten = things;
    await change(things.filter((one) => !keys.includes(one.key)), "forgotten");
    part("undo").querySelector("button").focus();
  }

  /** Ask before the list of a link is taken over: anybody can have made it. */
  function offer() {
    const link = /^#follow=(.+)$/.exec(location.hash);
    if (!link) return;
    const things = unpacked(link[1]);
    history.replaceState(null, "", location.pathname);
    part("offer").hidden = !things;
    if (!things) return say("broken");
    const named = ({ label, page }) => {
      const lang = page.slice(1, 3);
      return Object.assign(document.createElement("li"), { textContent: label, lang });
    };
    part("offer").querySelector("ul").replaceChildren(...things.map(named));
    part("add").onclick = () => {
      const own = stored().things;
      part("offer").hidden = true;
      change([...own, ...things.filter(({ key }) => !own.some((one) => one.key === key))], "added");
    };
    part("decline").onclick = () => (part("offer").hidden = true);
  }

  part("undo").querySelector("button").addEventListener("click", async () => {
    const back = forgotten;
    forgotten = [];
    await change(back, "");
    part("forget").focus();
  });
  part("forget").addEventListener("click", () => forget(stored().things.map((one) => one.key)));
  part("copy").addEventListener("click", async () => {
    const link = new URL(`#follow=${packed(stored().things)}`, location.origin + location.pathname).href;
    part("link").hidden = false;
    part("address").value = link;
    part("address").select();
    const isCopied = await navigator.clipboard?.writeText(link).then(() => true, () => false);
    say(isCopied ? "copied" : "link");
  });
  addEventListener("hashchange", offer);
  offer();
  show();
}

document.querySelectorAll(".follow").forEach(button);
const device = document.getElementById("device");
if (device) overview(device);
