// The desk: results as they type, and a key for everything. What is shown comes from the server as pieces of page.

import { announce, copyText, showCopyButtons } from "./copy.js";

const form = document.getElementById("search");
const field = document.getElementById("q");
const found = document.getElementById("found");
const problem = document.getElementById("problem");
const help = document.getElementById("help");
const filters = document.getElementById("filters");
const recent = document.getElementById("recent");

// Whoever signs in next at this computer does not see them.
const RECENT = `helpdesk recent look-ups of ${form.dataset.member}`;
const KEYS_OFF = "helpdesk keys off";
const details = new Map();
let latest = 0;
let waiting = 0;
let held = null;

// Looking up

function address() {
  const data = new URLSearchParams(new FormData(form));
  for (const [name, value] of [...data]) if (!value.trim()) data.delete(name);
  return data.size ? `/desk?${data}` : "/desk";
}

function countFilters() {
  const set = [...filters.querySelectorAll("select, input")].filter((one) => one.value).length;
  filters.querySelector("summary").textContent = set ? `筛选条件（已选 ${set} 项）` : "筛选条件";
}

async function piece(url) {
  const reply = await fetch(url, { headers: { "X-Requested-With": "fetch" } });
  const text = await reply.text();
  if (reply.status === 403) { location.reload(); }
  if (!reply.ok) throw new Error(text);
  return new DOMParser().parseFromString(text, "text/html").body;
}

async function show(url, { keep = false } = {}) {
  const mine = ++latest;
  try {
    const body = await piece(url);
    if (mine !== latest) return;
    found.replaceChildren(...body.childNodes);
    details.clear();
    ready();
    problem.hidden = true;
    history[keep ? "pushState" : "replaceState"](null, "", url);
    const count = document.getElementById("count");
    document.getElementById("announced").textContent = count ? count.textContent : "";
    recent.hidden = Boolean(field.value.trim()) || !recent.querySelector("li");
  } catch (error) {
    if (mine !== latest) return;
    problem.textContent = error instanceof TypeError ? "连接不上服务器，请检查网络。" : error.message;
    problem.hidden = false;
  }
}

field.addEventListener("input", (event) => {
  if (event.isComposing) return;
  clearTimeout(waiting);
  waiting = setTimeout(() => show(address()), 60);
});
field.addEventListener("compositionend", () => show(address()));
filters.addEventListener("change", () => {
  countFilters();
  show(address());
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  clearTimeout(waiting);
  show(address(), { keep: true }).then(() => results()[0]?.focus());
});
addEventListener("popstate", () => location.reload());

// Results and the clause that is open

const results = () => [...found.querySelectorAll(".result")];
const opened = () => found.querySelector(".opened");

function ready() {
  showCopyButtons(found);
  const compare = document.getElementById("compare");
  if (compare) {
    compare.hidden = false;
    const holding = held && held.id !== opened().dataset.id;
    compare.firstChild.textContent = holding ? `与“${held.name}”对照 ` : held ? "已放入对照 " : "对照 ";
  }
}

async function open(link) {
  const id = link.dataset.id;
  for (const other of results()) other.removeAttribute("aria-current");
  link.setAttribute("aria-current", "true");
  const mine = ++latest;
  try {
    const query = new URLSearchParams(new FormData(form));
    if (!details.has(id)) details.set(id, piece(`/desk/clause/${encodeURIComponent(id)}?${query}`));
    const body = await details.get(id);
    if (mine !== latest) return;
    document.getElementById("detail").replaceChildren(...[...body.childNodes].map((node) => node.cloneNode(true)));
    ready();
    history.replaceState(null, "", link.getAttribute("href"));
  } catch (error) {
    details.delete(id);
    problem.textContent = error.message;
    problem.hidden = false;
  }
}

found.addEventListener("focusin", (event) => {
  const link = event.target.closest(".result");
  if (link && link.dataset.id !== opened()?.dataset.id) open(link);
});

found.addEventListener("click", (event) => {
  const link = event.target.closest(".result");
  if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    link.focus();
    if (link.dataset.id !== opened()?.dataset.id) open(link);
    if (matchMedia("(max-width: 56rem)").matches) opened()?.scrollIntoView({ block: "start" });
  }
  if (event.target.closest("#compare")) compare();
  if (event.target.closest("#copy-quotation")) remember();
});

function move(by) {
  const all = results();
  if (!all.length) return;
  const at = all.indexOf(document.activeElement);
  if (at + by < 0) field.focus();
  else all[Math.min(at + by, all.length - 1)].focus();
}

function compare() {
  const now = opened()?.dataset;
  if (!now) return;
  if (held && held.id !== now.id) {
    remember();
    location.assign(`/desk/compare?${new URLSearchParams({ a: held.id, b: now.id })}`);
  } else {
    held = held ? null : { id: now.id, name: now.name };
    announce(held ? "已放入对照，请选择另一条再按 x" : "已取消对照");
    ready();
  }
}

async function copy(text, words) {
  remember();
  announce((await copyText(text)) ? words : "请手动选择文字复制");
  const button = [...found.querySelectorAll("[data-copy]")].find((one) => one.dataset.copy === text);
  if (button) {
    button.classList.add("copied");
    setTimeout(() => button.classList.remove("copied"), 1600);
  }
}

// Recent look-ups stay in this browser until the member signs out

function kept() {
  try {
    return JSON.parse(localStorage.getItem(RECENT)) ?? [];
  } catch {
    return [];
  }
}

function remember() {
  const words = field.value.trim();
  const now = opened()?.dataset;
  if (!words || !now) return;
  const all = [{ words, name: now.name, url: location.pathname + location.search }, ...kept().filter((one) => one.words !== words)];
  localStorage.setItem(RECENT, JSON.stringify(all.slice(0, 12)));
  list();
}

function list() {
  const items = kept().map((one) => {
    const item = document.createElement("li");
    const link = document.createElement("a");
    link.href = one.url.startsWith("/desk") ? one.url : "/desk";
    link.textContent = `${one.words} → ${one.name}`;
    item.append(link);
    return item;
  });
  recent.querySelector("ul").replaceChildren(...items);
  recent.hidden = !items.length || Boolean(field.value.trim());
}

document.getElementById("forget-recent").addEventListener("click", () => {
  localStorage.removeItem(RECENT);
  list();
  field.focus();
});

// Keys

const on = document.getElementById("keys-on");
on.checked = localStorage.getItem(KEYS_OFF) === null;
on.addEventListener("change", () => {
  if (on.checked) localStorage.removeItem(KEYS_OFF);
  else localStorage.setItem(KEYS_OFF, "1");
});

const KEYS = {
  "/": () => { field.focus(); field.select(); },
  j: () => move(1),
  k: () => move(-1),
  c: () => opened() && copy(document.getElementById("copy-quotation").dataset.copy, "已复制引文"),
  r: () => opened() && copy(document.getElementById("copy-reading").dataset.copy, "已复制读语"),
  l: () => opened() && copy(location.origin + opened().dataset.path, "已复制网址"),
  w: () => { const why = document.getElementById("why"); if (why) { why.open = !why.open; why.querySelector("summary").focus(); } },
  o: () => { if (opened()) { remember(); location.assign(opened().dataset.notice); } },
  x: compare,
  f: () => { filters.open = true; filters.querySelector("select, input").focus(); },
  n: () => page("next"),
  p: () => page("prev"),
  "?": () => (help.open ? help.close() : help.showModal()),
};

function page(which) {
  const link = found.querySelector(`a[rel="${which}"]`);
  if (link) show(link.getAttribute("href"), { keep: true }).then(() => results()[0]?.focus());
}

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.altKey || (help.open && event.key !== "?")) return;
  const typing = event.target.matches("input, select, textarea");
  if ((event.ctrlKey || event.metaKey) && event.key === "Enter") {
    KEYS.c();
  } else if (event.ctrlKey || event.metaKey) {
    return;
  } else if (event.key === "ArrowDown" && (event.target === field || event.target.closest(".result"))) {
    move(1);
  } else if (event.key === "ArrowUp" && event.target.closest(".result")) {
    move(-1);
  } else if (event.key === "Escape" && event.target !== field) {
    field.focus();
  } else if (!typing && on.checked && KEYS[event.key]) {
    KEYS[event.key]();
  } else {
    return;
  }
  event.preventDefault();
});

const helpButton = document.getElementById("help-button");
helpButton.hidden = false;
helpButton.addEventListener("click", () => help.showModal());

ready();
list();
if (!field.value) field.focus();
