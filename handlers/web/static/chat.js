// The chat: answers arrive as pieces of page from the server, so that there is one template for them, with or without scripts.

import { announce, showCopyButtons } from "./copy.js";

const form = document.getElementById("ask");
const field = document.getElementById("question");
const send = document.getElementById("send");
const talk = document.getElementById("talk");
const problem = document.getElementById("problem");
const list = document.getElementById("suggestions");

async function post(action, data) {
  const reply = await fetch(action, { method: "POST", body: data, headers: { "X-Requested-With": "fetch" } });
  const text = await reply.text();
  if (!reply.ok) throw new Error(text);
  return text;
}

function complain(text) {
  problem.textContent = text;
  problem.hidden = !text;
}

// What the server could not keep, the page brings along: a follow-up goes on from it.
function carry(question) {
  const earlier = document.createElement("input");
  Object.assign(earlier, { type: "hidden", name: "earlier", value: question });
  form.append(earlier);
}

async function ask(question) {
  if (!question.trim() || send.disabled) return;
  send.disabled = true;
  complain("");
  hideSuggestions();
  const data = new URLSearchParams(new FormData(form));
  data.set("question", question);
  try {
    const page = new DOMParser().parseFromString(await post("/ask", data), "text/html");
    const turn = page.querySelector(".turn");
    talk.append(turn);
    showCopyButtons(turn);
    document.body.classList.add("talking");
    if (turn.id === "t-now") carry(question);
    document.getElementById("hot")?.remove();
    document.getElementById("forget").hidden = false;
    field.value = "";
    field.placeholder = "接着问，或换个问题";
    turn.scrollIntoView({ block: "start" });
  } catch (error) {
    complain(error instanceof TypeError ? "连接不上服务器，请检查网络后再试。" : error.message);
  } finally {
    send.disabled = false;
    field.focus({ preventScroll: true });
  }
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  ask(field.value);
});

field.addEventListener("keydown", (event) => {
  // Enter sends; while an input method composes, it only picks a word.
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing && event.keyCode !== 229) {
    event.preventDefault();
    ask(field.value);
  } else if (event.key === "ArrowDown" && !list.hidden && field.selectionEnd === field.value.length) {
    event.preventDefault();
    list.querySelector("button")?.focus();
  } else if (event.key === "Escape") {
    hideSuggestions();
  }
});

document.getElementById("hot")?.addEventListener("submit", (event) => {
  event.preventDefault();
  ask(event.submitter.value);
});

// Judging an answer

talk.addEventListener("submit", async (event) => {
  const judging = event.target.closest(".judge");
  if (!judging) return;
  event.preventDefault();
  const data = new URLSearchParams(new FormData(judging));
  data.set("helpful", event.submitter.value);
  try {
    await post("/judge", data);
    for (const button of judging.querySelectorAll("button")) {
      button.setAttribute("aria-pressed", String(button === event.submitter));
    }
    judging.querySelector("span").textContent = "谢谢您的评价。";
    announce("谢谢您的评价。");
  } catch (error) {
    complain(error.message);
  }
});

// Suggestions while typing

let typed = 0;
let latest = 0;

function hideSuggestions() {
  clearTimeout(typed);
  latest += 1;
  list.hidden = true;
  list.replaceChildren();
}

async function suggest() {
  const mine = ++latest;
  const words = field.value.trim();
  if (words.length < 2 || words.length > 30) return hideSuggestions();
  try {
    const reply = await fetch(`/suggest?${new URLSearchParams({ q: words })}`);
    if (!reply.ok) return;
    const { suggestions } = await reply.json();
    if (mine !== latest || document.activeElement !== field) return;
    list.replaceChildren(...suggestions.map((text) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = text;
      return button;
    }));
    list.hidden = !suggestions.length;
    document.getElementById("heard").textContent = suggestions.length ? `有 ${suggestions.length} 条提示，按向下键选择` : "";
  } catch {
    hideSuggestions();
  }
}

field.addEventListener("input", () => {
  clearTimeout(typed);
  typed = setTimeout(suggest, 160);
});

list.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (button) ask(button.textContent);
});

list.addEventListener("keydown", (event) => {
  const buttons = [...list.querySelectorAll("button")];
  const at = buttons.indexOf(document.activeElement);
  if (event.key === "ArrowDown") buttons[Math.min(at + 1, buttons.length - 1)].focus();
  else if (event.key === "ArrowUp") (buttons[at - 1] ?? field).focus();
  else if (event.key === "Escape") { hideSuggestions(); field.focus(); }
  else return;
  event.preventDefault();
});

document.addEventListener("focusin", (event) => {
  if (!form.contains(event.target)) hideSuggestions();
});

if (talk.lastElementChild && !location.hash) talk.lastElementChild.scrollIntoView({ block: "start" });
