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
    const { room, pages: [alan, barbara, edsger] } = await people('Alan', 'Barbara', 'Edsger');
    await makePrivate(alan, 'Tea party', 'Barbara');
    await alan.click('#about');
    await alan.locator('.members h3', { hasText: '2 members' }).waitFor();
    await alan.click('#add-member');
    await alan.locator('.picker button', { hasText: 'Edsger' }).click();
    await alan.locator('.members h3', { hasText: '3 members' }).waitFor();
    await inSidebar(edsger, 'Tea party').locator('a').click();
    await header(edsger, 'Tea party');
    await write(edsger, 'thank you');
    await line(alan, 'thank you').waitFor();

    await alan.locator('.members li', { hasText: 'Edsger' }).locator('button', { hasText: 'Remove' }).click();
    await alan.locator('.confirm .button.danger').click();
    await edsger.locator('#notice', { hasText: 'Tea party' }).waitFor({ timeout: 8000 });
    await inSidebar(edsger, 'Tea party').waitFor({ state: 'detached' });
    await until(async () => (await edsger.getByText('thank you').count()) === 0, 5000, 'nothing of it on the page');
    // And the rooms that are left go on.
    await edsger.goto(roomAddress(room));
    await ready(edsger);
    await write(barbara, 'hello again');
    await line(edsger, 'hello again').waitFor();

    await inSidebar(barbara, 'Tea party').locator('a').click();
    await header(barbara, 'Tea party');
    await barbara.click('#about');
    await barbara.click('#leave');
    await barbara.locator('.confirm .button.danger').click();
    await inSidebar(barbara, 'Tea party').waitFor({ state: 'detached' });
    await barbara.locator('#room', { hasText: 'Tea party' }).waitFor({ state: 'detached' });
    await alan.keyboard.press('Escape');
    await alan.click('#about');
    await alan.locator('.members h3', { hasText: '1 member' }).waitFor();
  });
});

describe('a room of two', () => {
  test('begins at a name, and is where both find it again', async () => {
    const { pages: [emmy, sofia] } = await people('Emmy', 'Sofia');
    await write(sofia, 'good morning');
    await line(emmy, 'good morning').waitFor();
    await emmy.locator('#messages .by b', { hasText: 'Sofia' }).click();
    await emmy.locator('button', { hasText: 'Write privately' }).click();
    await header(emmy, 'Sofia');
    await write(emmy, 'just between us');
    await line(emmy, 'just between us').waitFor();
    await inSidebar(sofia, 'Emmy').locator('.badge').waitFor();
    await inSidebar(sofia, 'Emmy').locator('a').click();
    await line(sofia, 'just between us').waitFor();

    // By the list of people, by the keyboard: the same one.
    const address = emmy.url();
    await emmy.locator('#rooms a', { hasText: 'everyone' }).click();
    await header(emmy, 'everyone');
    await emmy.click('#find-person');
    await emmy.keyboard.type('sof');
    await emmy.locator('#choices li', { hasText: 'Sofia' }).waitFor();
    await emmy.keyboard.press('Enter');
    await line(emmy, 'just between us').waitFor();
    assert.equal(emmy.url(), address);
    // Nobody leaves it, nor takes in others.
    await emmy.click('#about');
    await emmy.locator('dialog', { hasText: 'Only you and Sofia' }).waitFor();
    assert.equal(await emmy.locator('#leave, .members').count(), 0);
  });

  test('notifies of every message', async () => {
    const { pages: [lise, marie] } = await people('Lise', 'Marie');
    await marie.evaluate(() => {
      globalThis.shown = [];
      globalThis.Notification = Object.assign(function Told(title) {
        shown.push(title);
        this.close = () => {};
      }, { permission: 'granted' });
    });
    await lise.click('#people');
    await lise.locator('button[aria-label="Write to Marie"]').click();
    await header(lise, 'Marie');
    await write(lise, 'psst');
    await until(() => marie.evaluate(() => shown.join() === 'Lise'), 5000, 'a notification');
  });
});

describe('an owner', () => {
  test('gives rooms a title and locks them, and everybody sees it at once', async () => {
    const { room, pages: [olga, max] } = await people('Olga', 'Max');
    await olga.click('#about');
    await olga.fill('#title-field', 'The news');
    await olga.press('#title-field', 'Enter');
    await header(max, 'The news');
    await inSidebar(max, 'The news').waitFor();
    assert.equal(max.url(), roomAddress(room), 'its address stays');
    await olga.click('#about');
    await olga.check('#locked');
    await max.locator('.bar .tag', { hasText: 'locked' }).waitFor();
    assert.equal(await max.getAttribute('#text', 'placeholder'), 'Only owners write here');
    assert.ok(await max.$eval('#text', (field) => field.readOnly));
    await olga.keyboard.press('Escape');
    await write(olga, 'read all about it');
    await line(max, 'read all about it').waitFor();
    await olga.click('#about');
    await olga.uncheck('#locked');
    await max.locator('#text[placeholder="Message #The news"]').waitFor();
    await write(max, 'my turn');
    await line(olga, 'my turn').waitFor();
    // Whoever is no owner is not offered it.
    await max.click('#about');
    await max.locator('#topic-field').waitFor();
    assert.equal(await max.locator('#title-field, #locked').count(), 0);
  });
});
