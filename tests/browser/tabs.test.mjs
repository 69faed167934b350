// Many tabs, no network, no server: everything written arrives once and in order, every tab shows the same, and
// there is one stream for all of them.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { freePort, sharedServer, startServer, tempDir } from '../system/server.mjs';
import { deadline, until } from '../system/until.mjs';
import { sharedBrowser } from './browser.mjs';
import { chatAt, line, newRoom, pendingCount, ready, shows, state, texts, write } from './chat_page.mjs';

const browser = sharedBrowser();
const server = sharedServer();
const { addressOf, post, history } = chatAt(() => server.url);

// Somebody whose open streams are counted, and known by their page.
async function watched(options) {
  const person = await browser.person(options);
  const open = new Map();
  person.context.on('request', (request) => {
    if (request.url().includes('/api/v1/events?')) open.set(request, request.frame().page());
  });
  for (const end of ['requestfinished', 'requestfailed']) {
    person.context.on(end, (request) => open.delete(request));
  }
  person.streams = () => [...open.values()].filter((page) => !page.isClosed());
  return person;
}

const oneStream = (person) => until(() => person.streams().length === 1, 15_000, () => `one stream, got ${person.streams().length}`);

describe('many tabs', () => {
  test('twelve have one stream, and show the same', async () => {
    const room = newRoom();
    const person = await watched();
    const tabs = await Promise.all(Array.from({ length: 12 }, () => person.open(addressOf(room))));
    await Promise.all(tabs.map(ready));
    await oneStream(person);
    const names = await Promise.all(tabs.map((tab) => tab.locator('#me .name').innerText()));
    assert.equal(new Set(names).size, 1, `one user, got ${names}`);
    await Promise.all(tabs.map((tab, i) => write(tab, `from tab ${i}`)));
    await until(async () => (await history(room)).length === 12, 60_000, 'twelve messages');
    const expected = await history(room);
    await Promise.all(tabs.map((tab) => shows(tab, expected, 60_000)));
    assert.equal(new Set(expected).size, 12);

    // The one that leads closes; another takes over where it was.
    await person.streams()[0].close();
    const rest = tabs.filter((tab) => !tab.isClosed());
    for (let i = 0; i < 10; i++) await post(room, `after ${i}`);
    const all = await history(room);
    await Promise.all(rest.map((tab) => shows(tab, all, 60_000)));
    await oneStream(person);
  });

  test('a leader that hangs is replaced within ten seconds', async () => {
    const room = newRoom();
    const person = await watched();
    const tabs = [];
    for (let i = 0; i < 3; i++) tabs.push(await ready(await person.open(addressOf(room))));
    const frozen = person.streams()[0];
    const rest = tabs.filter((tab) => tab !== frozen);
    const control = await person.context.newCDPSession(frozen);
    // As hard as a tab can hang: it stops at the next line of script it would run, and keeps its lock.
    const stopped = new Promise((resolve) => control.once('Debugger.paused', resolve));
    await control.send('Debugger.enable');
    await control.send('Debugger.pause');
    const began = performance.now();
    await post(room, 'who hears this?');
    await stopped;
    await Promise.all(rest.map((tab) => line(tab, 'who hears this?').waitFor()));
    await write(rest[0], 'we do');
    await shows(rest[1], ['who hears this?', 'we do']);
    const took = performance.now() - began;
    assert.ok(took < deadline(10_000), `${took} ms`);
    await control.send('Debugger.disable');
    await shows(frozen, ['who hears this?', 'we do']);
    await oneStream(person);
    await write(frozen, 'me too');
    await Promise.all(tabs.map((tab) => shows(tab, ['who hears this?', 'we do', 'me too'])));
  });

  test('in different rooms hear of all of them by one stream', async () => {
    const [one, two] = [newRoom(), newRoom()];
    const person = await watched();
    const first = await ready(await person.open(addressOf(one)));
    const second = await ready(await person.open(addressOf(two)));
    await post(one, 'in one');
    await post(two, 'in two');
    await shows(first, ['in one']);
    await shows(second, ['in two']);
    await oneStream(person);
  });
});

describe('without a network', () => {
  test('what is written waits, over a reload and in all tabs, and arrives once and in order', async () => {
    const room = newRoom();
    const person = await browser.person({ serviceWorkers: 'allow' });
    const first = await ready(await person.open(addressOf(room)));
    const second = await ready(await person.open(addressOf(room)));
    await first.evaluate(() => navigator.serviceWorker.ready);
    await write(first, 'zero');
    await shows(second, ['zero']);
    // The kept shell answers, so the page itself is there.
    await until(() => first.evaluate(async () => (await caches.keys()).length === 1), 5000, 'the shell to be kept');

    await person.context.setOffline(true);
    await write(first, 'one');
    await until(async () => (await pendingCount(second)) === 1, 5000, 'the other tab to show it');
    await write(second, 'two');
    await first.reload();
    await until(async () => (await pendingCount(first)) === 2, 15_000, 'both, after the reload');
    await first.locator('#status[data-state=offline]').waitFor();
    await first.fill('#text', 'a draft');
    await write(first, 'three');
    await second.locator('#pending [data-state=waiting]').first().waitFor();

    await person.context.setOffline(false);
    for (const page of [first, second]) await shows(page, ['zero', 'one', 'two', 'three'], 60_000);
    assert.deepEqual(await history(room), ['zero', 'one', 'two', 'three']);
    for (const page of [first, second]) assert.equal(await pendingCount(page), 0);
  });

  test('what is written and not acknowledged is sent by the next page', async () => {
    const room = newRoom();
    const person = await browser.person();
    const page = await ready(
      await person.open(addressOf(room), (opening) =>
        opening.route('**/messages', (route) =>
          route.request().method() === 'POST' ? route.abort('connectionrefused') : route.continue())),
    );
    await write(page, 'one');
    await write(page, 'two');
    await page.locator('#pending [data-state=waiting]').first().waitFor();
    await page.close();
    const next = await person.open(addressOf(room));
    await shows(next, ['one', 'two']);
    assert.deepEqual(await history(room), ['one', 'two']);
  });
});

describe('a server that is killed', () => {
  test('and started again has everything once, in order, in every tab', async () => {
    const room = newRoom();
    const port = await freePort();
    const args = ['--port', String(port), '--data', tempDir()];
    let own = await startServer({ args });
    try {
      const at = own.url;
      const person = await browser.person();
      const [page, other] = [await ready(await person.open(addressOf(room, at))), await ready(await person.open(addressOf(room, at)))];
      const reader = await ready(await browser.open(addressOf(room, at)));
      const written = [];
      for (let i = 0; i < 30; i++) {
        written.push(`message ${i}`);
        await write(page, `message ${i}`);
        if (i === 10) await own.kill();
        if (i === 20) own = await startServer({ args });
      }
      for (const one of [page, other, reader]) await shows(one, written, 60_000);
      assert.deepEqual(await history(room, at), written);
      await state(page, 'live', 60_000);
      assert.equal(await pendingCount(page), 0);
      assert.deepEqual(await texts(page), written);
    } finally {
      await own.stop();
    }
  });
});
