// The chat page: shows the lines of the chat in the server's order, and sends what a person says.
// Why it fetches missed lines whenever its stream opens: a stream can be cut anywhere. What the stream brings while
// lines are being fetched is only a sign to fetch again, so nothing is skipped and nothing shown twice.
// Why every message carries an id made here: it may be sent many times, and is still stored once.
const $ = (id) => document.getElementById(id);
const words = document.body.dataset;
const [log, scroller, field, notice] = ["log", "scroller", "field", "notice"].map($);
const commands = new Map();
const clock = new Intl.DateTimeFormat("en-GB", { timeZone: "Asia/Ho_Chi_Minh", timeStyle: "short" });
const calendar = new Intl.DateTimeFormat("en-GB", { timeZone: "Asia/Ho_Chi_Minh", dateStyle: "short" });
const shown = new Map(); // Line id to {line, li}: all the server has told us, oldest first.
const waiting = new Map(); // Our id to {line, li}: said here, not yet among the server's lines.
const troubles = new Set();
let unsent = recall(() => sessionStorage, "unsent", []); // Said here, not yet taken by the server, oldest first.
let [last, lastDay, loaded] = ["0", "", false]; // The newest line's id and day; whether all lines were fetched once.
let [behind, again, sending] = [false, false, false];

function recall(store, key, otherwise) {
  try { return JSON.parse(store().getItem(key)) || otherwise; } catch { return otherwise; }
}
function keep(store, key, value) {
  try { store().setItem(key, JSON.stringify(value)); } catch { /* Forbidden or full: kept while the page is open. */ }
}
function element(tag, properties, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}
// An address has a scheme or is a path of ours of two parts: "/menu" is a command and not a link.
const ADDRESS = /^([(“"]*)((?:https?:\/\/|\/[\w-]+\/)\S+?)([.,;:!?)”"]*)$/;
function linked(text) {
  return text.split(/(\s+)/).map((word) => {
    const [, before, href, after] = ADDRESS.exec(word) || [];
    if (!href) return /^[A-Z]{2}-\w{4}-\w{4}/.test(word) ? element("span", { className: "code" }, word) : word;
    const target = new URL(href, location).origin === location.origin ? "" : "_blank";
    return element("span", {}, before, element("a", { href, target, rel: "noopener" }, href), after);
  });
}
function option({ label, press }, place) {
  const onclick = ({ currentTarget: own }) => own.parentNode.querySelector('[aria-pressed="true"]') || say({ press, label });
  const known = { type: "button", className: "option", name: place + 1, value: label, onclick };
  return element("button", known, element("span", { className: "number" }, place + 1), element("span", {}, label));
}
const picture = (src, onload) => element("img", { src, onload, alt: words.picture, onerror: (e) => e.target.remove() });
function fill({ line, li }) {
  const [us, long] = [line.from === "us", line.text && line.text.length > 120 ? " long" : ""];
  const bubble = element("div", { className: `bubble${long}` }, element("span", { className: "sr" }, words[line.from]));
  if (line.text) bubble.append(element("p", {}, ...(us ? linked(line.text) : [commands.get(line.text) || line.text])));
  if (line.image) bubble.append(picture(line.image, () => change()));
  if (line.image && us) bubble.append(element("a", { href: line.image, download: "chung-tay" }, words.savePicture));
  const options = element("div", { className: "options" }, ...(us ? line.options.map(option) : []));
  li.replaceChildren(bubble, options, element("div", { className: "meta" }));
}
function mark(li, state, ...meta) {
  li.dataset.state = state;
  li.lastChild.replaceChildren(...meta);
}

function receive(line) {
  if (shown.has(line.id)) return;
  if (line.fresh) { shown.clear(); waiting.clear(); log.replaceChildren(); } // She erased herself: it goes from here too.
  const entry = waiting.get(line.client) || { li: element("li", { className: line.from, tabIndex: -1 }) };
  const known = waiting.delete(line.client);
  if (known) forget(line.client);
  entry.line = line;
  if (!known) fill(entry); // Else her photo stays as she sees it until the cleaned one is there.
  else if (line.image) picture(line.image, ({ target }) => entry.li.querySelector("img").replaceWith(target));
  const next = waiting.size ? waiting.values().next().value.li : null;
  if (!known || entry.li.nextSibling !== next) log.insertBefore(entry.li, next);
  const [at, day] = [new Date(line.at), calendar.format(new Date(line.at))];
  const name = day === calendar.format(new Date()) ? words.today : day;
  if (day !== lastDay) log.insertBefore(element("li", { className: "day" }, name), entry.li);
  mark(entry.li, "saved", line.from === "you" ? `${words.saved} · ${clock.format(at)}` : clock.format(at));
  shown.set(line.id, entry);
  [last, lastDay] = [line.id, day];
}
// Our latest turn is what may be answered: its buttons work, and the last of its questions is the open one.
function settle() {
  const all = [...shown.values(), ...waiting.values()].filter(({ li }) => li.dataset.state !== "refused");
  const from = all.map(({ line }) => line.from);
  const start = from.lastIndexOf("you", from.lastIndexOf("us")) + 1;
  const open = all.slice(start).reverse().find(({ line }) => line.from === "us" && line.options.length > 0);
  const focused = log.querySelector(".option:focus");
  let asked = [];
  all.forEach(({ line, li }, i) => {
    if (line.from === "us" && from[i - 1] === "you") asked = [];
    const chosen = asked.filter(({ name, value }) => line.from === "you" && [name, value].includes(line.text));
    chosen.forEach((choice) => choice.setAttribute("aria-pressed", "true"));
    const choices = [...li.querySelectorAll(".option")];
    choices.forEach((choice) => { choice.setAttribute("aria-pressed", "false"); choice.disabled = i < start; });
    asked.push(...choices);
    li.classList.toggle("final", from[i + 1] !== line.from);
    li.id = open && open.li === li ? "question" : "";
  });
  // Where several may be chosen, the question is shown again after each press: its older copies are folded.
  const asks = all.filter(({ line }) => line.from === "us" && line.options.length > 0);
  asks.forEach(({ line, li }, i) => li.classList.toggle("folded", i + 1 in asks && asks[i + 1].line.text === line.text));
  if (open && focused && focused.disabled) open.li.focus({ preventScroll: true });
  $("skip").hidden = !open;
  $("welcome").hidden = $("start").hidden = !loaded || all.length > 0;
  const latest = all[all.length - 1]; // an answer of several messages, such as a result, is read from its first
  return { latest: latest && latest.line.from, now: latest && (latest.line.from === "us" && open ? all[start] : latest).li };
}
// Change what is shown, and stay with the conversation unless the person is reading further up.
function change(update = () => {}) {
  const following = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 120 || settle().latest === "you";
  update();
  const { latest, now } = settle();
  const place = now && !document.querySelector(".door:target") ? now.offsetTop - 8 : scroller.scrollHeight;
  if (following || latest === "you") scroller.scrollTop = place;
}
function tell(trouble, isSo) {
  if (isSo) troubles.add(trouble); else troubles.delete(trouble);
  notice.textContent = !navigator.onLine ? words.offline : troubles.size ? words.trouble : "";
}
function nap(tries, asked) {
  const seconds = Math.min(60, Math.max(Number(asked) || 0, Math.min(15, 2 ** tries)));
  return new Promise((wake) => { setTimeout(wake, seconds * 1000); addEventListener("online", wake, { once: true }); });
}
async function pull() {
  const response = await fetch(`/chat/messages?after=${encodeURIComponent(last)}`);
  if (response.status === 400 && last !== "0") location.reload(); // The chat we show was erased.
  const { messages, more } = await response.json();
  change(() => messages.forEach(receive));
  if (more) await pull();
}
async function catchUp() {
  again = true;
  if (behind) return;
  behind = true;
  for (let tries = 0; again;) {
    again = false;
    const failed = await pull().then(() => false, () => true);
    tell("reading", failed);
    if (failed) { await nap(tries++); again = true; }
  }
  behind = false;
  if (!loaded) change(() => { loaded = true; });
  log.setAttribute("aria-live", "polite");
}
function listen(tries) {
  const stream = new EventSource("/chat/stream?after=now");
  catchUp();
  stream.onopen = () => { tries = 0; catchUp(); };
  stream.onmessage = (event) => { if (behind) again = true; else change(() => receive(JSON.parse(event.data))); };
  stream.onerror = () => stream.readyState === EventSource.CLOSED && nap(tries).then(() => listen(tries + 1));
}

function forget(id) {
  unsent = unsent.filter((item) => item.id !== id); // A photo is too large to keep, so leaving the page asks first.
  keep(() => sessionStorage, "unsent", unsent.filter((item) => !item.photo));
}
function show(item) {
  const line = { from: "you", text: item.text || item.label, image: item.photo && URL.createObjectURL(item.photo) };
  const entry = { line, li: element("li", { className: "you", tabIndex: -1 }) };
  fill(entry);
  waiting.set(item.id, entry);
  log.append(entry.li);
  if (item.refused) refuse(item); else mark(entry.li, "sending", words.sending);
}
function refuse(item) {
  const { li, line } = waiting.get(item.id);
  const onclick = () => {
    field.value = [line.text, field.value].filter(Boolean).join("\n");
    forget(item.id);
    change(() => { waiting.delete(item.id); li.remove(); });
    field.focus();
  };
  mark(li, "refused", element("span", {}, item.refused), element("button", { className: "pill", onclick }, words.redo));
}
function say(what) {
  const bytes = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0"));
  const item = { id: bytes.join(""), tries: 0, ...what };
  unsent.push(item);
  forget("");
  if (location.hash) location.replace("#");
  change(() => show(item));
  flush();
}
function post({ id, text, press, photo }) {
  let [headers, body] = [{ "Content-Type": "application/json" }, JSON.stringify({ id, text, press })];
  if (photo) { [headers, body] = [{}, new FormData()]; body.append("id", id); body.append("photo", photo); }
  const signal = AbortSignal.timeout && AbortSignal.timeout(90000);
  return fetch("/chat/messages", { method: "POST", headers, body, signal }).catch(() => ({ status: 503 }));
}
async function flush() {
  if (sending) return;
  sending = true;
  for (let item; (item = unsent.find((one) => !one.refused));) {
    const response = await post(item);
    const passing = response.status >= 500 || response.status === 429;
    tell("sending", passing);
    if (passing) { await nap(item.tries++, response.headers && response.headers.get("Retry-After")); continue; }
    if (!response.ok) item.refused = (await response.json().catch(() => ({}))).error || words.refused;
    forget(response.ok ? item.id : "");
    const entry = waiting.get(item.id);
    if (entry) change(() => (response.ok ? mark(entry.li, "saved", words.saved) : refuse(item)));
    if (entry && item.refused) entry.li.scrollIntoView({ block: "nearest" });
    setTimeout(catchUp, 5000); // Should the stream be dead without knowing it, the answer is fetched all the same.
  }
  sending = false;
}
// Fewer bytes on a slow network, and no place or device in the picture; what can't be drawn goes as it is.
async function smaller(file) {
  const bitmap = await createImageBitmap(file);
  const scale = Math.min(1, 1600 / Math.max(bitmap.width, bitmap.height));
  const canvas = element("canvas", { width: bitmap.width * scale, height: bitmap.height * scale });
  canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  return new Promise((done) => canvas.toBlob((blob) => done(blob || file), "image/jpeg", 0.85));
}

$("composer").onsubmit = (event) => {
  event.preventDefault();
  if (field.value.trim()) say({ text: field.value.trim() });
  field.value = "";
  field.oninput();
};
field.oninput = () => keep(() => sessionStorage, "draft", field.value);
field.onkeydown = (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) $("composer").onsubmit(event);
};
$("photos").onchange = async (event) => {
  for (const file of [...event.target.files]) say({ photo: await smaller(file).catch(() => file) });
  $("photos").value = "";
};
for (const command of document.querySelectorAll("[data-say]")) {
  const text = command.dataset.say;
  commands.set(text, command.textContent.trim());
  command.onclick = () => unsent.some((item) => item.text === text && !item.refused) || say({ text });
}
function enlarge(large) {
  $("larger").setAttribute("aria-pressed", document.documentElement.classList.toggle("large", large));
  keep(() => localStorage, "large", large);
}
$("larger").onclick = () => change(() => enlarge($("larger").getAttribute("aria-pressed") === "false"));
// Where the soft keyboard covers the page, the page gets smaller and the question stays in view.
visualViewport.onresize = field.onfocus = () => {
  if (visualViewport.scale < 1.01) document.documentElement.style.setProperty("--view", `${visualViewport.height}px`);
  if ($("question") && document.activeElement === field) scroller.scrollTop = $("question").offsetTop - 8;
};
window.ononline = window.onoffline = document.onvisibilitychange = () => { tell(); catchUp(); };
window.onbeforeunload = (event) => { if (unsent.some((item) => item.photo)) event.preventDefault(); };
enlarge(recall(() => localStorage, "large", false));
field.value = recall(() => sessionStorage, "draft", "");
unsent.forEach(show);
const door = [...document.querySelectorAll(".door")].find(({ id }) => `#${id}` === location.hash);
if (door && document.referrer.startsWith(`${location.origin}/`)) door.click(); // Pressed on a page of ours already.
flush();
listen(0);
