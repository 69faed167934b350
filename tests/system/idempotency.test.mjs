// Idempotency-Key: what is sent again is not said again.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { eventsPath, freshRoom, history, messagesPath, postJson } from './chat.mjs';
import { sharedServer, startServer, tempDir } from './server.mjs';
import { withStream } from './sse.mjs';

describe('Idempotency-Key', { concurrency: true }, () => {
  const send = (server, room, key, text = 'once') =>
    postJson(server, messagesPath(room), { sender: 'm', text }, { 'Idempotency-Key': key });

  test('three times is one message, also over a restart and a kill', async () => {
    const args = ['--data', tempDir()];
    const results = [];
    for (const end of ['none', 'kill', 'stop']) {
      const server = await startServer({ args });
      try {
        for (let i = 0; i < 3; ++i) results.push(await send(server, 'den', 'the key'));
        assert.equal((await history(server, 'den')).length, 1, 'expected one message');
        assert.equal(
          (await send(server, 'den', 'the key', 'other')).status,
          422,
          'expected 422 for other content',
        );
        assert.equal((await history(server, 'den')).length, 1, 'expected one message still');
      } finally {
        await server[end === 'kill' ? 'kill' : 'stop']();
      }
    }
    assert.deepEqual(
      results.map(({ status }) => status),
      [201, ...Array(8).fill(200)],
    );
    const first = results[0].json();
    for (const result of results)
      assert.deepEqual(result.json(), first, 'expected the first message every time');
  });

  describe('on one server', { concurrency: true }, () => {
    const server = sharedServer();

    test('twenty at the same time are one message', async () => {
      const room = freshRoom();
      const results = await Promise.all([...Array(20)].map(() => send(server, room, 'k')));
      assert.equal(results.filter(({ status }) => status === 201).length, 1, 'expected one 201');
      assert.equal(results.filter(({ status }) => status === 200).length, 19, 'expected 200 for the others');
      assert.equal(new Set(results.map((result) => result.json().id)).size, 1, 'expected one id');
      assert.equal((await history(server, room)).length, 1);
    });

    test('a subscriber sees it once', async () => {
      const room = freshRoom();
      await withStream(server, eventsPath([room]), {}, async (stream) => {
        for (let i = 0; i < 3; ++i) await send(server, room, 'k');
        await send(server, room, 'k2', 'next');
        await stream.event('message', { n: 2 });
        assert.deepEqual(
          stream.messages.map(({ text }) => text),
          ['once', 'next'],
        );
      });
    });

    test('a key belongs to its room, and has a length', async () => {
      const [a, b] = [freshRoom(), freshRoom()];
      assert.equal((await send(server, a, 'k')).status, 201);
      assert.equal((await send(server, b, 'k')).status, 201);
      assert.equal((await send(server, a, 'k'.repeat(255))).status, 201);
      const long = await send(server, a, 'k'.repeat(256));
      assert.ok([400, 422].includes(long.status), `expected 400 or 422, got ${long.status}`);
    });
  });
});
