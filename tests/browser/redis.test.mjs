// The page over a log in Redis: what programs outside say, and what it shows while Redis is away.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { Redis } from '../system/redis.mjs';
import { startServer } from '../system/server.mjs';
import { sharedBrowser } from './browser.mjs';
import { chatAt, line, newRoom, ready, state, texts, write } from './chat_page.mjs';

const browser = sharedBrowser();

describe('the page over Redis', () => {
  let redis;
  let server;
  const { addressOf, post } = chatAt(() => server.url);
  before(async () => {
    redis = await Redis.start();
    server = await startServer({ args: ['--redis', redis.url] });
  });
  after(async () => {
    await server?.stop();
    await redis?.kill();
  });
  const enter = async (room) => ready(await browser.open(addressOf(room)));

  test('what is published from outside has its place between messages, in every tab once', async () => {
    const room = newRoom();
    const pages = [await enter(room), await enter(room)];
    await post(room, 'first');
    for (const page of pages) await line(page, 'first').waitFor();
    for (const text of ['outside one', 'outside two']) {
      await redis.call('PUBLISH', room, JSON.stringify({ sender: 'cron', message: text }));
    }
    for (const page of pages) await line(page, 'outside two').waitFor();
    await post(room, 'last');
    for (const page of pages) {
      await line(page, 'last').waitFor();
      assert.deepEqual(await texts(page), ['first', 'outside one', 'outside two', 'last']);
    }
  });

  test('while Redis is away the page says so, and what is written is sent when it is back', async () => {
    const room = newRoom();
    const page = await enter(room);
    await redis.kill();
    await page.locator('#status', { hasText: 'waits for its storage' }).waitFor();
    await write(page, 'written meanwhile');
    await redis.restart();
    await state(page, 'live', 20_000);
    await page.locator('#pending li').first().waitFor({ state: 'detached', timeout: 20_000 });
    await line(page, 'written meanwhile').waitFor();
    assert.deepEqual(await texts(page), ['written meanwhile']);
  });
});
