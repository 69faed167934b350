// A closed door, at the page: coming in, being a stranger, being sent away.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { run, sharedServer, tempDir, withServer } from '../system/server.mjs';
import { sharedBrowser } from './browser.mjs';
import { line, nameOf, newRoom, ready, write } from './chat_page.mjs';
import { closedServer } from './door_page.mjs';

const browser = sharedBrowser();
const { server, cli, joinLink, enter, roomAddress } = closedServer(sharedServer, run, tempDir);
const phone = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };

describe('a join link', () => {
  test('lets a phone in with one touch, and the browser stays in', async () => {
    const page = await browser.open(await joinLink(), phone);
    assert.match(await page.locator('h1').innerText(), /invited/);
    const { scrollWidth, height } = await page.evaluate(() => ({
      scrollWidth: document.documentElement.scrollWidth,
      height: document.querySelector('button').getBoundingClientRect().height,
    }));
    assert.ok(scrollWidth <= 390 && height >= 44, `${scrollWidth} px wide, a button of ${height} px`);
    await page.tap('button');
    await ready(page);
    const name = await nameOf(page);
    await write(page, 'I am in');
    await line(page, 'I am in').waitFor();
    await page.reload();
    await ready(page);
    assert.equal(await nameOf(page), name);
  });

  test('that is used up says so, to people in their language', async () => {
    for (const [locale, words] of [['en-GB', 'Ask who gave it to you'], ['de-DE', 'Bitte um einen neuen']]) {
      const page = await browser.open(`${server.url}/join/nothing-of-this-kind`, { locale });
      await page.click('button');
      await page.locator('p', { hasText: words }).waitFor();
    }
  });
});

describe('a stranger', () => {
  test('learns what this is, and comes in by a link that is pasted', async () => {
    const page = await browser.open(roomAddress(newRoom()));
    await page.locator('h1', { hasText: 'invited' }).waitFor();
    assert.equal(await page.locator('.app').count(), 0);
    await page.fill('#join-link', 'https://example.com/');
    await page.press('#join-link', 'Enter');
    await page.locator('#join-problem', { hasText: 'no join link' }).waitFor();
    await page.fill('#join-link', await joinLink());
    await page.press('#join-link', 'Enter');
    await page.locator('button', { hasText: 'Join' }).click();
    await ready(page);
  });

  test('comes in with all tabs, once one of them has used a link', async () => {
    const person = await browser.person();
    const page = await person.open(server.url);
    await page.locator('#join-link').waitFor();
    await enter(person, await joinLink());
    await ready(page);
  });

  test('asks the server for nothing more', async () => {
    const asked = [];
    const page = await browser.open(server.url, {
      prepare: async (opening) => {
        await opening.clock.install();
        opening.on('request', (request) => asked.push(request.url()));
      },
    });
    await page.locator('#join-link').waitFor();
    const count = asked.length;
    await page.evaluate(() => dispatchEvent(new Event('online')));
    await page.clock.runFor(120_000);
    assert.deepEqual(asked.slice(count), []);
    assert.ok(!asked.some((url) => url.includes('/api/v1/events')));
  });
});

describe('a guest of before the door was closed', () => {
  test('is asked for a link like a stranger, and keeps the name', async () => {
    const args = ['--journal', 'sqlite', '--data', tempDir()];
    const person = await browser.person();
    let name;
    await withServer({ args }, async ({ url }) => {
      const page = await ready(await person.open(url));
      name = await nameOf(page);
      await page.close();
    });
    await withServer({ args: [...args, '--closed'] }, async (closed) => {
      const page = await person.open(closed.url);
      await page.locator('#door p', { hasText: name }).waitFor();
      const link = (await run(['join-link', ...args.slice(2), '--port', String(closed.port)])).stdout.split('\n')[0];
      await page.fill('#join-link', link);
      await page.press('#join-link', 'Enter');
      await page.locator('button', { hasText: 'Join' }).click();
      await ready(page);
      assert.equal(await nameOf(page), name);
      await page.close();
    });
  });
});

describe('whoever is removed', () => {
  test('is told so in every tab, within seconds, and the page stops', async () => {
    const person = await browser.person();
    const room = newRoom();
    const page = await enter(person, await joinLink(), room);
    const tab = await ready(await person.open(roomAddress(room), (opening) => opening.clock.install()));
    await write(page, 'still here');
    await line(tab, 'still here').waitFor();
    const { id } = await page.evaluate(() => fetch('/api/v1/me').then((answer) => answer.json()));
    await cli('people', 'remove', id);
    for (const each of [page, tab]) {
      await each.locator('h1', { hasText: 'You were removed' }).waitFor({ timeout: 7000 });
      assert.equal(await each.getByText('still here').count(), 0, 'nothing of the chat is left on the page');
    }
    const asked = [];
    person.context.on('request', (request) => asked.push(request.url()));
    await tab.clock.runFor(120_000);
    assert.deepEqual(asked, []);
    // And whoever looks again sees the same.
    await page.locator('button', { hasText: 'Look again' }).click();
    await page.locator('h1', { hasText: 'You were removed' }).waitFor();
  });

  test('while the page was without a network is told as soon as it is back', async () => {
    const person = await browser.person();
    const page = await enter(person, await joinLink(), newRoom());
    const { id } = await page.evaluate(() => fetch('/api/v1/me').then((answer) => answer.json()));
    await person.context.setOffline(true);
    await page.locator('#status[data-state=offline]').waitFor({ state: 'attached', timeout: 40_000 });
    await cli('people', 'remove', id);
    await person.context.setOffline(false);
    await page.locator('h1', { hasText: 'You were removed' }).waitFor();
  });
});
