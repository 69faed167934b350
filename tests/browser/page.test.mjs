// The page in a real browser against the real server.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { freePort, sharedServer, startServer, tempDir } from '../system/server.mjs';
import { until } from '../system/until.mjs';
import { sharedBrowser } from './browser.mjs';

const browser = sharedBrowser();
const server = sharedServer();

let rooms = 0;
const newRoom = () => `room-${++rooms}`;
const addressOf = (room, base = server.url) => `${base}/?room=${encodeURIComponent(room)}`;
const messagesOf = (room, base = server.url) => `${base}/api/v1/rooms/${encodeURIComponent(room)}/messages`;

async function post(room, text, { sender = 'mason', base } = {}) {
  const answer = await fetch(messagesOf(room, base), {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ sender, text }),
  });
  assert.equal(answer.status, 201, await answer.clone().text());
  return answer.json();
}

async function history(room, base) {
  const answer = await fetch(`${messagesOf(room, base)}?limit=200`);
  return (await answer.json()).messages.map(({ text }) => text);
}

const state = (page, name, timeout) => page.locator(`#status[data-state=${name}]`).waitFor({ timeout });
const texts = (page) => page.locator('#messages .text').allTextContents();
const line = (page, text) => page.locator('#messages .text').filter({ hasText: text });

async function enter(room, options) {
  const page = await browser.open(addressOf(room), options);
  await state(page, 'live');
  return page;
}

async function write(page, text) {
  await page.fill('#text', text);
  await page.press('#text', 'Enter');
}

async function shows(page, expected) {
  let seen;
  await until(
    async () => (seen = await texts(page)).join('\n') === expected.join('\n'),
    15_000, () => `${JSON.stringify(expected)} on the page, got ${JSON.stringify(seen)}`);
}

describe('chatting', () => {
  test('two people talk, each message is there once', async () => {
    const room = newRoom();
    const [ada, mason] = [await enter(room), await enter(room)];
    await ada.fill('#name', 'Ada');
    await mason.fill('#name', 'mason');
    await write(ada, 'hello');
    await shows(mason, ['hello']);
    await write(mason, 'hi & welcome');
    for (const page of [ada, mason]) {
      await shows(page, ['hello', 'hi & welcome']);
      assert.deepEqual(await page.locator('#messages .by b').allTextContents(), ['Ada', 'mason']);
      assert.equal(await page.locator('#pending li').count(), 0);
    }
    const stamp = ada.locator('#messages time').first();
    assert.match(await stamp.textContent(), /^\d\d:\d\d$/);
    assert.match(await stamp.getAttribute('title'), /\d{4}.*:\d\d:\d\d/);
  });

  test('text is text, never markup', async () => {
    const room = newRoom();
    const evil = '<img src=x onerror="window.hacked = 1"><b>bold</b> &amp;';
    await post(room, evil, { sender: '<i>mallory</i>' });
    const page = await enter(room);
    await write(page, evil);
    await shows(page, [evil, evil]);
    assert.equal(await page.locator('#messages .by b').first().textContent(), '<i>mallory</i>');
    assert.equal(await page.locator('#messages :is(img, i, .text b)').count(), 0);
    assert.equal(await page.evaluate(() => window.hacked), undefined);
  });

  test('Shift+Enter begins a line, and empty messages are not sent', async () => {
    const room = newRoom();
    const page = await enter(room);
    let posts = 0;
    page.on('request', (request) => (posts += request.method() === 'POST' ? 1 : 0));
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

  test('what the server refuses stays in the box, with the reason', async () => {
    const room = newRoom();
    const page = await enter(room);
    const long = 'x'.repeat(20_000);
    await write(page, long);
    await page.locator('#send-error').filter({ hasText: /\d/ }).waitFor();
    assert.equal(await page.inputValue('#text'), long);
    assert.equal(await page.locator('#pending li').count(), 0);
    await write(page, 'short');
    await shows(page, ['short']);
    assert.equal(await page.textContent('#send-error'), '');
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

  const occasions = {
    'the writer insists': (page) => page.click('.unsent button'),
    'the connection is back': (page) => page.evaluate(() => window.dispatchEvent(new Event('online'))),
  };
  for (const [occasion, cause] of Object.entries(occasions)) {
    test(`a message that cannot be sent waits until ${occasion}`, async () => {
      const room = newRoom();
      let down = true;
      const page = await enter(room, {
        prepare: async (opening) => {
          await opening.clock.install();
          await opening.route('**/messages', (route) => (down ? route.abort('connectionrefused') : route.continue()));
        },
      });
      await write(page, 'one');
      await write(page, 'two');
      await until(async () => {
        await page.clock.fastForward(30_000);
        return page.locator('.unsent').isVisible();
      }, 15_000, 'the message to be marked as not sent');
      down = false;
      await cause(page);
      await shows(page, ['one', 'two']);
      assert.deepEqual(await history(room), ['one', 'two']);
    });
  }
});

describe('history and stream', () => {
  test('shows the last 50 messages and begins at the end', async () => {
    const room = newRoom();
    for (let i = 0; i < 55; i++) await post(room, `message ${i}`);
    const page = await enter(room);
    await shows(page, Array.from({ length: 50 }, (_, i) => `message ${i + 5}`));
    assert.ok(await page.$eval('#scroll', (it) => it.scrollHeight - it.scrollTop - it.clientHeight < 2));
  });

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

  test('a reader of old messages stays there and is told of new ones', async () => {
    const room = newRoom();
    for (let i = 0; i < 50; i++) await post(room, `message ${i}`);
    const page = await enter(room);
    await page.$eval('#scroll', (it) => (it.scrollTop = 100));
    await post(room, 'news');
    await page.locator('#latest').waitFor();
    assert.equal(await page.$eval('#scroll', (it) => it.scrollTop), 100);
    await page.click('#latest');
    await page.locator('#latest').waitFor({ state: 'hidden' });
    await post(room, 'more news');
    await line(page, 'more news').waitFor();
    assert.ok(await page.$eval('#scroll', (it) => it.scrollHeight - it.scrollTop - it.clientHeight < 2));
  });

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
      const base = own.url;
      const page = await browser.open(addressOf(room, base));
      await state(page, 'live');
      await write(page, 'before');
      await shows(page, ['before']);
      await own.stop();
      await state(page, 'offline');
      await write(page, 'while it was away');
      own = await startServer({ args });
      await post(room, 'back first', { base });
      await state(page, 'live', 60_000);
      await until(async () => (await texts(page)).length === 3, 30_000, 'three messages on the page');
      assert.deepEqual(await texts(page), await history(room, base));
      assert.deepEqual((await texts(page)).sort(), ['back first', 'before', 'while it was away']);
      assert.equal(await page.locator('#pending li').count(), 0);
    } finally {
      await own.stop();
    }
  });
});

describe('rooms and name', () => {
  test('rooms are changed by the list, by a new name, by the address and by the back button', async () => {
    const [first, second] = [newRoom(), `${newRoom()}/über uns`];
    await post(first, 'in the first');
    const page = await browser.open(server.url);
    await state(page, 'live');
    assert.equal(await page.textContent('#room'), 'everyone');
    await page.locator('nav a', { hasText: first }).click();
    await shows(page, ['in the first']);
    assert.equal(await page.title(), `${first} · tinychat`);

    await page.fill('#room-name', second);
    await page.press('#room-name', 'Enter');
    await page.locator('#room').filter({ hasText: second }).waitFor();
    assert.equal(new URL(page.url()).searchParams.get('room'), second);
    await page.locator('#empty').waitFor();
    await write(page, 'in the second');
    await shows(page, ['in the second']);
    assert.deepEqual(await history(first), ['in the first']);
    assert.deepEqual(await history(second), ['in the second']);

    await page.goBack();
    await shows(page, ['in the first']);
    await page.goBack();
    assert.equal(await page.textContent('#room'), 'everyone');

    const direct = await browser.open(`${server.url}/r/${encodeURIComponent(second)}`);
    await shows(direct, ['in the second']);
  });

  test('a name that cannot be a room’s is answered with the rule', async () => {
    const page = await browser.open(server.url);
    await state(page, 'live');
    await page.fill('#room-name', 'api/secrets');
    await page.press('#room-name', 'Enter');
    await page.locator('#room-error').filter({ hasText: 'api' }).waitFor();
    assert.equal(await page.textContent('#room'), 'everyone');
    assert.equal(page.url(), `${server.url}/`);
    const direct = await browser.open(addressOf('api/secrets'));
    await direct.locator('#empty').filter({ hasText: 'api' }).waitFor();
  });

  test('a name is suggested, and kept', async () => {
    const room = newRoom();
    const page = await enter(room);
    const suggested = await page.inputValue('#name');
    assert.match(suggested, /^\w+ \w+$/);
    await page.reload();
    assert.equal(await page.inputValue('#name'), suggested);
    await page.fill('#name', 'Grace');
    await page.press('#name', 'Enter');
    await page.reload();
    assert.equal(await page.inputValue('#name'), 'Grace');
    await write(page, 'it is me');
    await line(page, 'it is me').waitFor();
    assert.equal(await page.textContent('#messages .by b'), 'Grace');
  });

  test('those who follow by name are announced', async () => {
    const room = newRoom();
    const page = await enter(room);
    const follower = new AbortController();
    await fetch(`${server.url}/subscribe/${room}?name=mason`, { signal: follower.signal });
    await page.locator('.note', { hasText: 'mason joined' }).waitFor();
    follower.abort();
    await page.locator('.note', { hasText: 'mason left' }).waitFor();
  });
});

describe('looks', () => {
  const phone = { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true };

  test('fits a phone', async () => {
    const room = newRoom();
    await post(room, 'W'.repeat(300), { sender: 'M'.repeat(100) });
    await post(room, 'https://example.com/' + 'a/'.repeat(200));
    const page = await enter(room, phone);
    const overflow = () =>
      page.evaluate(() =>
        ['html', 'main', '#scroll', '#composer'].filter((name) => {
          const it = document.querySelector(name);
          return it.scrollWidth > it.clientWidth || it.getBoundingClientRect().right > innerWidth;
        }));
    assert.deepEqual(await overflow(), []);
    const sizes = await page.$$eval('input, textarea', (fields) =>
      fields.map((field) => parseFloat(getComputedStyle(field).fontSize)));
    assert.ok(sizes.length === 3 && sizes.every((size) => size >= 16), `font sizes ${sizes}`);
    assert.ok(await page.locator('#composer button').isVisible());

    await page.click('#menu');
    await page.locator('nav a', { hasText: 'everyone' }).click();
    await page.locator('#room').filter({ hasText: 'everyone' }).waitFor();
    await page.locator('#drawer').waitFor({ state: 'hidden' });
    assert.deepEqual(await overflow(), []);
  });

  for (const colorScheme of ['light', 'dark']) {
    test(`can be read in ${colorScheme} colours`, async () => {
      const page = await browser.open(server.url, { colorScheme });
      const names = ['--ink', '--quiet', '--accent', '--error', ...Array.from({ length: 8 }, (_, i) => `--c${i}`)];
      const [surface, ...colours] = await page.evaluate((all) => {
        const probe = document.body.appendChild(document.createElement('i'));
        return all.map((name) => {
          probe.style.color = `var(${name})`;
          return getComputedStyle(probe).color.match(/\d+/g).map(Number);
        });
      }, ['--surface', ...names]);
      const luminance = (colour) => {
        const [r, g, b] = colour.map((value) => {
          const part = value / 255;
          return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
        });
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
      };
      const ground = luminance(surface);
      assert.ok(colorScheme === 'dark' ? ground < 0.05 : ground > 0.9, `surface ${surface}`);
      const pale = names.filter((_, i) => {
        const ink = luminance(colours[i]);
        return (Math.max(ink, ground) + 0.05) / (Math.min(ink, ground) + 0.05) < 4.5;
      });
      assert.deepEqual(pale, [], 'expected a contrast of 4.5 and more');
    });
  }

  test('without scripts it says how to chat from a terminal', async () => {
    const page = await browser.open(server.url, { javaScriptEnabled: false });
    assert.match(await page.locator('noscript').innerText(), /curl -N .*\/subscribe\/everyone/);
    assert.equal(await page.locator('#app').isVisible(), false);
  });

  test('is served with its policy', async () => {
    for (const path of ['/', '/r/anything']) {
      const answer = await fetch(server.url + path);
      const policy = answer.headers.get('content-security-policy');
      assert.match(policy, /default-src 'none'/);
      assert.doesNotMatch(policy, /unsafe/);
      await answer.text();
    }
  });
});
