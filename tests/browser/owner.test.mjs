// What an owner does from the page: letting people and programs in, and sending them away.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { describe, test } from 'node:test';
import { promisify } from 'node:util';

import { run, sharedServer, tempDir } from '../system/server.mjs';
import { until } from '../system/until.mjs';
import { contrast, findings, standards } from './axe.mjs';
import { sharedBrowser } from './browser.mjs';
import { line, newRoom, ready, rename, write } from './chat_page.mjs';
import { closedServer } from './door_page.mjs';

const browser = sharedBrowser();
const { server, cli, joinLink, ownerLink, enter } = closedServer(sharedServer, run, tempDir);
const shell = promisify(execFile);

const newPage = async (link, room, options) => enter(await browser.person(options), link, room);
const owner = async (room, options) => newPage(await ownerLink(), room, options);

async function openServer(page, section) {
  if (await page.locator('#menu').isVisible()) await page.click('#menu');
  await page.click('#server');
  await page.getByRole('tab', { name: section }).click();
  await page.locator('#section').waitFor();
}
const entry = (page, text) => page.locator('.server .entries > li', { hasText: text });
const copied = (page, label) => page.locator(`pre[aria-label="${label}"]`).innerText();

describe('the join link', () => {
  test('is shown, and another takes its place, for as many as it is meant for', async () => {
    const page = await owner();
    await openServer(page, 'Invite');
    const link = await copied(page, 'The join link');
    assert.equal(link, await joinLink());
    await page.selectOption('#link-uses', '1');
    await page.selectOption('#link-expires', '7');
    await page.getByRole('button', { name: 'Make a new link' }).click();
    await page.getByText(/Works until .* · 1 use left/).waitFor();
    const next = await copied(page, 'The join link');
    assert.notEqual(next, link);
    const late = await browser.open(link);
    await late.click('button');
    await late.locator('h1', { hasText: 'did not work' }).waitFor();
    await newPage(next);
    const later = await browser.open(next);
    await later.click('button');
    await later.locator('h1', { hasText: 'did not work' }).waitFor();
    await page.selectOption('#link-uses', '0');
    await page.getByRole('button', { name: 'Make a new link' }).click();
    await until(async () => (await copied(page, 'The join link')) !== next, 5000, 'a link for all');
    await newPage(await copied(page, 'The join link'));
  });

  test('for another owner makes one', async () => {
    const page = await owner();
    await openServer(page, 'Invite');
    await page.getByRole('button', { name: 'Make an owner link' }).click();
    await page.getByText('it is not shown again').waitFor();
    const second = await newPage(await copied(page, 'A link for another owner'));
    await second.locator('#server').waitFor();
  });
});

describe('a token', () => {
  test('is made for a room, works as the page says, and no more once it is revoked', async () => {
    const room = newRoom();
    const page = await owner(room);
    await openServer(page, 'Programs');
    await page.getByRole('button', { name: 'New token' }).click();
    // One can type at once.
    await page.locator('#token-name:focus').waitFor();
    await page.keyboard.type('ci');
    await page.fill('#token-rooms', `#${room}, other/*`);
    await page.getByRole('button', { name: 'Make the token' }).click();
    const secret = await copied(page, 'The token of ci');
    const command = await copied(page, 'Try it in a terminal');
    assert.ok(secret.length > 30 && command.includes(secret));
    await shell('bash', ['-c', command]);
    await page.getByRole('button', { name: 'Done' }).click();
    await entry(page, 'ci').getByText(/writes · .*last used/).waitFor();
    assert.equal(await page.getByText(secret).count(), 0);
    await page.keyboard.press('Escape');
    await line(page, 'hi').waitFor();

    await openServer(page, 'Programs');
    await entry(page, 'ci').getByRole('button', { name: 'Revoke' }).click();
    await page.locator('.confirm .danger').click();
    await entry(page, 'ci').waitFor({ state: 'detached' });
    assert.match((await shell('bash', ['-c', command])).stdout, /"status":401/);
  });

  test('that cannot be says why', async () => {
    const page = await owner();
    await openServer(page, 'Programs');
    await page.getByRole('button', { name: 'New token' }).click();
    await page.keyboard.type('robot');
    await page.getByLabel('Write', { exact: true }).uncheck();
    await page.getByRole('button', { name: 'Make the token' }).click();
    await page.locator('#new-token .error', { hasText: 'A token can publish, subscribe and read' }).waitFor();
  });
});

describe('people', () => {
  test('are made owners, sent away and let in again', async () => {
    const page = await owner();
    const room = newRoom();
    const ada = await newPage(await joinLink(), room);
    await rename(ada, 'Ada');
    assert.equal(await ada.locator('#server').count(), 0, 'nothing is offered that one may not do');
    await openServer(page, 'People');
    await entry(page, 'Ada').getByRole('button', { expanded: false }).click();
    await page.getByRole('button', { name: 'Make an owner' }).click();
    await entry(page, 'Ada').locator('.tag', { hasText: 'owner' }).waitFor();
    await ada.reload();
    await ada.locator('#server').waitFor();

    await entry(page, 'Ada').getByRole('button', { expanded: false }).click();
    await page.getByRole('button', { name: 'Remove', exact: true }).click();
    await page.locator('.confirm .danger').click();
    await entry(page, 'Ada').locator('.tag', { hasText: 'removed' }).waitFor();
    await ada.locator('h1', { hasText: 'You were removed' }).waitFor({ timeout: 8000 });

    await entry(page, 'Ada').getByRole('button', { expanded: false }).click();
    await page.getByRole('button', { name: 'Let in again' }).click();
    await until(async () => (await entry(page, 'Ada').locator('.tag').count()) === 0, 5000, 'no tag');
    await ada.getByRole('button', { name: 'Look again' }).click();
    await ready(ada);
    assert.equal(await ada.locator('#server').count(), 0);
  });

  test('who were sent away lose what they wrote, if that is asked for, on every open page', async () => {
    const room = newRoom();
    const page = await owner(room);
    const reader = await newPage(await joinLink(), room);
    const bob = await newPage(await joinLink(), room);
    await rename(bob, 'Bob');
    await write(bob, 'buy my pills');
    await write(reader, 'no, thank you');
    for (const text of ['buy my pills', 'no, thank you']) await line(reader, text).waitFor();
    await openServer(page, 'People');
    await entry(page, 'Bob').getByRole('button', { expanded: false }).click();
    await page.getByRole('button', { name: 'Remove', exact: true }).click();
    await page.locator('.confirm .danger').click();
    await entry(page, 'Bob').locator('.tag', { hasText: 'removed' }).waitFor();
    await entry(page, 'Bob').getByRole('button', { expanded: false }).click();
    await page.getByRole('button', { name: 'Delete what they wrote' }).click();
    await page.locator('.confirm .danger').click();
    await page.locator('[role=status]', { hasText: '1 message deleted.' }).waitFor();
    for (const one of [reader, page]) {
      await line(one, 'buy my pills').waitFor({ state: 'detached' });
      await line(one, 'no, thank you').waitFor({ state: 'attached' });
    }
    await page.getByRole('tab', { name: 'History' }).click();
    await entry(page, 'deleted what Bob had written').waitFor();
  });
});

describe('addresses', () => {
  test('are blocked and unblocked, and one’s own is not', async () => {
    const page = await owner();
    await openServer(page, 'Blocked');
    await page.fill('#address', '203.0.113.7');
    await page.press('#address', 'Enter');
    await entry(page, '203.0.113.7').waitFor();
    assert.equal(await page.inputValue('#address'), '');
    await page.fill('#address', '127.0.0.1');
    await page.press('#address', 'Enter');
    await page.locator('.server .error', { hasText: /\w/ }).waitFor();
    await entry(page, '203.0.113.7').getByRole('button', { name: 'Unblock' }).click();
    await entry(page, '203.0.113.7').waitFor({ state: 'detached' });
  });
});

describe('the history', () => {
  test('says who did what', async () => {
    const page = await owner();
    await rename(page, 'Olga');
    await openServer(page, 'Invite');
    await page.getByRole('button', { name: 'Make a new link' }).click();
    await page.getByRole('tab', { name: 'History' }).click();
    await entry(page, 'Olga made a new join link').first().waitFor();
    await entry(page, 'the command line made an owner link').first().waitFor();
  });
});

describe('axe-core finds nothing', () => {
  const phone = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };
  for (const [device, options] of Object.entries({ desktop: {}, phone })) {
    for (const colorScheme of ['light', 'dark']) {
      test(`in what an owner sees, on a ${device} in ${colorScheme} colours`, async () => {
        const page = await owner(newRoom(), { ...options, colorScheme, reducedMotion: 'reduce' });
        await newPage(await joinLink());
        const rules = colorScheme === 'light' ? standards : contrast;
        const found = [];
        const look = async (where) => {
          for (const finding of await findings(page, rules)) found.push(`${where}: ${finding}`);
        };
        await openServer(page, 'Invite');
        await page.locator('.copyable').first().waitFor();
        await look('links');
        await page.getByRole('tab', { name: 'People' }).click();
        await page.locator('.server button.entry').first().click();
        await page.getByRole('button', { name: 'Remove', exact: true }).click();
        await look('people');
        await page.getByRole('tab', { name: 'Programs' }).click();
        await page.getByRole('button', { name: 'New token' }).click();
        await look('a new token');
        await page.fill('#token-name', `token-${device}-${colorScheme}`);
        await page.getByRole('button', { name: 'Make the token' }).click();
        await page.locator('.made').waitFor();
        await look('the token');
        await page.getByRole('button', { name: 'Done' }).click();
        await entry(page, 'token-').first().waitFor();
        await look('tokens');
        await page.getByRole('tab', { name: 'Blocked' }).click();
        await page.locator('#address').waitFor();
        await look('addresses');
        await page.getByRole('tab', { name: 'History' }).click();
        await page.locator('.server .entry').first().waitFor();
        await look('the history');
        const overflow = await page.evaluate(() => ['dialog', '.sheet', '#section'].filter((name) => {
          const it = document.querySelector(name);
          return it.scrollWidth > it.clientWidth + 1;
        }));
        assert.deepEqual(overflow, []);
        assert.deepEqual(found, []);
      });
    }
  }

  test('before the door', async () => {
    const removed = await browser.person(phone);
    const page = await enter(removed, await joinLink());
    const found = [];
    await page.evaluate(() => fetch('/api/v1/me').then((answer) => answer.json())).then(({ id }) => cli('people', 'remove', id));
    await page.locator('#door').waitFor();
    found.push(...await findings(page, standards));
    const stranger = await browser.open(server.url, phone);
    await stranger.click('summary');
    found.push(...await findings(stranger, standards));
    const invited = await browser.open(await joinLink(), { ...phone, policyHolds: true });
    found.push(...await findings(invited, standards));
    assert.deepEqual(found, []);
  });
});
