// The chat as a person at the page sees it, and as a program at the interface does.
import assert from 'node:assert/strict';

import { until } from '../system/until.mjs';

let rooms = 0;
export const newRoom = () => `room-${process.pid}-${++rooms}`;

export const encoded = (room) => encodeURIComponent(room).replaceAll('%2F', '/');

// `base()` is the address of the server the tests use; it is not known before they run.
export function chatAt(base) {
  const addressOf = (room, at = base()) => `${at}/r/${encoded(room)}`;
  const messagesOf = (room, at = base()) => `${at}/api/v1/rooms/${encodeURIComponent(room)}/messages`;

  // Without a cookie: nobody has proved to be the sender.
  async function post(room, text, { sender = 'mason', at, headers = {} } = {}) {
    const answer = await fetch(messagesOf(room, at), {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...headers },
      body: JSON.stringify({ sender, text }),
    });
    assert.equal(answer.status, 201, await answer.clone().text());
    return answer.json();
  }

  async function postMany(room, count, textOf) {
    const texts = Array.from({ length: count }, (_, i) => textOf(i));
    // In order, a few at a time.
    for (const text of texts) await post(room, text);
    return texts;
  }

  async function history(room, at) {
    const all = [];
    for (let before; ; ) {
      const query = new URLSearchParams({ limit: 200, ...(before ? { before } : {}) });
      const page = await (await fetch(`${messagesOf(room, at)}?${query}`)).json();
      all.unshift(...page.messages.map(({ text }) => text));
      if (!page.before) return all;
      before = page.before;
    }
  }

  // Somebody who talks to the interface with a cookie, as a page does.
  async function user(name) {
    const answer = await fetch(`${base()}/api/v1/me`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ name }),
    });
    assert.equal(answer.status, 201);
    const cookie = answer.headers.get('set-cookie').split(';')[0];
    const me = await answer.json();
    const call = async (method, path, body) => {
      const reply = await fetch(`${base()}/api/v1${path}`, {
        method,
        headers: { cookie, 'Content-Type': 'application/json' },
        body: body === undefined ? undefined : JSON.stringify(body),
      });
      assert.ok(reply.ok, `${method} ${path}: ${reply.status}`);
      return reply.status === 204 ? null : reply.json();
    };
    return { ...me, call, post: (room, text) => call('POST', `/rooms/${encodeURIComponent(room)}/messages`, { text }) };
  }

  return { addressOf, messagesOf, post, postMany, history, user };
}

// --- On the page ---------------------------------------------------------------------------------

export const state = (page, name, timeout) => page.locator(`#status[data-state=${name}]`).waitFor({ timeout, state: 'attached' });
export const texts = (page) => page.locator('#messages .text').allInnerTexts();
export const line = (page, text) => page.locator('#messages .text').filter({ hasText: text });
export const pendingCount = (page) => page.locator('#pending li').count();
export const nameOf = (page) => page.locator('#me .name').innerText();

export async function ready(page) {
  await state(page, 'live');
  await page.waitForFunction(() => !document.querySelector('#loading'));
  return page;
}

export async function write(page, text) {
  await page.fill('#text', text);
  await page.press('#text', 'Enter');
}

export async function shows(page, expected, timeout = 15_000) {
  let seen;
  await until(
    async () => (seen = await texts(page)).join('\n') === expected.join('\n'),
    timeout, () => `${JSON.stringify(expected)} on the page, got ${JSON.stringify(seen)}`);
}

export async function rename(page, name) {
  await write(page, `/nick ${name}`);
  await page.locator('#me .name', { hasText: name }).waitFor({ state: 'attached' });
}

// Waits until the reader is at the end of the log: the page follows a change of sizes with the next frame.
export const comesToEnd = (page) =>
  page.waitForFunction(() => {
    const { scrollHeight, scrollTop, clientHeight } = document.querySelector('#scroll');
    return scrollHeight - scrollTop - clientHeight < 2;
  });
