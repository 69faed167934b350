// How soon the page is usable on a cheap phone: Chromium at a quarter of this machine's speed, over 1.6 Mbit/s. Fails
// above a second.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { sharedBrowser } from '../tests/browser/browser.mjs';
import { chatAt, newRoom } from '../tests/browser/chat_page.mjs';
import { sharedServer } from '../tests/system/server.mjs';

const browser = sharedBrowser();
const server = sharedServer();
const { addressOf, postMany } = chatAt(() => server.url);

const phone = { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true };
const usableWithin = 1000; // ms
const network = { offline: false, latency: 40, downloadThroughput: 1.6e6 / 8, uploadThroughput: 750e3 / 8 };

async function load(room) {
  const person = await browser.person(phone);
  const page = await person.open('about:blank', async (opening) => {
    const control = await person.context.newCDPSession(opening);
    await control.send('Network.enable');
    await control.send('Network.emulateNetworkConditions', network);
    await control.send('Emulation.setCPUThrottlingRate', { rate: 4 });
  });
  await page.goto(addressOf(room), { waitUntil: 'commit' });
  await page.locator('#messages li').nth(60).waitFor();
  await page.fill('#text', 'it takes letters');
  const times = await page.evaluate(() => ({
    field: performance.getEntriesByName('field')[0].startTime,
    history: performance.getEntriesByType('resource').find(({ name }) => /\/messages\?/.test(name)).responseEnd,
  }));
  await person.context.close();
  return times;
}

test('usable within a second on a slow phone', async () => {
  const room = newRoom();
  await postMany(room, 80, (i) => `message ${i}`);
  // The best of three: what else runs on this machine is no property of the page.
  const times = [];
  for (let i = 0; i < 3; i++) times.push(await load(room));
  const best = times.sort((a, b) => a.field - b.field)[0];
  console.log(`usable after ${Math.round(best.field)} ms, history there after ${Math.round(best.history)} ms`);
  assert.ok(best.field <= usableWithin, JSON.stringify(times));
});
