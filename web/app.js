// The page: one room at a time, read by a cursor. History gives the newest messages and with them the
// cursor; the stream goes on from exactly there, so nothing falls between the two. Whatever people wrote
// goes into the document as text nodes only.

const HISTORY = 50;
const SHOWN_MAX = 1000; // the oldest lines leave the page beyond it
const GROUP_MS = 5 * 60_000; // one person's messages within it share a heading
const TRIES = 6;
const HOME = 'everyone';

const $ = (id) => document.getElementById(id);
const scroller = $('scroll');
const list = $('messages');
const box = $('text');
const nameField = $('name');

let room = null;
let visit = 0; // counts entries to rooms: what an earlier one still awaits is dropped
let cursor = ''; // every event up to here has been seen, by history or by the stream
let source = null;
let timer = 0;
let failures = 0;
let restarting = false;
let unseen = 0; // arrived while the page was hidden
let rooms = [];
const shown = new Map(); // message id → its line

// --- Small things --------------------------------------------------------------------------------

function element(tag, className, text) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text !== undefined) node.textContent = text;
  return node;
}

const backoff = (attempt) => Math.min(30_000, 1000 * 2 ** attempt) * (0.5 + Math.random() / 2);

// randomUUID is there in secure contexts only; plain http from another machine is none.
const newKey = () => crypto.randomUUID?.() ?? crypto.getRandomValues(new Uint32Array(4)).join('-');

function order(a, b) {
  const [x, m] = a.split('-').map(Number);
  const [y, n] = b.split('-').map(Number);
  return x - y || m - n;
}

const pathOf = (name) => `/api/v1/rooms/${encodeURIComponent(name)}/messages`;
const queryOf = (name) => encodeURIComponent(name).replaceAll('%2F', '/');
const addressOf = (name) => (name === HOME ? '/' : `/?room=${queryOf(name)}`);

function roomOf(url) {
  if (url.pathname.startsWith('/r/')) {
    try {
      return decodeURIComponent(url.pathname.slice(3)) || HOME;
    } catch {
      return HOME;
    }
  }
  return url.searchParams.get('room') || HOME;
}

// An answer that no repeat will change.
const isFinal = (status) => status >= 400 && status < 500 && status !== 408 && status !== 429;

// What the server says is wrong, for people to read.
async function problem(answer) {
  try {
    const { detail, title } = await answer.json();
    if (detail || title) return detail || title;
  } catch {}
  return `The server answered ${answer.status}.`;
}

// localStorage throws where storage is blocked; the name then lasts as long as the page.
function stored(key, value) {
  try {
    if (value === undefined) return localStorage.getItem(key);
    localStorage.setItem(key, value);
  } catch {}
  return null;
}

// --- The state of the connection -----------------------------------------------------------------

function show(state, words) {
  const status = $('status');
  if (status.dataset.state === state && status.textContent === words) return;
  status.dataset.state = state;
  status.textContent = words;
}

// One lost connection is everyday life (streams are ended now and then); not getting it back is news.
function showLost() {
  failures++;
  if (restarting) show('offline', 'Restarting…');
  else if (failures > 1 || !navigator.onLine) show('offline', 'Offline, reconnecting…');
  else show('connecting', 'Reconnecting…');
}

function retitle() {
  document.title = `${unseen ? `(${unseen}) ` : ''}${room} · tinychat`;
}

// --- Messages ------------------------------------------------------------------------------------

const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const full = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'medium' });
const date = new Intl.DateTimeFormat(undefined, { dateStyle: 'full' });

function dayOf(time) {
  const yesterday = new Date();
  yesterday.setDate(yesterday.getDate() - 1);
  const day = time.toDateString();
  if (day === new Date().toDateString()) return 'Today';
  return day === yesterday.toDateString() ? 'Yesterday' : date.format(time);
}

function hueOf(sender) {
  let hash = 2166136261; // FNV-1a
  for (const character of sender) hash = Math.imul(hash ^ character.codePointAt(0), 16777619);
  return ((hash >>> 13) ^ hash) & 7;
}

function lineOf({ id, sender, text, time }) {
  const line = element('li', `message first c${hueOf(sender)}`);
  const avatar = element('span', 'avatar', Array.from(sender.trim())[0]?.toUpperCase() ?? '?');
  avatar.setAttribute('aria-hidden', 'true');
  const by = element('p', 'by');
  const name = element('b', '', sender);
  name.dir = 'auto';
  name.title = sender;
  const words = element('p', 'text', text);
  words.dir = 'auto';
  by.append(name);
  line.append(avatar, by, words);
  if (time) {
    const when = new Date(time);
    const stamp = element('time', '', clock.format(when));
    stamp.dateTime = time;
    stamp.title = words.title = full.format(when);
    by.append(stamp);
    line.at = when;
  }
  line.key = id;
  line.sender = sender;
  return line;
}

// Heading and day of a line depend on the line before it.
function dress(line) {
  if (!line?.at) return;
  let previous = line.previousElementSibling;
  const joined = previous?.at && previous.sender === line.sender && line.at - previous.at < GROUP_MS;
  while (previous && !previous.at) previous = previous.previousElementSibling;
  const newDay = previous?.at.toDateString() !== line.at.toDateString();
  line.querySelector('.day')?.remove();
  if (newDay) line.prepend(element('p', 'day', dayOf(line.at)));
  line.classList.toggle('first', newDay || !joined);
}

// Only a reader who is at the end is taken along; others are told.
function atEnd() {
  return scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 60;
}
let follow = true;

function toEnd() {
  follow = true;
  scroller.scrollTop = scroller.scrollHeight;
  $('latest').hidden = true;
}

// In the order of ids: the answer to a post may overtake what the stream still brings.
function insert(line) {
  let next = null;
  let last = list.lastElementChild;
  for (; last && order(last.key, line.key) > 0; last = last.previousElementSibling) next = last;
  list.insertBefore(line, next);
  dress(line);
  dress(next);
  $('empty').hidden = true;
  while (follow && list.childElementCount > SHOWN_MAX) {
    shown.delete(list.firstElementChild.key);
    list.firstElementChild.remove();
    dress(list.firstElementChild);
  }
}

function add(message) {
  if (shown.has(message.id)) return false;
  const line = lineOf(message);
  shown.set(message.id, line);
  insert(line);
  // The stream may bring our own message before the post is answered: do not show it twice.
  const [own] = outbox;
  if (own?.room !== room) return true;
  if (own.sender === message.sender && own.text === message.text) own.line.hidden = true;
  return true;
}

function arrived(message) {
  // What was said outside of the log has no id: its place is the end, as it comes.
  if (message.live) insert(lineOf({ ...message, id: list.lastElementChild?.key ?? '0-0' }));
  else if (!add(message)) return;
  if (follow) toEnd();
  else $('latest').hidden = false;
  if (document.hidden) {
    unseen++;
    retitle();
  }
}

function note(words) {
  const line = element('li', 'note', words);
  line.dir = 'auto';
  line.key = list.lastElementChild?.key ?? '0-0';
  insert(line);
  if (follow) toEnd();
}

function clear() {
  shown.clear();
  list.replaceChildren();
  $('latest').hidden = true;
  $('empty').hidden = true;
  follow = true;
}

function sayEmpty(words) {
  $('empty').textContent = words;
  $('empty').hidden = false;
}

// --- Reading a room ------------------------------------------------------------------------------

class Refusal extends Error {} // the server will never accept this

async function history(name) {
  const answer = await fetch(`${pathOf(name)}?limit=${HISTORY}`);
  if (answer.ok) return (await answer.json()).messages;
  const words = await problem(answer);
  throw isFinal(answer.status) ? new Refusal(words) : new Error(words);
}

// Fills the page with the newest messages; `then` gets the cursor they end at.
async function load(then, known) {
  const mine = visit;
  try {
    const messages = known ?? (await history(room));
    if (mine !== visit) return;
    for (const message of messages) add(message);
    if (!shown.size) sayEmpty('Nobody has written here yet. Say hello!');
    toEnd();
    then(messages.at(-1)?.id ?? '0-0');
  } catch (error) {
    if (mine !== visit) return;
    if (error instanceof Refusal) {
      sayEmpty(error.message);
      show('offline', 'Not connected');
    } else {
      showLost();
      setTimeout(() => mine === visit && load(then), backoff(failures));
    }
  }
}

function listen() {
  clearTimeout(timer);
  source?.close();
  const stream = new EventSource(`/api/v1/events?${new URLSearchParams({ room, since: cursor })}`);
  source = stream;
  const on = (type, action) =>
    stream.addEventListener(type, (event) => {
      if (stream === source) action(event);
    });

  on('hello', () => {
    failures = 0;
    restarting = false;
    show('live', 'Live');
    wake();
    listRooms();
  });
  on('message', (event) => {
    cursor = event.lastEventId || cursor;
    arrived(JSON.parse(event.data));
  });
  on('userJoined', (event) => note(`${JSON.parse(event.data).username} joined`));
  on('userLeft', (event) => note(`${JSON.parse(event.data).username} left`));
  on('reset', (event) => {
    cursor = event.lastEventId || cursor;
    clear();
    load(() => show('live', 'Live')); // the stream goes on meanwhile
  });
  on('status', (event) => {
    if (JSON.parse(event.data).status === 'ok') show('live', 'Live');
    else show('connecting', 'The server waits for its store…');
  });
  on('bye', () => {
    restarting = true;
    showLost();
  });
  on('error', () => {
    showLost();
    // A browser that has given up says so; otherwise it comes back by itself, with its cursor.
    if (stream.readyState === EventSource.CLOSED) timer = setTimeout(listen, backoff(failures));
  });
}

function enter(name, known) {
  visit++;
  clearTimeout(timer);
  source?.close();
  source = null;
  failures = 0;
  room = name;
  unseen = 0;
  clear();
  show('connecting', 'Connecting…');
  retitle();
  $('room').textContent = $('room').title = room;
  box.placeholder = `Message ${room}`;
  drawRooms();
  for (const item of outbox) item.line.hidden = item.room !== room;
  load((end) => {
    cursor = end;
    listen();
  }, known);
}

function go(name, known) {
  if (name !== room) window.history.pushState(null, '', addressOf(name));
  drawer(false);
  if (name !== room || known) enter(name, known);
  if (matchMedia('(hover: hover)').matches) box.focus();
}

// --- The choice of rooms -------------------------------------------------------------------------

function drawRooms() {
  const names = [...new Set([HOME, ...rooms, room])];
  $('rooms').replaceChildren(
    ...names.map((name) => {
      const link = element('a', '', name);
      link.href = addressOf(name);
      link.dir = 'auto';
      link.title = name;
      if (name === room) link.setAttribute('aria-current', 'page');
      const entry = element('li');
      entry.append(link);
      return entry;
    }),
  );
}

async function listRooms() {
  try {
    const answer = await fetch('/api/v1/rooms');
    if (!answer.ok) return;
    const found = (await answer.json()).rooms.map((entry) => entry.room);
    if (found.join('\n') === rooms.join('\n')) return;
    rooms = found;
    drawRooms();
  } catch {} // the stream's state already says it
}

function drawer(open) {
  const was = $('app').classList.contains('drawer');
  $('app').classList.toggle('drawer', open);
  $('menu').setAttribute('aria-expanded', String(open));
  if (open) {
    listRooms();
    $('rooms').querySelector('[aria-current]')?.focus();
  } else if (was) $('menu').focus();
}

$('menu').addEventListener('click', () => drawer(true));
$('scrim').addEventListener('click', () => drawer(false));
document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape') drawer(false);
});

document.addEventListener('click', (event) => {
  const link = event.target.closest('a[href]');
  if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  go(roomOf(new URL(link.href)));
});
window.addEventListener('popstate', () => enter(roomOf(new URL(location.href))));

$('opener').addEventListener('submit', async (event) => {
  event.preventDefault();
  const field = $('room-name');
  const name = field.value.trim();
  if (!name) return;
  $('room-error').textContent = '';
  try {
    // The server knows what may be a room's name.
    const messages = await history(name);
    field.value = '';
    go(name, messages);
  } catch (error) {
    const reached = error instanceof Refusal;
    $('room-error').textContent = reached ? error.message : 'The server cannot be reached: try again.';
  }
});

// --- Writing -------------------------------------------------------------------------------------

const outbox = []; // {room, sender, text, key, line}, sent one after the other
let sending = false;
let wake = () => {};

// Waits so long, or until the connection is back or the writer insists.
function pause(milliseconds) {
  return new Promise((done) => {
    wake = done;
    if (milliseconds) setTimeout(done, milliseconds);
  });
}

// Tries until there is an answer. The key makes every repeat the same message.
async function deliver(item) {
  for (let attempt = 1; ; attempt++) {
    let words = 'The server cannot be reached.';
    try {
      const answer = await fetch(pathOf(item.room), {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', 'Idempotency-Key': item.key },
        body: JSON.stringify({ sender: item.sender, text: item.text }),
      });
      if (answer.ok) return { message: await answer.json() };
      words = await problem(answer);
      if (isFinal(answer.status)) return { refusal: words };
    } catch {}
    if (attempt % TRIES) {
      await pause(backoff(attempt - 1));
      continue;
    }
    const unsent = element('p', 'unsent', `Not sent. ${words} `);
    const again = element('button', '', 'Try again');
    again.type = 'button';
    again.addEventListener('click', () => wake());
    unsent.append(again);
    item.line.append(unsent);
    await pause(0);
    unsent.remove();
  }
}

async function pump() {
  if (sending) return;
  sending = true;
  while (outbox.length) {
    const item = outbox[0];
    const { message, refusal } = await deliver(item);
    outbox.shift();
    item.line.remove();
    if (refusal) {
      box.value = box.value ? `${item.text}\n${box.value}` : item.text;
      fit();
      $('send-error').textContent = refusal;
      $('empty').hidden = shown.size > 0;
    } else if (item.room === room && add(message) && follow) toEnd();
  }
  sending = false;
}

// As high as its text, within the limits of the style sheet.
function fit() {
  box.style.height = 'auto';
  box.style.height = `${box.scrollHeight}px`;
}

$('composer').addEventListener('submit', (event) => {
  event.preventDefault();
  const text = box.value.trimEnd();
  if (!text.trim()) return;
  $('send-error').textContent = '';
  keepName();
  const item = { room, sender: nameField.value, text, key: newKey() };
  item.line = lineOf(item);
  $('pending').append(item.line);
  $('empty').hidden = true;
  outbox.push(item);
  box.value = '';
  fit();
  box.focus();
  toEnd();
  pump();
});
box.addEventListener('input', fit);
box.addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  $('composer').requestSubmit();
});
window.addEventListener('beforeunload', (event) => {
  if (outbox.length) event.preventDefault();
});

// --- Your name -----------------------------------------------------------------------------------

function suggestName() {
  const any = (words) => words[Math.floor(Math.random() * words.length)];
  return `${any(['Calm', 'Bright', 'Swift', 'Kind', 'Merry', 'Quiet', 'Brave', 'Sunny'])} ${any([
    'Otter', 'Heron', 'Fox', 'Wren', 'Badger', 'Robin', 'Hare', 'Lynx'])}`;
}

function keepName() {
  nameField.value = nameField.value.trim() || nameField.placeholder;
  stored('tinychat.name', nameField.value);
}

nameField.placeholder = suggestName();
nameField.value = stored('tinychat.name') ?? '';
keepName();
nameField.addEventListener('change', keepName);
nameField.addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || event.isComposing) return;
  event.preventDefault();
  keepName();
  box.focus();
});

// --- Start ---------------------------------------------------------------------------------------

scroller.addEventListener('scroll', () => {
  follow = atEnd();
  if (follow) $('latest').hidden = true;
});
// A phone's keyboard or a growing box takes room away: stay where the reader was.
new ResizeObserver(() => {
  if (follow) toEnd();
}).observe(scroller);
$('latest').addEventListener('click', toEnd);

document.addEventListener('visibilitychange', () => {
  if (document.hidden) return;
  unseen = 0;
  retitle();
  listRooms();
});
window.addEventListener('offline', showLost);
window.addEventListener('online', () => {
  if (source) listen();
  else enter(room);
});

$('app').hidden = false;
enter(roomOf(new URL(location.href)));
fit();
if (matchMedia('(hover: hover)').matches) box.focus();
