// Too many streams, and peers that vanish.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { assertHealthy, curlStream, eventsPath, publish } from './chat.mjs';
import { descriptors, withServer } from './server.mjs';
import { EventStream, until, withStream } from './sse.mjs';
import { Connection, format } from './wire.mjs';

describe('overload', { concurrency: true }, () => {
  test('over --max-streams: 200, a long retry, and a close that means "come back"', async () => {
    await withServer({ args: ['--max-streams', '4', '--shards', '2'] }, async (server) => {
      const open = [];
      for (let i = 0; i < 4; ++i) {
        open.push(await EventStream.open(server, '/subscribe/den'));
        await open[i].hello();
      }
      const retries = new Set();
      for (const target of [
        '/subscribe/den',
        eventsPath(['den']),
        '/subscribe/other',
        eventsPath(['x', 'y']),
      ]) {
        const stream = await EventStream.open(server, target);
        await stream.untilClosed();
        assert.equal(stream.status, 200, 'expected 200: a browser gives up on anything else');
        assert.equal(stream.headers['content-type'], 'text/event-stream; charset=utf-8');
        assert.equal(stream.finalChunk, false, 'expected no final chunk');
        assert.deepEqual(stream.events, [], 'expected nothing but retry');
        assert.equal(stream.retries.length, 1, 'expected one retry');
        assert.ok(
          stream.retries[0] >= 15_000 && stream.retries[0] <= 60_000,
          `expected 15–60 s, got ${stream.retries[0]}`,
        );
        retries.add(stream.retries[0]);
        stream.drop();
      }
      assert.ok(retries.size > 1, 'expected the retries to be spread out');
      // Publishing goes on, and those who are in are served.
      const { id } = await publish(server, 'den', 'x');
      for (const stream of open) assert.equal((await stream.event('message')).id, id);
      // A place that is left can be taken.
      open.pop().drop();
      await until(
        async () => {
          const stream = await EventStream.open(server, '/subscribe/den');
          await stream.until(() => stream.events.length > 0 || stream.closed, 2000, 'a hello or a close');
          stream.drop();
          return stream.events.length > 0;
        },
        5000,
        'a place for a new stream',
      );
      for (const stream of open) stream.drop();
    });
  });

  test('peers that vanish are closed, and their names leave', async () => {
    await withServer({}, async (server) => {
      await withStream(server, '/subscribe/den', {}, async (witness) => {
        await publish(server, 'den', 'x');
        await assertHealthy(server);
        await until(() => descriptors(server), 1000, 'descriptors');
        const before = descriptors(server);

        const vanish = [
          (connection) => connection.destroy(),
          (connection) => connection.socket.resetAndDestroy(),
          (connection) => connection.socket.end(), // says it sends no more, as a killed client's system does
        ];
        const names = [];
        const connections = [];
        for (let i = 0; i < 30; ++i) {
          names.push(`guest${i}`);
          const connection = await Connection.open(server);
          connections.push(connection);
          await connection.send(
            format('GET', i % 2 ? `/subscribe/den?name=guest${i}` : eventsPath(['den'], `&name=guest${i}`)),
          );
          await until(() => connection.buffer.includes('event: hello'), 5000, 'a hello', connection.wake);
        }
        const killed = curlStream(['-N', `${server.url}/subscribe/den?name=curl`]);
        names.push('curl');
        const named = (type) =>
          witness.events
            .filter(({ event }) => event === type)
            .map(({ data }) => JSON.parse(data).username)
            .sort();
        await witness.until(
          () => named('userJoined').length === names.length,
          5000,
          'everyone to have joined',
        );
        assert.deepEqual(named('userJoined'), [...names].sort());

        connections.forEach((connection, i) => vanish[i % vanish.length](connection));
        killed.kill('SIGKILL');
        await witness.until(() => named('userLeft').length === names.length, 5000, 'everyone to have left');
        assert.deepEqual(named('userLeft'), [...names].sort());
        await until(
          () => descriptors(server) <= before,
          5000,
          () => `${before} descriptors, got ${descriptors(server)}`,
        );
        for (const connection of connections) connection.destroy();
        const { id } = await publish(server, 'den', 'still here');
        await witness.until(() => witness.events.at(-1).id === id, 5000, 'the next message');
      });
    });
  });
});
