// Behind each proxy of the distribution, with the configuration that is shipped for it.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { describe, test } from 'node:test';

import { eventsPath, freshRoom, messagesPath, postJson, publish } from './chat.mjs';
import { Front, installed } from './front.mjs';
import { Gate } from './gate.mjs';
import { freePort, startServer, tempDir, withServer } from './server.mjs';
import { EventStream, until, withStream } from './sse.mjs';
import { deadline } from './until.mjs';
import { Connection, format, request } from './wire.mjs';

// More than any of the proxies waits without the server's heartbeat.
const idleMs = 120_000;

async function withFront(name, upstream, body) {
  const front = await Front.start(name, upstream);
  try {
    await body(front);
  } catch (error) {
    error.message += `\n${name} said: ${front.said.slice(-2000)}`;
    throw error;
  } finally {
    await front.stop();
  }
}

// Nothing more of this answer will come: the connection was closed, or (Caddy, also when the server has closed
// its own) it was ended and waits for the next request, which to a browser is the same.
const isOver = ({ closed, finalChunk, headers, payload }) =>
  closed || finalChunk || payload.length >= Number(headers['content-length'] ?? Infinity);

// As a browser does: again and again, until the answer is an event stream that says hello. Whatever else it is
// given must be one that browsers forgive.
async function comeBack(front, target, lastEventId) {
  for (;;) {
    const stream = await EventStream.open(front, target, { lastEventId, ms: 10_000 });
    assert.equal(stream.status, 200, `expected nothing a browser gives up on, got ${stream.status}`);
    assert.match(stream.headers['content-type'], /^text\/event-stream/);
    await stream.until(() => isOver(stream) || stream.events.length > 0, 5000, 'hello or an end');
    if (stream.events.length > 0) return stream;
    assert.ok(stream.retries[0] >= 1000, `expected a time to come back, got ${stream.payload}`);
    stream.drop();
  }
}

describe('proxies', { concurrency: true }, () => {
  for (const name of installed) {
    describe(name, () => {
      test('publish and stream: each event at once, in order, whoever reads', async () => {
        await withServer({}, (server) =>
          withFront(name, server.port, async (front) => {
            const room = freshRoom('café/');
            await withStream(front, eventsPath([room]), {}, async (stream) => {
              assert.equal(stream.headers['cache-control'], 'no-cache, no-store, no-transform');
              for (let n = 1; n <= 20; ++n) {
                const { id } = await publish(front, room, `message ${n}`);
                // The next is published only when this one is there: nothing may wait for more.
                assert.equal((await stream.event('message', { n })).id, id);
              }
            });
            await withStream(front, `/subscribe/${encodeURIComponent(room)}`, {}, async (stream) => {
              const form = { 'Content-Type': 'application/x-www-form-urlencoded' };
              const target = `/${encodeURIComponent(room)}`;
              await request(front, 'POST', target, { headers: form, body: 'sender=mason&message=%26' });
              await stream.event('message');
              assert.deepEqual(stream.messages, [{ ...stream.messages[0], sender: 'mason', message: '&amp;' }]);
            });
            // Of any length that the server takes, and no longer.
            await publish(front, room, 'x'.repeat(8000));
            const large = await postJson(front, messagesPath(room), { text: 'x'.repeat(100_000) });
            assert.equal(large.status, 413);
          }),
        );
      });

      test('a stream whose connection is lost resumes without a gap', async () => {
        await withServer({}, async (server) => {
          const gate = await Gate.open(server.port);
          await withFront(name, gate.port, async (front) => {
            const room = freshRoom();
            const target = eventsPath([room]);
            const stream = await EventStream.open(front, target);
            await stream.hello();
            const first = await publish(front, room, 'before');
            await stream.event('message');
            gate.cut();
            await stream.until(() => isOver(stream), 5000, 'the stream to end');
            stream.drop();
            const missed = [];
            for (let i = 0; i < 5; ++i) missed.push((await publish(server, room, `missed ${i}`)).id);
            const again = await comeBack(front, target, first.id);
            missed.push((await publish(front, room, 'after')).id);
            await again.event('message', { n: missed.length });
            assert.deepEqual(
              again.messages.map(({ id }) => id),
              missed,
            );
            again.drop();
          });
          gate.close();
          gate.server.close();
        });
      });

      test('a restart: bye, a time to come back, and all of it there', async () => {
        const data = tempDir();
        const port = await freePort();
        const args = ['--data', data];
        const server = await startServer({ args, port });
        await withFront(name, port, async (front) => {
          const room = freshRoom();
          const target = eventsPath([room]);
          const stream = await EventStream.open(front, target);
          await stream.hello();
          const { id } = await publish(front, room, 'before');
          await stream.event('message');
          await server.stop();
          await stream.until(() => isOver(stream), 5000, 'the stream to end');
          assert.equal(stream.events.at(-1).event, 'bye', 'expected bye to get through');
          stream.drop();
          const returning = comeBack(front, target, id);
          // While nobody is there.
          const away = await EventStream.open(front, target, { ms: 10_000 });
          await away.until(() => isOver(away), 5000, 'an end');
          assert.equal(away.status, 200);
          assert.equal(away.events.length, 0);
          assert.ok(away.retries[0] >= 2000 && away.retries[0] <= 5000, `expected a retry, got ${away.payload}`);
          // A message that finds nobody is repeated by its sender until it is stored, and is stored once.
          const key = freshRoom('key');
          const sent = until(
            async () => {
              const response = await postJson(
                front,
                messagesPath(room),
                { sender: 'mason', text: 'meanwhile' },
                { 'Idempotency-Key': key },
              );
              if (response.status === 201) return response;
              assert.ok(response.status >= 502 && response.status <= 504, `got ${response.status}`);
              return null;
            },
            15_000,
            'the message to be stored',
          );
          await withServer({ args, port }, async () => {
            const again = await returning;
            await sent;
            await again.event('message');
            await publish(front, room, 'after');
            await again.event('message', { n: 2 });
            assert.deepEqual(
              again.messages.map(({ text }) => text),
              ['meanwhile', 'after'],
            );
            again.drop();
          });
        });
      });

      test('the server learns of whom a request comes, and connections are kept', async () => {
        const seen = [];
        const sockets = new Set();
        const upstream = createServer((incoming, response) => {
          seen.push(incoming.headers);
          sockets.add(incoming.socket);
          response.end('{}');
        });
        await new Promise((resolve) => upstream.listen(0, '127.0.0.1', resolve));
        await withFront(name, upstream.address().port, async (front) => {
          seen.length = 0;
          const headers = { Host: 'chat.example:81', 'X-Forwarded-For': '192.0.2.7', 'X-Forwarded-Proto': 'https' };
          const client = await Connection.open(front);
          for (let i = 0; i < 10; ++i) {
            await client.send(format('GET', '/', { headers }));
            await client.response();
          }
          client.destroy();
          assert.equal(seen[0].host, headers.Host);
          assert.equal(seen[0]['x-forwarded-for'], '127.0.0.1', 'expected what a client says not to count');
          assert.equal(seen[0]['x-forwarded-proto'], 'http');
          assert.equal(seen.length, 10);
          assert.ok(sockets.size < 5, `expected connections to be used again, got ${sockets.size}`);
        });
        upstream.close();
        for (const socket of sockets) socket.destroy();
      });
    });
  }

  // All of them at once: it takes its time.
  test('two minutes without a message', async () => {
    await withServer({}, async (server) => {
      const fronts = [];
      try {
        const streams = [];
        for (const name of installed) {
          const front = await Front.start(name, server.port);
          fronts.push(front);
          for (const target of [eventsPath(['quiet']), '/subscribe/quiet']) {
            const stream = await EventStream.open(front, target);
            await stream.hello();
            streams.push({ name, stream });
          }
        }
        const opened = performance.now();
        for (const { name, stream } of streams) {
          await stream.until(
            () => {
              assert.ok(!stream.closed, `expected the stream behind ${name} to stay open`);
              return performance.now() - opened >= idleMs;
            },
            idleMs + deadline(5000),
            'two minutes to pass',
          );
        }
        const { id } = await publish(server, 'quiet', 'still there?');
        for (const { name, stream } of streams) {
          assert.equal((await stream.event('message')).id, id, `expected the stream behind ${name} to be live`);
          assert.ok(stream.comments.length >= 6, `expected heartbeats, got ${stream.comments.length}`);
          stream.drop();
        }
      } finally {
        for (const front of fronts) await front.stop();
      }
    });
  });
});
