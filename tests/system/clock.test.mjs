// The system's clock is set while the server runs: an hour back, a year forward and back.
import assert from 'node:assert/strict';
import { existsSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

import { assertAscending, compareIds, eventsPath, getJson, history, messagesPath, postJson, publish } from './chat.mjs';
import { becomeGuest } from './guest.mjs';
import { engine, startServer, tempDir } from './server.mjs';
import { EventStream, until } from './sse.mjs';

// Debian's faketime has it where the linker looks for it.
const library = ['x86_64-linux-gnu', 'aarch64-linux-gnu']
  .map((name) => `/usr/lib/${name}/faketime/libfaketimeMT.so.1`)
  .find((name) => existsSync(name));
const isSanitized = /build\/(asan|tsan)\//.test(process.env.TINYCHAT_BIN ?? '');
const skip =
  (engine === 'redis' && 'ids are made by Redis, by its own clock') ||
  (!library && 'libfaketime is not installed (script/bootstrap --test does it)') ||
  (isSanitized && 'two libraries want to be loaded first, libfaketime and the sanitizer');

const hours = 3600;
const days = 24 * hours;

test('the clock goes back an hour, forward a year, and back: nothing is lost, ids grow', { skip }, async (t) => {
  const file = path.join(tempDir(), 'clock');
  const set = (seconds) => {
    writeFileSync(`${file}.next`, `${seconds >= 0 ? '+' : ''}${seconds}\n`);
    renameSync(`${file}.next`, file);
  };
  set(0);
  const env = {
    LD_PRELOAD: library,
    FAKETIME_TIMESTAMP_FILE: file,
    FAKETIME_NO_CACHE: '1',
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
    FAKETIME_DONT_RESET: '1',
  };
  const args = ['--data', tempDir(), '--retain-days', '30', '--heartbeat', '1'];
  let server = await startServer({ args, env });
  t.after(() => server.stop());
  const ada = await becomeGuest(server, 'ada');
  await ada.json('PUT', '/api/v1/me/rooms/den', {});
  const live = await EventStream.open(server, eventsPath(['den']));
  await live.hello();

  const ids = [];
  const texts = [];
  const seconds = (id) => Number(id.split('-')[0]) / 1000;
  let expected = 0;
  for (const [name, offset] of [
    ['as it is', 0],
    ['an hour back', -1 * hours],
    ['on from there', -1 * hours],
    ['a year forward', 365 * days],
    ['and back', 0],
  ]) {
    set(offset);
    const first = await publish(server, 'den', `${name} 1`, { key: name });
    assert.equal(first.id, (await repeat(server, `${name} 1`, name)).id, 'expected one message for one key');
    const { id } = await ada.publish('den', `${name} 2`);
    ids.push(first.id, id);
    texts.push(`${name} 1`, `${name} 2`);
    assertAscending(ids);
    expected = Math.max(expected, Date.now() / 1000 + offset);
    assert.ok(Math.abs(seconds(id) - expected) < 30, `expected the time ${expected} in ${id}: ${name}`);
    // Read up to there, and the session is known.
    const read = await ada.json('PUT', '/api/v1/me/rooms/den/read', { id });
    assert.deepEqual([read.readThrough ?? read.id ?? id, read.unread], [id, 0], name);
    await ada.ask('POST', '/api/v1/rooms/den/typing');
    // The stream has it, and a sign of life comes when it should.
    await live.until(() => live.messages.length === texts.length, 5000, `the messages: ${name}`);
    const beats = live.comments.length;
    await live.until(() => live.comments.length > beats, 3000, `a sign of life: ${name}`);
    // A cursor from then is as good as any.
    const again = await EventStream.open(server, eventsPath(['den']), { lastEventId: ids[0] });
    await again.until(() => again.messages.length === texts.length - 1, 5000, `what follows the first: ${name}`);
    assert.equal(again.events.filter(({ event }) => event === 'reset').length, 0);
    again.drop();
    assert.deepEqual((await history(server, 'den')).map(({ text }) => text), texts);
  }
  assert.deepEqual(live.messages.map(({ text }) => text), texts);
  live.drop();

  // Started with a clock by which all of it is too old: nothing is deleted before somebody could have noticed.
  await server.stop();
  set(3 * 365 * days);
  server = await startServer({ args, env });
  await until(() => server.stderr().includes('the clock has leapt ahead'), 5000, 'a word about it');
  assert.deepEqual((await history(server, 'den')).map(({ text }) => text), texts);
  const { id } = await publish(server, 'den', 'later');
  assert.equal(compareIds(ids.at(-1), id), -1);
  assert.equal((await ada.at(server).json('GET', '/api/v1/me')).name, 'ada');
  assert.equal((await getJson(server, '/api/v1/rooms/den')).messages, texts.length + 1);
});

async function repeat(server, text, key) {
  const response = await postJson(server, messagesPath('den'), { sender: 'mason', text }, { 'Idempotency-Key': key });
  assert.equal(response.status, 200, response.text);
  return response.json();
}
