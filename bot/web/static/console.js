// The console's few helpers: numbers that stay fresh, parts of a page that look again, and the keyboard.
// Without it every page works; nothing is done here that a form does not do.
"use strict";

const rail = document.querySelector("[data-live]");
const seconds = 1000;
const clock = new Intl.DateTimeFormat("en-GB", { timeZone: "Asia/Ho_Chi_Minh", timeStyle: "medium" });

function live() {
  const fresh = document.querySelector(".fresh");
  const stream = new EventSource(rail.dataset.live);
  stream.onmessage = (event) => {
    const counts = JSON.parse(event.data);
    for (const place of document.querySelectorAll("[data-count]")) {
      const count = counts[place.dataset.count];
      place.textContent = count || "";
      place.classList.toggle("rings", place.dataset.count === "urgent" && count > 0);
    }
    look(); // at the first word too: something may have come after the page was drawn
    say(fresh.dataset.fresh);
  };
  stream.onerror = () => say(fresh.dataset.stale);
  stream.addEventListener("ended", () => { stream.close(); location.reload(); });
  function say(words) {
    fresh.textContent = `${words} ${clock.format(new Date())}`;
  }
}

// Whoever types in a part, or has something marked in it, is left alone; she sees the news at the next look. A page that
// came back with what is wrong stands at the address of its form, where there is nothing to look at.
async function look() {
  const parts = document.querySelectorAll("[data-fresh-part]");
  if (!parts.length || document.querySelector(".notice.bad[role=alert]")) return;
  const answer = await fetch(location.href, { headers: { "X-Live": "1" } });
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of parts) {
    const next = page.getElementById(part.id);
    const typing = part !== document.activeElement && part.contains(document.activeElement);
    if (!next || typing || next.innerHTML === part.innerHTML) continue;
    const atEnd = part.scrollTop + part.clientHeight >= part.scrollHeight - 8;
    part.replaceChildren(...next.childNodes);
    if (atEnd) part.scrollTop = part.scrollHeight;
  }
}

const rows = () => [...document.querySelectorAll("[data-rows] tbody tr")];

function keys(event) {
  const typing = event.target.closest("input, textarea, select, [contenteditable]");
  if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
  const all = rows();
  const here = all.findIndex((row) => row.contains(document.activeElement) || row.getAttribute("aria-selected") === "true");
  if (event.key === "j" || event.key === "k") {
    const next = all[Math.max(0, Math.min(all.length - 1, here + (event.key === "j" ? 1 : -1)))];
    next?.querySelector("a")?.focus();
  } else if (event.key === "/") {
    const search = document.querySelector("[type=search]");
    if (!search) return;
    search.focus();
    event.preventDefault();
  } else if (event.key === "?") {
    const help = document.getElementById("keys");
    if (help) help.hidden = !help.hidden;
  } else if (event.key === "Escape") {
    const help = document.getElementById("keys");
    if (help) help.hidden = true;
  }
}

// One click is one act: a second on the same button waits for the first.
function once(event) {
  const button = event.submitter;
  if (!button) return;
  setTimeout(() => { button.disabled = true; });
  setTimeout(() => { button.disabled = false; }, 5 * seconds);
}

// What no count tells of, such as new words in a talk, is asked for every few seconds while somebody can see it.
const beat = document.querySelector("[data-fresh-every]");
if (beat) setInterval(() => { if (!document.hidden) look(); }, beat.dataset.freshEvery * seconds);

// A long list of boxes shows what was typed, and whatever is ticked.
function narrow(field) {
  const plain = (words) => words.normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/đ/gi, "d").toLowerCase();
  const typed = plain(field.value.trim());
  for (const label of document.querySelectorAll(`#${field.dataset.narrows} label`)) {
    label.hidden = !plain(label.textContent).includes(typed) && !label.querySelector(":checked");
  }
}
for (const field of document.querySelectorAll("[data-narrows]")) {
  field.hidden = false;
  field.addEventListener("input", () => narrow(field));
  field.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
}

// What is open is seen in the list, however far down it stands.
const opened = document.querySelector(".beside.open .list [aria-selected=true]");
if (opened) {
  const list = opened.closest(".list");
  const below = opened.getBoundingClientRect().bottom - list.getBoundingClientRect().bottom;
  if (below > 0) list.scrollTop = below + list.clientHeight / 2;
}
if (rail) live();
document.addEventListener("keydown", keys);
document.addEventListener("submit", once);
