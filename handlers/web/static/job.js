// Long work: ask how far it is until it is done, then show what came of it.

const bar = document.getElementById("progress");
const step = document.getElementById("step");
const counted = document.getElementById("counted");

async function look() {
  try {
    const reply = await fetch(location.pathname, { headers: { "X-Requested-With": "fetch" } });
    if (!reply.ok) return location.reload();
    const told = await reply.json();
    if (!told.running) return location.reload();
    bar.value = told.percent;
    const words = `${told.step || "正在准备"}……`;
    if (step.textContent !== words) step.textContent = words;
    counted.textContent = told.total ? `${told.done} / ${told.total}` : "";
  } catch {
    // The server may be starting anew; go on asking.
  }
  setTimeout(look, 400);
}

look();
