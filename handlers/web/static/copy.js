// Copying: any element with data-copy copies that text when pressed. Shown only where scripts run.

const told = { done: "已复制", failed: "请手动选择文字复制" };

export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Plain HTTP on a local network has no clipboard API.
    const area = document.createElement("textarea");
    area.value = text;
    area.readOnly = true;
    area.className = "visually-hidden";
    const before = document.activeElement;
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    before?.focus();
    return done;
  }
}

export function announce(text) {
  let status = document.getElementById("announcer");
  if (!status) {
    status = document.createElement("p");
    status.id = "announcer";
    status.className = "visually-hidden";
    status.setAttribute("role", "status");
    document.body.append(status);
  }
  status.textContent = "";
  requestAnimationFrame(() => { status.textContent = text; });
}

export function showCopyButtons(root = document) {
  for (const button of root.querySelectorAll("[data-copy][hidden]")) button.hidden = false;
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const words = (await copyText(button.dataset.copy)) ? told.done : told.failed;
  const label = button.textContent;
  if (label === words) return;
  button.textContent = words;
  announce(words);
  setTimeout(() => { button.textContent = label; }, 1600);
});

showCopyButtons();
