// Writing and reading in a real browser against the real server: nothing lost, nothing twice, nothing dangerous.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { freePort, sharedServer, startServer, tempDir } from '../system/server.mjs';
import { until } from '../system/until.mjs';
import { sharedBrowser } from './browser.mjs';
import { chatAt, line, newRoom, pendingCount, ready, rename, shows, state, texts, write } from './chat_page.mjs';

const browser = sharedBrowser();
const server = sharedServer();
const { addressOf, post, history } = chatAt(() => server.url);
const enter = async (room, options) => ready(await browser.open(addressOf(room), options));

describe('chatting', () => {
  test('two people talk, each message is there once', async () => {
    const room = newRoom();
    const [ada, mason] = [await enter(room), await enter(room)];
    await rename(ada, 'Ada');
    await rename(mason, 'mason');
    await write(ada, 'hello');
    await shows(mason, ['hello']);
    await write(mason, 'hi & welcome');
    for (const page of [ada, mason]) {
      await shows(page, ['hello', 'hi & welcome']);
      assert.deepEqual(await page.locator('#messages .by b').allTextContents(), ['Ada', 'mason']);
      assert.equal(await page.locator('#messages .by .tag').count(), 0);
      assert.equal(await pendingCount(page), 0);
    }
    const stamp = ada.locator('#messages .by time').first();
    assert.match(await stamp.textContent(), /^\d\d:\d\d$/);
    assert.match(await stamp.getAttribute('title'), /\d{4}.*:\d\d:\d\d/);
  });

  test('messages of one person are a group, for five minutes and until another speaks', async () => {
    const room = newRoom();
    for (const [sender, text] of [['Ada', 'one'], ['Ada', 'two'], ['mason', 'three'], ['Ada', 'four']]) {
      await post(room, text, { sender });
    }
    const later = new Date(Date.now() + 6 * 60_000);
    const page = await enter(room, {
      prepare: (opening) =>
        opening.route('**/messages?*', async (route) => {
          const answer = await route.fetch();
          const body = await answer.json();
          body.messages.push({ ...body.messages.at(-1), id: `${+later}-0`, text: 'five', time: later.toISOString() });
          await route.fulfill({ response: answer, json: body });
        }),
    });
    await shows(page, ['one', 'two', 'three', 'four', 'five']);
    assert.deepEqual(await page.locator('#messages .first .text').allTextContents(), ['one', 'three', 'four', 'five']);
    assert.match(await page.locator('#messages .day').first().innerText(), /Today/);
  });

  test('Shift+Enter begins a line, and empty messages are not sent', async () => {
    const room = newRoom();
    const page = await enter(room);
    let posts = 0;
    page.on('request', (request) => (posts += /messages$/.test(request.url()) && request.method() === 'POST' ? 1 : 0));
    await write(page, '  ');
    await page.fill('#text', 'one');
    await page.press('#text', 'Shift+Enter');
    await page.locator('#text').pressSequentially('two');
    await page.press('#text', 'Enter');
    await shows(page, ['one\ntwo']);
    assert.deepEqual(await history(room), ['one\ntwo']);
    assert.equal(await page.inputValue('#text'), '');
    assert.equal(posts, 1);
  });

  test('what the server refuses is kept, with the reason: to be edited, tried again or discarded', async () => {
    const room = newRoom();
    const page = await enter(room);
    const long = 'x'.repeat(20_000);
    await write(page, long);
    await page.locator('.unsent').filter({ hasText: /Not sent\. .*\d/ }).waitFor();
    await write(page, 'short');
    await shows(page, ['short']);
    assert.equal(await pendingCount(page), 1);
    await page.locator('.unsent button', { hasText: 'Try again' }).click();
    await page.locator('.unsent').waitFor();
    await page.locator('.unsent button', { hasText: 'Edit' }).click();
    assert.equal(await page.inputValue('#text'), long);
    await page.locator('#pending li').waitFor({ state: 'detached' });
    await page.press('#text', 'Enter');
    await page.locator('.unsent button', { hasText: 'Discard' }).click();
    await page.locator('#pending li').waitFor({ state: 'detached' });
    await page.reload();
    await ready(page);
    await shows(page, ['short']);
    assert.equal(await pendingCount(page), 0);
  });

  test('a message whose answer is lost is sent again, and is one message', async () => {
    const room = newRoom();
    let lost = 0;
    const keys = new Set();
    const page = await enter(room, {
      prepare: (opening) =>
        opening.route('**/messages', async (route) => {
          if (route.request().method() !== 'POST') return route.continue();
          keys.add(await route.request().headerValue('idempotency-key'));
          if (lost++) return route.continue();
          await route.fetch();
          return route.abort('connectionreset');
        }),
    });
    await write(page, 'only once');
    await until(() => lost > 1, 15_000, 'a second try');
    await page.locator('#pending li').waitFor({ state: 'detached' });
    await shows(page, ['only once']);
    assert.deepEqual(await history(room), ['only once']);
    assert.equal(keys.size, 1);
  });

  test('sending is said after a moment, and Retry-After is obeyed', async () => {
    const room = newRoom();
    const tries = [];
    let release;
    const held = new Promise((resolve) => (release = resolve));
    const page = await enter(room, {
      prepare: (opening) =>
        opening.route('**/messages', async (route) => {
          if (route.request().method() !== 'POST') return route.continue();
          tries.push(performance.now());
          if (tries.length > 1) return route.continue();
          await held;
          return route.fulfill({ status: 503, headers: { 'retry-after': '3' }, json: { detail: 'busy' } });
        }),
    });
    await write(page, 'patience');
    await page.locator('#pending [data-state=sending]').waitFor();
    release();
    const answered = performance.now();
    await page.locator('#pending [data-state=waiting]').waitFor();
    await shows(page, ['patience']);
    assert.ok(tries[1] - answered >= 2900, `tried again after ${tries[1] - answered} ms`);
  });

  const occasions = {
    'the writer insists': (page) => page.locator('.sending button').first().click(),
    'the connection is back': (page) => page.evaluate(() => window.dispatchEvent(new Event('online'))),
  };
  for (const [occasion, cause] of Object.entries(occasions)) {
    test(`a message that cannot be sent waits until ${occasion}`, async () => {
      const room = newRoom();
      let down = true;
      let tries = 0;
      const page = await enter(room, {
        prepare: async (opening) => {
          await opening.clock.install();
          await opening.route('**/messages', (route) => {
            if (route.request().method() === 'POST') tries++;
            return down ? route.abort('connectionrefused') : route.continue();
          });
        },
      });
      await write(page, 'one');
      await write(page, 'two');
      // Until the next try is far away.
      await until(async () => {
        await page.clock.fastForward(30_000);
        return tries > 6;
      }, 15_000, 'some tries in vain');
      await page.locator('#pending [data-state=waiting]').first().waitFor();
      down = false;
      await cause(page);
      await shows(page, ['one', 'two']);
      assert.deepEqual(await history(room), ['one', 'two']);
    });
  }
});

describe('the stream', () => {
  for (const before of [0, 1]) {
    test(`nothing falls between history and stream (${before} messages before)`, async () => {
      const room = newRoom();
      const expected = [];
      for (let i = 0; i < before; i++) expected.push((await post(room, `before ${i}`)).text);
      const page = await browser.open(addressOf(room), {
        prepare: (opening) =>
          opening.route('**/api/v1/events?*', async (route) => {
            await post(room, 'between');
            await route.continue();
          }, { times: 1 }),
      });
      await shows(page, [...expected, 'between']);
    });
  }

  test('a reset makes it read the history again', async () => {
    const room = newRoom();
    await post(room, 'one');
    const page = await browser.open(addressOf(room), {
      prepare: (opening) =>
        opening.route('**/api/v1/events?*', async (route) => {
          const { id } = await post(room, 'two');
          const body = `retry: 500\nevent: reset\nid: ${id}\ndata: {}\n\n`;
          await route.fulfill({ status: 200, contentType: 'text/event-stream', body });
        }, { times: 1 }),
    });
    await shows(page, ['one', 'two']);
    await state(page, 'live');
    await post(room, 'three');
    await shows(page, ['one', 'two', 'three']);
  });

  test('a stream that the browser gave up on is opened again', async () => {
    const room = newRoom();
    const page = await browser.open(addressOf(room), {
      prepare: (opening) =>
        opening.route('**/api/v1/events?*', (route) => route.fulfill({ status: 502, body: 'no' }), { times: 2 }),
    });
    await state(page, 'offline');
    await state(page, 'live');
    await post(room, 'back');
    await shows(page, ['back']);
  });

  test('a restart is shown, and loses nothing in either direction', async () => {
    const room = newRoom();
    const port = await freePort();
    const args = ['--port', String(port), '--data', tempDir()];
    let own = await startServer({ args });
    try {
      const at = own.url;
      const page = await ready(await browser.open(addressOf(room, at)));
      await write(page, 'before');
      await shows(page, ['before']);
      await own.stop();
      await state(page, 'offline');
      await write(page, 'while it was away');
      await page.locator('#pending [data-state=waiting]').waitFor();
      own = await startServer({ args });
      await post(room, 'back first', { at });
      await state(page, 'live', 60_000);
      await until(async () => (await texts(page)).length === 3, 30_000, 'three messages on the page');
      assert.deepEqual(await texts(page), await history(room, at));
      assert.deepEqual((await texts(page)).sort(), ['back first', 'before', 'while it was away']);
      assert.equal(await pendingCount(page), 0);
    } finally {
      await own.stop();
    }
  });

  test('those who follow by name are announced', async () => {
    const room = newRoom();
    const page = await enter(room);
    const follower = new AbortController();
    await fetch(`${server.url}/subscribe/${room}?name=mason`, { signal: follower.signal });
    await page.locator('#strip', { hasText: 'mason joined' }).waitFor();
    follower.abort();
    await page.locator('#strip', { hasText: 'mason left' }).waitFor();
    assert.equal(await line(page, 'mason').count(), 0);
  });
});
