// From room to room: the list, what is unread, drafts, addresses, the switcher; and the same on another device.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { sharedServer } from '../system/server.mjs';
import { until } from '../system/until.mjs';
import { sharedBrowser } from './browser.mjs';
import { chatAt, line, newRoom, ready, shows, write } from './chat_page.mjs';

const browser = sharedBrowser();
const server = sharedServer();
const { addressOf, post, history } = chatAt(() => server.url);
const enter = async (room, options) => ready(await browser.open(addressOf(room), options));

const room = (page) => page.textContent('#room');
const isIn = (page, name) => page.locator('#room').filter({ hasText: name }).waitFor();
const entry = (page, name) => page.locator('#rooms a', { hasText: name });

describe('rooms', () => {
  test('are changed by the list, by a new name, by the address and by the back button', async () => {
    const [first, second] = [newRoom(), `${newRoom()}/über uns`];
    await post(first, 'in the first');
    const page = await ready(await browser.open(server.url));
    assert.equal(await room(page), 'everyone');
    await page.click('#open-room');
    await page.locator('#choices li', { hasText: first }).click();
    await shows(page, ['in the first']);
    assert.equal(await page.title(), `${first} · tinychat`);

    await page.click('#open-room');
    await page.fill('#room-name', second);
    await page.press('#room-name', 'Enter');
    await isIn(page, second);
    assert.equal(decodeURIComponent(new URL(page.url()).pathname), `/r/${second}`);
    await page.locator('#empty').waitFor();
    await write(page, 'in the second');
    await shows(page, ['in the second']);
    assert.deepEqual(await history(first), ['in the first']);
    assert.deepEqual(await history(second), ['in the second']);

    await page.goBack();
    await shows(page, ['in the first']);
    await page.goBack();
    assert.equal(await room(page), 'everyone');
    await entry(page, second).click();
    await shows(page, ['in the second']);

    const direct = await browser.open(`${server.url}/?room=${encodeURIComponent(second)}`);
    await shows(direct, ['in the second']);
  });

  test('a name that cannot be a room’s is answered with the rule', async () => {
    const page = await ready(await browser.open(server.url));
    await page.click('#open-room');
    await page.fill('#room-name', 'api/secrets');
    await page.press('#room-name', 'Enter');
    await page.locator('#room-error').filter({ hasText: 'api' }).waitFor();
    await page.keyboard.press('Escape');
    await page.locator('dialog').waitFor({ state: 'detached' });
    assert.equal(await room(page), 'everyone');
    assert.equal(page.url(), `${server.url}/`);
    const direct = await browser.open(`${server.url}/?room=api/secrets`);
    await direct.locator('#empty').filter({ hasText: 'api' }).waitFor();
  });

  test('the switcher finds by any word, and Alt with the arrows goes to the neighbours', async () => {
    const name = newRoom();
    const page = await enter(`${name}/alpha garden`);
    for (const other of ['beta', 'gamma']) {
      await page.keyboard.press('Control+k');
      await page.fill('#room-name', `${name}/${other}`);
      await page.keyboard.press('Enter');
      await isIn(page, other);
    }
    await page.keyboard.press('Control+k');
    await page.locator('#room-name').pressSequentially('gard');
    await page.locator('#choices [aria-selected=true]', { hasText: 'alpha garden' }).waitFor();
    await page.keyboard.press('Enter');
    await isIn(page, 'alpha garden');
    await page.keyboard.press('Alt+ArrowDown');
    await isIn(page, 'beta');
    await page.keyboard.press('Alt+ArrowDown');
    await isIn(page, 'gamma');
    await page.keyboard.press('Alt+ArrowUp');
    await isIn(page, 'beta');
    await page.keyboard.press('Control+k');
    await page.locator('#room-name').pressSequentially(`${name}/gam`);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Enter');
    await isIn(page, 'gamma');
  });

  test('are left, and come back when they are opened again', async () => {
    const name = newRoom();
    await post(name, 'still there');
    const page = await enter(name);
    await page.click('#about');
    await page.click('#leave');
    await isIn(page, 'everyone').catch(() => undefined);
    await until(async () => (await entry(page, name).count()) === 0, 15_000, 'the room gone from the list');
    assert.notEqual(await room(page), name);
    await page.reload();
    await ready(page);
    assert.equal(await entry(page, name).count(), 0);
    await write(page, `/join ${name}`);
    await shows(page, ['still there']);
    await entry(page, name).waitFor();
  });

  test('keep what was begun in them, also over a reload', async () => {
    const [one, two] = [newRoom(), newRoom()];
    const page = await enter(one);
    await page.fill('#text', 'begun in one');
    await page.keyboard.press('Control+k');
    await page.fill('#room-name', two);
    await page.keyboard.press('Enter');
    await isIn(page, two);
    assert.equal(await page.inputValue('#text'), '');
    await page.fill('#text', 'begun in two');
    await entry(page, one).locator('.draft').waitFor();
    await entry(page, one).click();
    assert.equal(await page.inputValue('#text'), 'begun in one');
    await page.reload();
    await ready(page);
    assert.equal(await page.inputValue('#text'), 'begun in one');
    await page.press('#text', 'Enter');
    await shows(page, ['begun in one']);
    await page.reload();
    await ready(page);
    assert.equal(await page.inputValue('#text'), '');
  });

  test('show the line to post from anywhere, and it works', async () => {
    const name = `${newRoom()}/it's`;
    const page = await enter(name);
    await page.click('#about');
    const command = await page.locator('.about pre').first().innerText();
    const { execFile } = await import('node:child_process');
    await new Promise((resolve, reject) =>
      execFile('bash', ['-c', command], (error, out, err) => (error ? reject(new Error(err)) : resolve())));
    await page.keyboard.press('Escape');
    await shows(page, ['hi']);
    assert.equal(await page.textContent('#messages .by .tag'), 'unverified');
  });
});

describe('what is unread', () => {
  test('is counted per room and in the title, until somebody looks', async () => {
    const [here, there] = [newRoom(), newRoom()];
    const page = await enter(there);
    await write(page, `/join ${here}`);
    await isIn(page, here);
    await post(there, 'one');
    await post(there, 'two');
    await entry(page, there).locator('.badge', { hasText: '2' }).waitFor();
    assert.equal(await page.title(), `(2) ${here} · tinychat`);
    await entry(page, there).click();
    await shows(page, ['one', 'two']);
    await until(async () => (await page.title()) === `${there} · tinychat`, 5000, 'no count in the title');
    assert.equal(await entry(page, there).locator('.badge').count(), 0);
    // Where one was when it came.
    assert.match(await page.locator('#messages li', { hasText: 'one' }).innerText(), /New/);
    await page.keyboard.press('Escape');
    await page.locator('.new-line').waitFor({ state: 'detached' });
  });

  test('is the same on all devices of a user', async () => {
    const [here, there] = [newRoom(), newRoom()];
    await post(there, 'old');
    const laptop = await browser.person();
    const first = await ready(await laptop.open(addressOf(there)));
    await write(first, `/join ${here}`);
    await isIn(first, here);
    const phone = await browser.person();
    await phone.context.addCookies(await laptop.context.cookies());
    const second = await ready(await phone.open(addressOf(here)));
    await post(there, 'one');
    await post(there, 'two');
    for (const page of [first, second]) await entry(page, there).locator('.badge', { hasText: '2' }).waitFor();
    await entry(second, there).click();
    await shows(second, ['old', 'one', 'two']);
    await entry(first, there).locator('.badge').waitFor({ state: 'detached' });
    // It is the server that knows.
    await post(there, 'three');
    await entry(first, there).locator('.badge', { hasText: '1' }).waitFor();
    await until(
      async () => {
        const cookie = (await laptop.context.cookies()).map(({ name, value }) => `${name}=${value}`).join('; ');
        const { rooms } = await (await fetch(`${server.url}/api/v1/me/rooms`, { headers: { cookie } })).json();
        const unread = rooms.find((one) => one.room === there)?.unread;
        return unread === (await entry(second, there).locator('.badge').count());
      },
      5000, 'the server to count as the pages do');
  });

  test('shows a new line in the room on the page while nobody looks', async () => {
    const name = newRoom();
    const page = await enter(name);
    await post(name, 'seen');
    await shows(page, ['seen']);
    const other = await page.context().newPage();
    await page.evaluate(() => {
      document.hasFocus = () => false;
      window.dispatchEvent(new Event('blur'));
    });
    await post(name, 'unseen');
    await page.locator('.new-line').waitFor();
    assert.match(await page.title(), /^\(1\)/);
    assert.match(await page.locator('li:has(.new-line)').innerText(), /unseen/);
    await page.evaluate(() => {
      document.hasFocus = () => true;
      window.dispatchEvent(new Event('focus'));
    });
    await until(async () => !/^\(/.test(await page.title()), 5000, 'no count in the title');
    await line(page, 'unseen').waitFor();
    await other.close();
  });
});
