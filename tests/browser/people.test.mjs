// People to each other: names, who is here, who is writing, who is meant, and who is not who they say.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { sharedServer } from '../system/server.mjs';
import { until } from '../system/until.mjs';
import { sharedBrowser } from './browser.mjs';
import { chatAt, line, nameOf, newRoom, ready, rename, shows, write } from './chat_page.mjs';

const browser = sharedBrowser();
const server = sharedServer();
const { addressOf, post, user } = chatAt(() => server.url);
const enter = async (room, options) => ready(await browser.open(addressOf(room), options));

// Two people in a room, each with a page and a name.
async function two(room) {
  const pages = [await enter(room), await enter(room)];
  await rename(pages[0], 'Ada');
  await rename(pages[1], 'mason');
  return pages;
}

describe('a name', () => {
  test('is suggested, can be changed, and is kept', async () => {
    const room = newRoom();
    const page = await enter(room);
    const suggested = await nameOf(page);
    assert.match(suggested, /\S{3,}/);
    assert.match(await page.locator('.welcome').innerText(), new RegExp(suggested));
    await page.reload();
    await ready(page);
    assert.equal(await nameOf(page), suggested);
    await page.locator('.welcome button').click();
    await page.fill('#name', 'Grace');
    await page.press('#name', 'Enter');
    await page.locator('#name-state', { hasText: 'Saved' }).waitFor();
    await page.keyboard.press('Escape');
    await page.reload();
    await ready(page);
    assert.equal(await nameOf(page), 'Grace');
    assert.equal(await page.locator('.welcome').count(), 0);
    await write(page, 'it is me');
    await line(page, 'it is me').waitFor();
    assert.equal(await page.textContent('#messages .by b'), 'Grace');
  });

  test('that changes is told to the others, and who is here with it', async () => {
    const [ada, mason] = await two(newRoom());
    await ada.locator('#people', { hasText: '2' }).waitFor();
    await rename(mason, 'Mason Dixon');
    await ada.locator('#strip', { hasText: 'mason is now Mason Dixon' }).waitFor();
    await ada.click('#people');
    await until(
      async () => (await ada.locator('.people .name').allInnerTexts()).sort().join() === 'Ada,Mason Dixon',
      5000, 'both by their names');
  });

  test('that the server refuses is not taken, and says why', async () => {
    const page = await enter(newRoom());
    const before = await nameOf(page);
    await page.click('#me');
    await page.fill('#name', 'x'.repeat(500));
    await page.press('#name', 'Enter');
    await page.locator('#name-state.error', { hasText: /\d/ }).waitFor();
    assert.equal(await nameOf(page), before);
  });

  test('that two have does not make them one, and a name without a user is marked', async () => {
    const room = newRoom();
    const page = await enter(room);
    const [one, other] = [await user('Ada'), await user('Ada')];
    await one.post(room, 'from one');
    await other.post(room, 'from the other');
    await post(room, 'from nobody', { sender: 'Ada' });
    await shows(page, ['from one', 'from the other', 'from nobody']);
    const rows = page.locator('#messages li');
    const tags = await page.locator('#messages .tag').allInnerTexts();
    assert.deepEqual(tags, [one.id.slice(0, 4), other.id.slice(0, 4), 'unverified']);
    // None of them joins the group of another.
    assert.equal(await page.locator('#messages .first').count(), 3);
    assert.ok(await rows.nth(2).locator('.avatar.anyone').isVisible());
  });
});

describe('who is here', () => {
  test('is counted, and who comes and goes is said', async () => {
    const room = newRoom();
    const ada = await enter(room);
    await rename(ada, 'Ada');
    await ada.locator('#people', { hasText: '1' }).waitFor();
    const masons = await browser.person();
    const mason = await ready(await masons.open(addressOf(room)));
    await ada.locator('#people', { hasText: '2' }).waitFor();
    await mason.locator('#people', { hasText: '2' }).waitFor();
    // A second tab is not a second person.
    const tab = await ready(await masons.open(addressOf(room)));
    await tab.locator('#people', { hasText: '2' }).waitFor();
    await masons.context.close();
    await ada.locator('#people', { hasText: '1' }).waitFor({ timeout: 30_000 });
    await ada.locator('#strip', { hasText: 'left' }).waitFor();
  });
});

describe('typing', () => {
  test('is seen by the others, and ends with the message or after a while', async () => {
    const room = newRoom();
    const [ada, mason] = await two(room);
    await mason.locator('#text').pressSequentially('hel');
    await ada.locator('#strip', { hasText: 'mason is typing…' }).waitFor();
    assert.equal(await mason.locator('#strip.typing').count(), 0);
    await mason.press('#text', 'Enter');
    await shows(ada, ['hel']);
    await ada.locator('#strip.typing').waitFor({ state: 'detached', timeout: 2000 });
    await mason.locator('#text').pressSequentially('again');
    await ada.locator('#strip.typing').waitFor();
    await ada.locator('#strip.typing').waitFor({ state: 'detached', timeout: 9000 });
  });
});

describe('whoever is meant', () => {
  test('sees it marked, and by a name completed with the keyboard', async () => {
    const room = newRoom();
    const [ada, mason] = await two(room);
    await ada.locator('#people', { hasText: '2' }).waitFor();
    await ada.locator('#text').pressSequentially('good morning @mas');
    await ada.locator('#completion [aria-selected=true]', { hasText: 'mason' }).waitFor();
    await ada.keyboard.press('Tab');
    assert.equal(await ada.inputValue('#text'), 'good morning @mason ');
    await ada.keyboard.press('Enter');
    await mason.locator('.message.for-me .mention.me', { hasText: '@mason' }).waitFor();
    await ada.locator('.mention', { hasText: '@mason' }).waitFor();
    assert.equal(await ada.locator('.mention.me').count(), 0);
  });

  test('is notified in rooms nobody looks at, as each room is set', async () => {
    const [here, there] = [newRoom(), newRoom()];
    const masons = await browser.person({ permissions: ['notifications'] });
    const prepare = (page) =>
      page.addInitScript(() => {
        window.notified = [];
        window.Notification = class {
          static permission = 'granted';
          constructor(title, { body }) {
            window.notified.push(`${title}: ${body}`);
          }
          close() {}
        };
      });
    const mason = await ready(await masons.open(addressOf(there), prepare));
    await rename(mason, 'mason');
    await write(mason, `/join ${here}`);
    await mason.locator('#room', { hasText: here }).waitFor();
    const ada = await user('Ada');
    const notified = () => mason.evaluate(() => window.notified);
    const badge = mason.locator('#rooms a', { hasText: there }).locator('.badge');

    await ada.post(there, 'nothing special');
    await ada.post(there, 'but @mason look');
    await badge.filter({ hasText: '@2' }).waitFor();
    await until(async () => (await notified()).length === 1, 5000, 'one notification');
    assert.deepEqual(await notified(), [`Ada · #${there}: but @mason look`]);

    const choose = async (what) => {
      await mason.locator('#rooms a', { hasText: there }).click();
      await mason.click('#about');
      await mason.locator('.choices label', { hasText: what }).click();
      await mason.keyboard.press('Escape');
      await mason.locator('#rooms a', { hasText: here }).click();
      await mason.locator('#room', { hasText: here }).waitFor();
    };
    await choose('Everything');
    await ada.post(there, 'anything');
    await until(async () => (await notified()).length === 2, 5000, 'a second notification');
    await choose('Nothing');
    await ada.post(there, 'quiet @mason');
    await badge.filter({ hasText: '@1' }).waitFor();
    // A later one for the room on the page, which is being looked at, tells none either.
    await ada.post(here, 'in sight @mason');
    await line(mason, 'in sight').waitFor();
    assert.deepEqual((await notified()).slice(1), [`Ada · #${there}: anything`]);
    assert.doesNotMatch(await mason.title(), /\(\d/);
  });

  test('notifies as a room was set last, whatever the server was asked before', async () => {
    const room = newRoom();
    const page = await enter(room);
    const isRead = new RegExp(`${room}/read$`);
    let answer;
    const late = new Promise((resolve) => (answer = resolve));
    const asked = new Promise((resolve) => {
      page.route(isRead, async (route) => {
        const response = await route.fetch();
        resolve();
        await late;
        await route.fulfill({ response });
      });
    });
    await post(room, 'to be read');
    await asked;
    await page.click('#about');
    const set = page.waitForResponse((response) => response.request().method() === 'PUT' && response.url().endsWith(room));
    await page.locator('.choices label', { hasText: 'Nothing' }).click();
    await set;
    const silent = page.locator('#rooms a.silent', { hasText: room });
    await silent.waitFor();
    const told = page.waitForResponse(isRead);
    answer();
    await (await told).finished();
    await page.evaluate(() => new Promise((done) => setTimeout(() => requestAnimationFrame(done), 0)));
    assert.equal(await silent.count(), 1);
  });
});

describe('commands', () => {
  test('/me and /topic are said by the server, unknown ones are text', async () => {
    const room = newRoom();
    const [ada, mason] = await two(room);
    await write(ada, '/me waves');
    await mason.locator('.event.action', { hasText: 'Ada waves' }).waitFor();
    await write(ada, '/topic Tea & biscuits');
    for (const page of [ada, mason]) {
      await page.locator('#topic', { hasText: 'Tea & biscuits' }).waitFor();
      await page.locator('.event.topic', { hasText: 'Ada set the topic: Tea & biscuits' }).waitFor();
    }
    await write(ada, '/shrug');
    await line(mason, '/shrug').waitFor();
    await ada.click('#about');
    await ada.fill('#topic-field', 'Cake');
    await ada.press('#topic-field', 'Enter');
    await mason.locator('#topic', { hasText: 'Cake' }).waitFor();
  });

  test('are offered after a slash, emojis after a colon, and the list of emojis by a button', async () => {
    const room = newRoom();
    const page = await enter(room);
    await page.locator('#text').pressSequentially('/to');
    await page.locator('#completion', { hasText: '/topic' }).waitFor();
    await page.keyboard.press('Escape');
    await page.fill('#text', '');
    await page.locator('#text').pressSequentially('well :tad');
    await page.locator('#completion [aria-selected=true]', { hasText: '🎉' }).waitFor();
    await page.keyboard.press('Enter');
    assert.equal(await page.inputValue('#text'), 'well 🎉 ');
    await page.locator('#text').pressSequentially(':+1:');
    await until(async () => /👍/u.test(await page.inputValue('#text')), 5000, 'the emoji of a whole name');
    await page.click('#emoji');
    await page.locator('#emoji-panel .grid button').first().waitFor();
    await page.keyboard.type('rocket');
    await page.locator('#emoji-panel .grid button[title=":rocket:"]').waitFor();
    await page.keyboard.press('Enter');
    assert.match(await page.inputValue('#text'), /^well 🎉 👍\ufe0f?🚀$/u);
    await page.keyboard.press('Enter');
    await line(page, '🚀').waitFor();
  });

  test('the up arrow brings the last message back', async () => {
    const page = await enter(newRoom());
    await write(page, 'say it agian');
    await line(page, 'agian').waitFor();
    await page.press('#text', 'ArrowUp');
    assert.equal(await page.inputValue('#text'), 'say it agian');
  });
});

describe('signing out', () => {
  test('elsewhere sends nothing under another name before the writer has agreed', async () => {
    const room = newRoom();
    const person = await browser.person();
    const page = await ready(await person.open(addressOf(room)));
    await rename(page, 'Ada');
    const cookie = (await person.context.cookies()).map(({ name, value }) => `${name}=${value}`).join('; ');
    const ended = await fetch(`${server.url}/api/v1/me/sessions/current`, { method: 'DELETE', headers: { cookie } });
    assert.equal(ended.status, 204);
    await write(page, 'who am I?');
    await page.locator('.unsent', { hasText: 'You were signed out' }).waitFor();
    assert.notEqual(await nameOf(page), 'Ada');
    await page.locator('.unsent button', { hasText: 'Try again' }).click();
    await shows(page, ['who am I?']);
    assert.equal(await page.textContent('#messages .by b'), await nameOf(page));
  });

  test('makes this browser somebody new, in all its tabs', async () => {
    const room = newRoom();
    const person = await browser.person();
    const [page, tab] = [await ready(await person.open(addressOf(room))), await ready(await person.open(addressOf(room)))];
    await rename(page, 'Ada');
    await tab.locator('#me .name', { hasText: 'Ada' }).waitFor();
    await page.click('#me');
    await page.locator('.sessions button').click();
    for (const one of [page, tab]) {
      await one.locator('#me .name', { hasNotText: /Ada|…/ }).waitFor();
      await ready(one);
    }
    assert.equal(await nameOf(page), await nameOf(tab));
  });
});
