// Rooms for some alone, rooms of two, and what owners make of rooms.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { run, sharedServer, tempDir } from '../system/server.mjs';
import { until } from '../system/until.mjs';
import { sharedBrowser } from './browser.mjs';
import { line, newRoom, ready, rename, write } from './chat_page.mjs';
import { closedServer } from './door_page.mjs';

const browser = sharedBrowser();
const { server, joinLink, ownerLink, enter, roomAddress } = closedServer(sharedServer, run, tempDir);

// People of the server, each with a page, all in one room.
async function people(...names) {
  const room = newRoom();
  const link = await joinLink();
  const pages = [];
  for (const name of names) {
    const page = await enter(await browser.person(), name === 'Olga' ? await ownerLink() : link, room);
    await rename(page, name);
    pages.push(page);
  }
  for (const page of pages) await page.locator('#people', { hasText: String(names.length) }).waitFor();
  return { room, pages };
}

const inSidebar = (page, text) => page.locator('#drawer nav li', { hasText: text });
const header = (page, text) => page.locator('#room', { hasText: text }).waitFor();

async function makePrivate(page, title, ...names) {
  await page.keyboard.press('Control+k');
  await page.fill('#room-name', title);
  await page.locator('#choices li', { hasText: 'New private room' }).click();
  assert.equal(await page.inputValue('#private-title'), title);
  for (const name of names) await page.locator('.private .entry', { hasText: name }).locator('input').check();
  await page.locator('button', { hasText: 'Create the room' }).click();
  await header(page, title);
  await page.locator('dialog').waitFor({ state: 'detached' });
}

describe('a private room', () => {
  test('is made with some, is called by its title everywhere, and is nothing to the others', async () => {
    const { pages: [ada, grace, other] } = await people('Ada', 'Grace', 'Kurt');
    await makePrivate(ada, 'Secret plans', 'Grace');
    assert.equal(await ada.getAttribute('#text', 'placeholder'), 'Message Secret plans');
    assert.match(await ada.title(), /^Secret plans · tinychat$/);
    assert.match(new URL(ada.url()).pathname, /^\/r\/~[\w-]{22}$/);
    assert.ok(await inSidebar(ada, 'Secret plans').locator('svg').isVisible(), 'a lock');
    await write(ada, 'only for us');
    await line(ada, 'only for us').waitFor();
    await inSidebar(grace, 'Secret plans').locator('.badge', { hasText: '1' }).waitFor();
    await inSidebar(grace, 'Secret plans').locator('a').click();
    await line(grace, 'only for us').waitFor();

    assert.equal(await inSidebar(other, 'Secret').count(), 0);
    await other.goto(ada.url());
    await other.locator('#empty.error', { hasText: 'no such room' }).waitFor();
    await ready(other).catch(() => undefined);
    assert.equal(await other.getByText('only for us').count(), 0);
    assert.equal(await other.getByText('Secret plans').count(), 0);
    // Its own rooms go on.
    await until(() => other.$eval('#status', (status) => status.dataset.state === 'live'), 8000, 'the stream of the other rooms');
  });

  test('takes in more people, and whoever leaves or is sent away sees nothing more of it', async () => {
    const { room, pages: [ada, grace, kurt] } = await people('Ada', 'Grace', 'Kurt');
    await makePrivate(ada, 'Tea party', 'Grace');
    await ada.click('#about');
    await ada.locator('.members h3', { hasText: '2 members' }).waitFor();
    await ada.click('#add-member');
    await ada.locator('.picker button', { hasText: 'Kurt' }).click();
    await ada.locator('.members h3', { hasText: '3 members' }).waitFor();
    await inSidebar(kurt, 'Tea party').locator('a').click();
    await header(kurt, 'Tea party');
    await write(kurt, 'thank you');
    await line(ada, 'thank you').waitFor();

    await ada.locator('.members li', { hasText: 'Kurt' }).locator('button', { hasText: 'Remove' }).click();
    await ada.locator('.confirm .button.danger').click();
    await kurt.locator('#notice', { hasText: 'Tea party' }).waitFor({ timeout: 8000 });
    await inSidebar(kurt, 'Tea party').waitFor({ state: 'detached' });
    await until(async () => (await kurt.getByText('thank you').count()) === 0, 5000, 'nothing of it on the page');
    // And the rooms that are left go on.
    await kurt.goto(roomAddress(room));
    await ready(kurt);
    await write(grace, 'hello again');
    await line(kurt, 'hello again').waitFor();

    await inSidebar(grace, 'Tea party').locator('a').click();
    await header(grace, 'Tea party');
    await grace.click('#about');
    await grace.click('#leave');
    await grace.locator('.confirm .button.danger').click();
    await inSidebar(grace, 'Tea party').waitFor({ state: 'detached' });
    await grace.locator('#room', { hasText: 'Tea party' }).waitFor({ state: 'detached' });
    await ada.keyboard.press('Escape');
    await ada.click('#about');
    await ada.locator('.members h3', { hasText: '1 member' }).waitFor();
  });
});

describe('a room of two', () => {
  test('begins at a name, and is where both find it again', async () => {
    const { pages: [ada, grace] } = await people('Ada', 'Grace');
    await write(grace, 'good morning');
    await line(ada, 'good morning').waitFor();
    await ada.locator('#messages .by b', { hasText: 'Grace' }).click();
    await ada.locator('button', { hasText: 'Write privately' }).click();
    await header(ada, 'Grace');
    await write(ada, 'just between us');
    await line(ada, 'just between us').waitFor();
    await inSidebar(grace, 'Ada').locator('.badge').waitFor();
    await inSidebar(grace, 'Ada').locator('a').click();
    await line(grace, 'just between us').waitFor();

    // By the list of people, by the keyboard: the same one.
    const address = ada.url();
    await ada.locator('#rooms a', { hasText: 'everyone' }).click();
    await header(ada, 'everyone');
    await ada.click('#find-person');
    await ada.keyboard.type('gra');
    await ada.locator('#choices li', { hasText: 'Grace' }).waitFor();
    await ada.keyboard.press('Enter');
    await line(ada, 'just between us').waitFor();
    assert.equal(ada.url(), address);
    // Put away, and found again with what was said.
    await ada.click('#about');
    await ada.click('#leave');
    await inSidebar(ada, 'Grace').waitFor({ state: 'detached' });
    await ada.keyboard.press('Control+k');
    await ada.keyboard.type('grace');
    await ada.keyboard.press('Enter');
    await line(ada, 'just between us').waitFor();
  });

  test('notifies of every message', async () => {
    const { pages: [ada, grace] } = await people('Ada', 'Grace');
    await grace.evaluate(() => {
      globalThis.shown = [];
      globalThis.Notification = Object.assign(function Told(title) {
        shown.push(title);
        this.close = () => {};
      }, { permission: 'granted' });
    });
    await ada.click('#people');
    await ada.locator('button[aria-label="Write to Grace"]').click();
    await header(ada, 'Grace');
    await write(ada, 'psst');
    await until(() => grace.evaluate(() => shown.join() === 'Ada'), 5000, 'a notification');
  });
});

describe('an owner', () => {
  test('gives rooms a title and locks them, and everybody sees it at once', async () => {
    const { room, pages: [olga, ada] } = await people('Olga', 'Ada');
    await olga.click('#about');
    await olga.fill('#title-field', 'The news');
    await olga.press('#title-field', 'Enter');
    await header(ada, 'The news');
    await inSidebar(ada, 'The news').waitFor();
    assert.equal(ada.url(), roomAddress(room), 'its address stays');
    await olga.click('#about');
    await olga.check('#locked');
    await ada.locator('.bar .tag', { hasText: 'locked' }).waitFor();
    assert.equal(await ada.getAttribute('#text', 'placeholder'), 'Only owners write here');
    assert.ok(await ada.$eval('#text', (field) => field.readOnly));
    await olga.keyboard.press('Escape');
    await write(olga, 'read all about it');
    await line(ada, 'read all about it').waitFor();
    await olga.click('#about');
    await olga.uncheck('#locked');
    await ada.locator('#text[placeholder="Message #The news"]').waitFor();
    await write(ada, 'my turn');
    await line(olga, 'my turn').waitFor();
    // Whoever is no owner is not offered it.
    await ada.click('#about');
    await ada.locator('#topic-field').waitFor();
    assert.equal(await ada.locator('#title-field, #locked').count(), 0);
  });
});
