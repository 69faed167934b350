// What start-up prints works, and a stop loses nothing.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { curl, curlStream, history, publish } from './chat.mjs';
import { startServer, tempDir, withServer } from './server.mjs';
import { EventStream, until, withStream } from './sse.mjs';
import { Connection, format } from './wire.mjs';

describe('start and stop', { concurrency: true }, () => {
  test('start-up prints the address and curl lines that work', async () => {
    await withServer({}, async (server) => {
      assert.ok(server.stdout().includes(server.url), `expected ${server.url} in ${server.stdout()}`);
      const curls = await until(
        () => {
          const found = server.stdout().match(/\bcurl .*(?=\n)/g);
          return found?.length >= 2 && found;
        },
        2000,
        () => `two curl lines in ${server.stdout()}`,
      );
      const follow = curls.find((line) => line.includes('-N'));
      const send = curls.find((line) => line.includes('-d'));
      assert.ok(follow && send, `expected a line with -N and one with -d, got ${curls}`);
      // A shell's words, as far as these lines need them.
      const words = (line) =>
        line
          .match(/(?:[^\s'"]|'[^']*'|"[^"]*")+/g)
          .slice(1)
          .map((word) => word.replace(/['"]/g, ''));
      const follower = curlStream(words(follow));
      await until(() => follower.stdout.includes('event: hello'), 5000, 'a hello from the first line');
      const { code } = await curl(words(send));
      assert.equal(code, 0);
      await until(
        () => follower.stdout.includes('\ndata: {"sender":'),
        5000,
        'the event of the second line on the first',
      );
      follower.kill();
    });
  });

  for (const signal of ['SIGTERM', 'SIGINT']) {
    test(`${signal}: bye, all acknowledged on disk, exit code 0`, async () => {
      const args = ['--data', tempDir()];
      const server = await startServer({ args });
      const streams = await Promise.all(
        ['/subscribe/den', '/api/v1/events?room=den'].map((target) => EventStream.open(server, target)),
      );
      await Promise.all(streams.map((stream) => stream.hello()));
      const acknowledged = [];
      const publishing = [...Array(8)].map(async (_, n) => {
        for (let i = 0; ; ++i) {
          const { id } = await publish(server, 'den', `${n}/${i}`);
          acknowledged.push(id);
        }
      });
      const ended = Promise.allSettled(publishing);
      await until(() => acknowledged.length >= 50, 10_000, '50 messages');
      const { code } = await server.stop(signal);
      assert.equal(code, 0);
      await ended;
      for (const stream of streams) {
        await stream.untilClosed();
        const bye = stream.events.at(-1);
        assert.equal(bye.event, 'bye', 'expected bye as the last event');
        assert.ok(
          Number(bye.retry ?? stream.retries.at(-1)) > 0 && stream.retries.length === 2,
          'expected a retry with bye',
        );
        assert.equal(stream.finalChunk, false, 'expected "come back": a close without the final chunk');
        stream.drop();
      }
      await withServer({ args }, async (again) => {
        // In the order of the log: acknowledgements on eight connections come in any.
        const stored = new Set((await history(again, 'den')).map(({ id }) => id));
        const [first] = stored;
        for (const id of acknowledged)
          assert.ok(stored.has(id), `expected the acknowledged message ${id} to be on disk`);
        // The cursor of bye, if it had one, or the last one: what came between is there.
        await withStream(again, '/subscribe/den', { lastEventId: first }, (stream) =>
          stream.until(
            () => stream.events.filter(({ event }) => event === 'message').length === stored.size - 1,
            5000,
            'the others',
          ),
        );
      });
    });
  }

  test('it stops with idle, half-sent and unread connections open', async () => {
    const server = await startServer();
    const open = await Promise.all([...Array(3)].map(() => Connection.open(server)));
    await open[1].send('POST /den HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n');
    open[2].socket.pause();
    await open[2].send(format('GET', '/subscribe/den'));
    await server.stop();
    for (const connection of open) connection.destroy();
  });
});
