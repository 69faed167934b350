// The verbs of the chat, as its clients use them.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';

import { deadline, until } from './until.mjs';
import { request } from './wire.mjs';

export const roomPath = (room) => room.split('/').map(encodeURIComponent).join('/');
export const messagesPath = (room) => `/api/v1/rooms/${roomPath(room)}/messages`;
export const eventsPath = (rooms, query = '') =>
  `/api/v1/events?${rooms.map((room) => `room=${encodeURIComponent(room)}`).join('&')}${query}`;

// A room of its own for each test that shares a server.
let rooms = 0;
export const freshRoom = (prefix = 'room') => `${prefix}-${process.pid}-${++rooms}`;

export const formBody = (fields) => new URLSearchParams(fields).toString();
const formType = 'application/x-www-form-urlencoded';

// POST /{room} with a form.
export function postForm(server, room, fields, headers = {}) {
  const all = { 'Content-Type': formType, ...headers };
  return request(server, 'POST', `/${roomPath(room)}`, { headers: all, body: formBody(fields) });
}

export function postJson(server, target, value, headers = {}) {
  const all = { 'Content-Type': 'application/json', ...headers };
  return request(server, 'POST', target, { headers: all, body: JSON.stringify(value) });
}

// Publishes and returns the message.
export async function publish(server, room, text, { sender = 'mason', key } = {}) {
  const headers = key === undefined ? {} : { 'Idempotency-Key': key };
  const response = await postJson(server, messagesPath(room), { sender, text }, headers);
  assert.equal(response.status, 201, `expected 201 for a message, got ${response.text}`);
  return response.json();
}

export async function getJson(server, target, status = 200) {
  const response = await request(server, 'GET', target);
  assert.equal(response.status, status, `expected ${status} for ${target}, got ${response.text}`);
  return response.json();
}

// A room's whole history, oldest first, page by page from its end.
export async function history(server, room, limit = 200) {
  const pages = [];
  let cursor = null;
  do {
    const query = cursor === null ? '' : `&before=${cursor}`;
    const page = await getJson(server, `${messagesPath(room)}?limit=${limit}${query}`);
    pages.unshift(page.messages);
    cursor = page.before;
  } while (cursor !== null);
  return pages.flat();
}

// Ids as they were given out: -1, 0 or 1.
export function compareIds(a, b) {
  const [aTime, aSequence] = a.split('-').map(Number);
  const [bTime, bSequence] = b.split('-').map(Number);
  return Math.sign(aTime - bTime || aSequence - bSequence);
}

export function assertAscending(ids, what = 'ids') {
  for (let i = 1; i < ids.length; ++i) {
    assert.ok(
      compareIds(ids[i - 1], ids[i]) < 0,
      `expected ${what} to ascend, got ${ids[i - 1]} before ${ids[i]}`,
    );
  }
}

// Two long lists are the same; says where they first differ, which deepEqual takes minutes to find.
export function assertSameList(got, expected, what) {
  for (let i = 0; i < Math.max(got.length, expected.length); ++i) {
    assert.deepEqual(
      got[i],
      expected[i],
      `expected ${what}; number ${i} of ${expected.length} differs (got ${got.length})`,
    );
  }
}

export async function assertHealthy(server) {
  assert.equal((await request(server, 'GET', '/healthz')).status, 200, 'expected /healthz to answer 200');
}

// Runs curl to its end.
export async function curl(args, { input } = {}) {
  const running = curlStream(args, input);
  await until(() => running.ended, 10_000, `curl ${args.join(' ')} to end`).finally(() => running.kill());
  return running;
}

// Runs curl and leaves it running; `stdout` grows. `kill()` ends it.
export function curlStream(args, input) {
  const child = spawn('curl', ['-sS', '--max-time', String(Math.ceil(deadline(30_000) / 1000)), ...args], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const running = { pid: child.pid, stdout: '', stderr: '', code: null, ended: false };
  for (const name of ['stdout', 'stderr']) {
    child[name].setEncoding('utf8');
    child[name].on('data', (text) => (running[name] += text));
  }
  child.on('close', (code) => {
    running.code = code;
    running.ended = true;
  });
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  running.kill = (signal = 'SIGKILL') => child.kill(signal);
  return running;
}

// A generator of numbers in [0, 1) that gives the same ones for the same seed.
export function random(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
