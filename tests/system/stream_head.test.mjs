// How a stream opens: what is in its head, what comes with it at once, and who may ask for it.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { eventsPath, freshRoom, publish } from './chat.mjs';
import { sharedServer } from './server.mjs';
import { EventStream, withStream } from './sse.mjs';
import { Connection, format, request } from './wire.mjs';

const friend = 'https://chat.example';
const second = 'http://localhost:3000';
const dialects = { legacy: (room) => `/subscribe/${room}`, v1: (room) => eventsPath([room]) };

function assertStreamHead(headers) {
  assert.equal(headers['content-type'], 'text/event-stream; charset=utf-8');
  assert.equal(headers['cache-control'], 'no-cache, no-store, no-transform');
  assert.equal(headers['x-accel-buffering'], 'no');
  assert.equal(headers['x-content-type-options'], 'nosniff');
  assert.equal(headers['content-length'], undefined, 'expected no length of an endless body');
}

describe('the head of a stream', { concurrency: true }, () => {
  const server = sharedServer({ args: ['--allow-origin', friend, '--allow-origin', second] });

  for (const [dialect, path] of Object.entries(dialects)) {
    test(`${dialect}: headers, retry and hello come at once`, async () => {
      const room = freshRoom();
      await publish(server, room, 'from before');
      await withStream(server, path(room), {}, async (stream) => {
        assert.equal(stream.version, '1.1');
        assertStreamHead(stream.headers);
        assert.equal(stream.headers['transfer-encoding'], 'chunked');
        assert.match(stream.payload, /^retry: \d+\n/, 'expected retry before anything else');
        assert.equal(stream.retries.length, 1);
        assert.ok(
          stream.retries[0] >= 2000 && stream.retries[0] <= 4000,
          `expected 2000–4000, got ${stream.retries[0]}`,
        );
        const hello = stream.events[0];
        assert.equal(hello.event, 'hello', 'expected hello to be the first event');
        assert.equal(JSON.parse(hello.data).cursor, hello.id, 'expected the cursor in the data of hello');
        const { id } = await publish(server, room, 'from now');
        const event = await stream.event('message');
        assert.equal(event.id, id, 'expected no history on a first connection');
      });
    });

    test(`${dialect}: an idle server's hello is a cursor to come back with`, async () => {
      const room = freshRoom();
      let cursor;
      await withStream(server, path(room), {}, async (stream) => (cursor = (await stream.hello()).id));
      const { id } = await publish(server, room, 'missed');
      await withStream(server, path(room), { lastEventId: cursor }, async (stream) => {
        assert.equal(stream.events[0].id, cursor, 'expected hello to repeat the cursor on resume');
        assert.equal((await stream.event('message')).id, id);
      });
    });

    test(`${dialect}: HTTP/1.0 gets a plain body until close`, async () => {
      const room = freshRoom();
      await withStream(server, path(room), { version: '1.0' }, async (stream) => {
        assertStreamHead(stream.headers);
        assert.equal(stream.headers['transfer-encoding'], undefined, 'expected no chunks in HTTP/1.0');
        assert.notEqual((stream.headers.connection ?? '').toLowerCase(), 'keep-alive');
        await publish(server, room, 'hi');
        await stream.event('message');
      });
    });

    test(`${dialect}: HEAD has the head of GET and no body`, async () => {
      const connection = await Connection.open(server);
      await connection.send(format('HEAD', path('everyone')));
      const response = await connection.response({ method: 'HEAD' });
      assert.equal(response.status, 200);
      assertStreamHead(response.headers);
      // The connection is an ordinary one still.
      await connection.send(format('GET', '/healthz'));
      assert.equal((await connection.response()).status, 200, 'expected the next request to be answered');
      connection.destroy();
    });

    test(`${dialect}: OPTIONS says what there is`, async () => {
      const response = await request(server, 'OPTIONS', path('everyone'));
      assert.ok([200, 204].includes(response.status), `expected 200 or 204, got ${response.status}`);
      assert.match(response.headers.allow, /\bGET\b.*\bHEAD\b.*\bOPTIONS\b/);
    });

    test(`${dialect}: no Accept header is needed, and none is in the way`, async () => {
      for (const headers of [
        {},
        { Accept: 'text/event-stream' },
        { Accept: '*/*' },
        { Accept: 'text/html' },
      ]) {
        await withStream(server, path('everyone'), { headers }, async (stream) =>
          assertStreamHead(stream.headers),
        );
      }
    });

    test(`${dialect}: an allowed origin is let in, another is not`, async () => {
      for (const origin of [friend, second]) {
        await withStream(server, path('everyone'), { headers: { Origin: origin } }, async ({ headers }) => {
          assert.equal(headers['access-control-allow-origin'], origin);
          assert.match(headers.vary, /\bOrigin\b/i, 'expected Vary: Origin');
        });
      }
      for (const origin of [
        'https://evil.example',
        'null',
        `${friend}.evil.example`,
        'https://chat.example:444',
      ]) {
        await withStream(server, path('everyone'), { headers: { Origin: origin } }, async ({ headers }) => {
          assert.equal(
            headers['access-control-allow-origin'],
            undefined,
            `expected ${origin} to be left out`,
          );
        });
      }
    });
  }

  test('retry differs from connection to connection', async () => {
    const seen = new Set();
    for (let i = 0; i < 8; ++i) {
      await withStream(server, '/subscribe/everyone', {}, async (stream) => seen.add(stream.retries[0]));
    }
    assert.ok(seen.size > 1, `expected different numbers, got ${[...seen]}`);
  });

  test('a preflight is answered for who may post', async () => {
    const headers = {
      Origin: friend,
      'Access-Control-Request-Method': 'POST',
      'Access-Control-Request-Headers': 'content-type, idempotency-key',
    };
    for (const path of ['/everyone', '/api/v1/rooms/everyone/messages']) {
      const response = await request(server, 'OPTIONS', path, { headers });
      assert.ok([200, 204].includes(response.status), `expected 200 or 204, got ${response.status}`);
      assert.equal(response.headers['access-control-allow-origin'], friend);
      assert.match(response.headers['access-control-allow-methods'], /\bPOST\b/);
      const allowed = response.headers['access-control-allow-headers'].toLowerCase();
      assert.match(allowed, /content-type/);
      assert.match(allowed, /idempotency-key/);
      const stranger = await request(server, 'OPTIONS', path, {
        headers: { ...headers, Origin: 'https://evil.example' },
      });
      assert.equal(stranger.headers['access-control-allow-origin'], undefined);
    }
    const stream = await request(server, 'OPTIONS', '/subscribe/everyone', {
      headers: {
        Origin: friend,
        'Access-Control-Request-Method': 'GET',
        'Access-Control-Request-Headers': 'last-event-id',
      },
    });
    assert.match(stream.headers['access-control-allow-headers'].toLowerCase(), /last-event-id/);
  });

  test('errors carry CORS too, so that a page can read them', async () => {
    const cases = [
      ['GET', '/api/v1/nope', 404],
      ['PUT', '/everyone', 405],
      ['POST', '/everyone', 422],
      ['GET', '/subscribe/%zz', 400],
    ];
    for (const [method, path, status] of cases) {
      const body = method === 'POST' ? 'message=' : undefined;
      const headers = { Origin: friend, 'Content-Type': 'application/x-www-form-urlencoded' };
      const response = await request(server, method, path, { headers, body });
      assert.equal(
        response.status,
        status,
        `expected ${status} for ${method} ${path}, got ${response.status}`,
      );
      assert.equal(response.headers['access-control-allow-origin'], friend, `expected CORS on ${status}`);
    }
  });

  test('many streams on many connections see one event each', async () => {
    const room = freshRoom();
    const paths = [...Array(40)].map((_, i) => (i % 2 ? dialects.v1(room) : dialects.legacy(room)));
    const streams = await Promise.all(paths.map((path) => EventStream.open(server, path)));
    await Promise.all(streams.map((stream) => stream.hello()));
    const { id } = await publish(server, room, 'to all');
    for (const stream of streams) {
      assert.equal((await stream.event('message')).id, id, 'expected the same id on every stream');
      stream.drop();
    }
  });
});
