// For everyone: what axe-core checks on every screen, the keyboard alone, what a screen reader is told, languages
// and directions.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { sharedServer } from '../system/server.mjs';
import { until } from '../system/until.mjs';
import { contrast, findings, standards } from './axe.mjs';
import { sharedBrowser } from './browser.mjs';
import { chatAt, line, newRoom, ready, rename, shows, write } from './chat_page.mjs';

const browser = sharedBrowser();
const server = sharedServer();
const { addressOf, post, postMany, user } = chatAt(() => server.url);
const enter = async (room, options) => ready(await browser.open(addressOf(room), options));

async function furnished() {
  const room = newRoom();
  const [ada, grace, other] = [await user('Ada'), await user('Grace Hopper'), await user('Ada')];
  await ada.post(room, 'a **bold** word, `code`, https://example.org\n\n> quoted\n\n```\nblock\n```\n\n|a|b|\n|-|-|\n|1|2|\n\n- list');
  await grace.post(room, 'good morning @mason');
  await other.post(room, '/me waves');
  await other.post(room, 'another Ada');
  await ada.post(room, '/topic What we do here');
  await post(room, 'robot speaking', { sender: 'robot' });
  return room;
}

const screens = {
  'the conversation': async (page) => {
    await page.locator('#messages li', { hasText: 'bold' }).hover();
    await page.locator('.actions').waitFor();
  },
  'the switcher': async (page) => {
    await page.keyboard.press('Control+k');
    await page.locator('#choices li').first().waitFor();
  },
  'the rooms': async (page) => {
    if (await page.locator('#menu').isVisible()) await page.click('#menu');
    await page.locator('#rooms a.current').waitFor();
  },
  'the keys': async (page) => {
    await page.evaluate(() => document.activeElement.blur());
    await page.keyboard.press('?');
    await page.locator('dialog').waitFor();
  },
  'the settings': async (page) => {
    if (await page.locator('#menu').isVisible()) await page.click('#menu');
    await page.click('#me');
    await page.locator('.sessions li').waitFor();
  },
  'about the room': async (page) => {
    await page.click('#about');
    await page.locator('dialog').waitFor();
  },
  'the people': async (page) => {
    await page.click('#people');
    await page.locator('.people li').first().waitFor();
  },
  'somebody': async (page) => {
    await page.locator('#messages .by b', { hasText: 'Grace' }).click();
    await page.locator('.who .button').first().waitFor();
  },
  'a new private room': async (page) => {
    await page.keyboard.press('Control+k');
    await page.locator('#choices li', { hasText: 'New private room' }).click();
    await page.locator('.picker li').first().waitFor();
  },
  'the emojis': async (page) => {
    await page.click('#emoji');
    await page.locator('#emoji-panel .grid button').first().waitFor();
  },
  'suggestions': async (page) => {
    await page.locator('#text').pressSequentially('/');
    await page.locator('#completion').waitFor();
  },
  'waiting and refused messages': async (page) => {
    await page.route('**/messages', (route) =>
      route.request().postData()?.includes('bad')
        ? route.fulfill({ status: 422, json: { detail: 'It is refused.' } })
        : route.abort('connectionrefused'));
    await write(page, 'bad');
    await page.locator('.unsent').waitFor();
    await write(page, 'waits');
    await page.locator('[data-state=waiting]').waitFor();
  },
  'an empty room': async (page) => {
    await write(page, `/join ${newRoom()}`);
    await page.locator('#empty').waitFor();
  },
};

// Back to the conversation.
async function leave(page) {
  await page.keyboard.press('Escape');
  await page.locator(':is(dialog, #emoji-panel, #completion)').waitFor({ state: 'detached' });
  await page.fill('#text', '');
}

describe('axe-core finds nothing', () => {
  const phone = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };
  for (const colorScheme of ['light', 'dark']) {
    for (const [device, options] of Object.entries({ desktop: {}, phone })) {
      test(`on a ${device} in ${colorScheme} colours, on every screen`, async () => {
        const room = await furnished();
        const page = await enter(room, { ...options, colorScheme, reducedMotion: 'reduce' });
        await rename(page, 'mason');
        const found = [];
        // Of two sets of colours only the colours differ.
        const rules = colorScheme === 'light' ? standards : contrast;
        for (const [name, show] of Object.entries(screens)) {
          await show(page);
          for (const finding of await findings(page, rules)) found.push(`${name}: ${finding}`);
          await leave(page);
        }
        assert.deepEqual(found, []);
      });
    }
  }
});

describe('the keyboard alone', () => {
  test('opens, writes, walks through messages, copies, chooses and goes on', async () => {
    const [first, second] = [newRoom(), newRoom()];
    await postMany(first, 5, (i) => `message ${i}`);
    const page = await enter(first);
    const focused = () => page.evaluate(() => document.activeElement.id || document.activeElement.dataset.action || document.activeElement.className);
    await shows(page, Array.from({ length: 5 }, (_, i) => `message ${i}`));
    assert.equal(await focused(), 'text');
    await page.keyboard.type('by hand');
    await page.keyboard.press('Enter');
    await line(page, 'by hand').waitFor();

    // Back from the field to the newest message, and up.
    await until(async () => {
      await page.keyboard.press('Shift+Tab');
      return /message/.test(await focused());
    }, 5000, 'the focus on a message');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('ArrowUp');
    assert.match(await page.evaluate(() => document.activeElement.innerText), /message 3/);
    await page.keyboard.press('Home');
    assert.match(await page.evaluate(() => document.activeElement.innerText), /message 0/);
    await page.keyboard.press('Tab');
    assert.equal(await focused(), 'quote');
    await page.keyboard.press('Enter');
    assert.equal(await page.inputValue('#text'), '> message 0\n\n');
    assert.equal(await focused(), 'text');

    await page.keyboard.press('Control+k');
    await page.keyboard.type(second);
    await page.keyboard.press('Enter');
    await page.locator('#room', { hasText: second }).waitFor();
    assert.equal(await focused(), 'text');
    await page.keyboard.press('Alt+ArrowUp');
    await page.locator('#room', { hasText: first }).waitFor();
    await page.locator('#people').focus();
    await page.keyboard.press('?');
    await page.locator('dialog', { hasText: 'Keyboard' }).waitFor();
    await page.keyboard.press('Escape');
    await page.locator('dialog').waitFor({ state: 'detached' });
    assert.equal(await focused(), 'people', 'the focus is where it was');
  });

  test('reaches every control, and each shows that it has the focus', async () => {
    const room = await furnished();
    const page = await enter(room);
    await page.evaluate(() => document.activeElement.blur());
    const reached = new Set();
    const unseen = [];
    for (let i = 0; i < 60; i++) {
      await page.keyboard.press('Tab');
      const [name, seen] = await page.evaluate(() => {
        const it = document.activeElement;
        const { outlineStyle, boxShadow } = getComputedStyle(it);
        const field = it.closest('.field') && getComputedStyle(it.closest('.field')).boxShadow;
        const mark = it.id || it.getAttribute('aria-label') || it.innerText?.slice(0, 30);
        return [mark, it === document.body || outlineStyle !== 'none' || boxShadow !== 'none' || (field && field !== 'none')];
      });
      reached.add(name);
      if (!seen) unseen.push(name);
    }
    assert.deepEqual(unseen, []);
    for (const control of ['text', 'emoji', 'send', 'people', 'about', 'me', 'open-room', 'scroll', 'Quote', 'Copy text', 'Copy link']) {
      assert.ok(reached.has(control), `${control} among ${[...reached]}`);
    }
  });
});

describe('a screen reader', () => {
  test('is not read the history, hears one message, and of many only how many', async () => {
    const room = newRoom();
    await postMany(room, 100, (i) => `old ${i}`);
    const page = await enter(room);
    const said = () => page.textContent('#announcer');
    await line(page, 'old 99').waitFor();
    await page.$eval('#scroll', (it) => (it.scrollTop = 0));
    await page.locator('.beginning').waitFor();
    assert.equal(await said(), '');
    assert.equal(await page.getAttribute('#scroll', 'aria-live'), 'off');
    assert.equal(await page.getAttribute('#scroll', 'role'), 'log');
    await post(room, 'just one', { sender: 'Ada' });
    await until(async () => (await said()) === 'Ada: just one', 5000, 'the message');
    await Promise.all(Array.from({ length: 8 }, (_, i) => post(room, `burst ${i}`, { sender: i % 2 ? 'Ada' : 'mason' })));
    await until(async () => /^8 new messages from (Ada, mason|mason, Ada)$/.test(await said()), 5000, 'a summary');
  });
});

describe('languages', () => {
  test('the browser’s is taken, another can be chosen, and both catalogues are whole', async () => {
    const room = newRoom();
    await post(room, 'hallo');
    const page = await enter(room, { locale: 'de-DE' });
    await page.locator('#messages .day', { hasText: 'Heute' }).waitFor();
    assert.equal(await page.getAttribute('html', 'lang'), 'de');
    assert.match(await page.getAttribute('#text', 'placeholder'), /^Nachricht an #/);
    await page.click('#me');
    await page.locator('.choices label', { hasText: 'English' }).click();
    await page.locator('h2', { hasText: 'You' }).waitFor();
    await page.reload();
    await ready(page);
    await page.locator('#messages .day', { hasText: 'Today' }).waitFor();
    assert.equal(await page.getAttribute('html', 'lang'), 'en');
  });

  test('written from right to left turn the page', async () => {
    const room = await furnished();
    await post(room, 'بوكر طوف: شالوم', { sender: 'נועה' });
    for (const viewport of [{ width: 1280, height: 800 }, { width: 390, height: 844 }]) {
      const page = await enter(room, { viewport });
      await page.evaluate(() => (document.documentElement.dir = 'rtl'));
      const places = await page.evaluate(() => {
        const box = (selector) => document.querySelector(selector).getBoundingClientRect();
        return {
          wide: ['html', 'main', '#scroll', '#composer'].filter((name) => {
            const it = document.querySelector(name);
            return it.scrollWidth > it.clientWidth + 1;
          }),
          avatar: box('#messages .avatar').left - box('#messages .text').right,
          send: box('#text').left - box('#send').right,
          about: box('#room').left - box('#about').right,
        };
      });
      assert.deepEqual(places.wide, []);
      for (const name of ['avatar', 'send', 'about']) assert.ok(places[name] >= -1, `${name}: ${places[name]}`);
      if (viewport.width > 700) {
        assert.ok(await page.$eval('#drawer', (it) => it.getBoundingClientRect().left > innerWidth / 2));
      } else {
        await page.click('#menu');
        await until(() => page.$eval('#drawer', (it) => Math.abs(it.getBoundingClientRect().right - innerWidth) < 1), 5000, 'the drawer at its side');
      }
    }
  });
});
