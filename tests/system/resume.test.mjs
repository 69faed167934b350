// Coming back: with any spelling of the cursor, after any break, everything once, in order, or a reset.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import * as eventsource from 'eventsource';

import { assertAscending, eventsPath, freshRoom, history, publish } from './chat.mjs';
import { Follower } from './follower.mjs';
import { freePort, sharedServer, startServer, tempDir, withServer } from './server.mjs';
import { EventStream, until, withStream } from './sse.mjs';

const EventSource = eventsource.EventSource ?? eventsource.default;
const dialects = {
  legacy: (room, query = '') => `/subscribe/${room}?${query}`,
  v1: (room, query = '') => eventsPath([room], `&${query}`),
};
const idsOf = (events) => events.map(({ id }) => id);

async function publishMany(server, room, count, prefix = 'm') {
  const ids = [];
  for (let i = 0; i < count; ++i) ids.push((await publish(server, room, `${prefix}${i}`)).id);
  return ids;
}

describe('resuming', { concurrency: true }, () => {
  const server = sharedServer();

  for (const [dialect, path] of Object.entries(dialects)) {
    test(`${dialect}: the cursor in the header and in every query spelling`, async () => {
      const room = freshRoom();
      const ids = await publishMany(server, room, 5);
      const spellings = [['', { lastEventId: ids[1] }]];
      for (const name of ['lastEventId', 'last_event_id', 'Last-Event-ID', 'since'])
        spellings.push([`${name}=${ids[1]}`, {}]);
      spellings.push([`since=${ids[3]}`, { lastEventId: ids[1] }]);
      for (const [query, options] of spellings) {
        await withStream(server, path(room, query), options, async (stream) => {
          const what = JSON.stringify([query, options]);
          assert.equal(stream.events[0].id, ids[1], `expected hello to have the cursor of ${what}`);
          await stream.event('message', { n: 3 });
          assert.deepEqual(
            idsOf(stream.events.slice(1)),
            ids.slice(2),
            `expected what came after for ${what}`,
          );
          assert.ok(
            stream.events.every(({ event }) => event !== 'reset'),
            'expected no reset',
          );
        });
      }
    });

    test(`${dialect}: since=0 is everything retained`, async () => {
      const room = freshRoom();
      const ids = await publishMany(server, room, 3);
      for (const since of ['0', '0-0']) {
        await withStream(server, path(room, `since=${since}`), {}, async (stream) => {
          await stream.event('message', { n: 3 });
          assert.deepEqual(idsOf(stream.events.filter(({ event }) => event === 'message')), ids);
        });
      }
    });

    test(`${dialect}: nonsense and the future get a reset, then live`, async () => {
      const room = freshRoom();
      await publish(server, room, 'old');
      const cursors = [
        'x',
        '-',
        '1-',
        '-1',
        '1-2-3',
        '1.5',
        '١',
        '99999999999999999999999-0',
        'a'.repeat(3000),
        `${Date.now() + 86_400_000}-0`,
        `${2n ** 64n - 1n}-${2n ** 64n - 1n}`,
      ];
      for (const cursor of cursors) {
        await withStream(server, path(room), { lastEventId: cursor }, async (stream) => {
          await stream.event('reset');
          const { id } = await publish(server, room, 'new');
          await stream.event('message');
          const types = stream.events.map(({ event }) => event).sort();
          assert.deepEqual(
            types,
            ['hello', 'message', 'reset'],
            `expected reset and only what is new for ${cursor.slice(0, 30)}`,
          );
          assert.equal(stream.events[2].id, id, 'expected the new message last');
          const hello = await stream.hello();
          assert.match(hello.id, /^\d+-\d+$/);
          assertAscending([hello.id, id], 'the head in hello and the next event');
        });
      }
    });

    test(`${dialect}: an empty cursor is none`, async () => {
      const room = freshRoom();
      await publish(server, room, 'old');
      await withStream(server, path(room, 'since='), { lastEventId: '' }, async (stream) => {
        await publish(server, room, 'new');
        await stream.event('message');
        assert.deepEqual(
          stream.events.map(({ event }) => event),
          ['hello', 'message'],
        );
      });
    });

    test(`${dialect}: dropped again and again while messages come: each once, in order`, async () => {
      const room = freshRoom();
      const followers = [...Array(8)].map(() => new Follower(server, path(room)));
      await Promise.all(followers.map((follower) => follower.untilConnected()));
      const ids = [];
      for (let i = 0; i < 200; ++i) {
        ids.push((await publish(server, room, `m${i}`)).id);
        if (i % 5 === 0) followers[(i / 5) % followers.length].drop();
      }
      for (const follower of followers) {
        await follower.untilCursor(ids.at(-1));
        follower.stop();
        assert.deepEqual(idsOf(follower.seen), ids, 'expected every message once, in order');
        assert.ok(follower.connections > 1, 'expected the follower to have come back');
        assert.equal(follower.resets, 0, 'expected no reset');
      }
    });
  }

  test('a long history is replayed whole, from the journal', async () => {
    const room = freshRoom();
    const ids = [];
    for (let i = 0; i < 60; ++i) {
      const batch = await Promise.all(
        [...Array(20)].map((_, n) => publish(server, room, `${i}/${n} ${'x'.repeat(150)}`)),
      );
      ids.push(...idsOf(batch));
    }
    const stored = idsOf(await history(server, room));
    assert.deepEqual(new Set(stored), new Set(ids));
    assertAscending(stored);
    await withStream(server, dialects.v1(room, 'since=0'), {}, async (stream) => {
      await stream.event('message', { n: ids.length });
      assert.deepEqual(idsOf(stream.events.slice(1)), stored);
    });
  });

  test('replay meets live without a gap and without a double', async () => {
    const room = freshRoom();
    const before = await publishMany(server, room, 100);
    let stopped = false;
    const ids = [...before];
    const publishing = (async () => {
      while (!stopped) ids.push((await publish(server, room, 'more')).id);
    })();
    const followers = [...Array(20)].map(
      () => new Follower(server, dialects.v1(room), { cursor: before[0] }),
    );
    await Promise.all(followers.map((follower) => follower.untilCursor(before.at(-1))));
    stopped = true;
    await publishing;
    for (const follower of followers) {
      await follower.untilCursor(ids.at(-1));
      follower.stop();
      assert.deepEqual(idsOf(follower.seen), ids.slice(1));
    }
  });
});

describe('over restarts and time', { concurrency: true }, () => {
  test('followers and a real EventSource see all of it over restarts', async () => {
    const options = { port: await freePort(), args: ['--data', tempDir()] };
    let server = await startServer(options);
    const followers = Object.values(dialects).map((path) => new Follower(server, path('den')));
    const source = new EventSource(`${server.url}/subscribe/den`);
    const got = [];
    source.addEventListener('message', (event) => got.push(event.lastEventId));
    let opened = false;
    source.addEventListener('hello', () => (opened = true));
    try {
      await until(() => opened, 5000, 'hello on the EventSource');
      await Promise.all(followers.map((follower) => follower.untilConnected()));
      const ids = await publishMany(server, 'den', 20, 'a');
      for (const end of ['stop', 'kill', 'stop']) {
        await server[end]();
        server = await startServer(options);
        ids.push(...(await publishMany(server, 'den', 20, end)));
      }
      for (const follower of followers) {
        await follower.untilCursor(ids.at(-1));
        assert.deepEqual(idsOf(follower.seen), ids, 'expected every message once, in order');
        assert.equal(follower.resets, 0);
      }
      // It waits for as long as `retry:` said.
      await until(
        () => got.length >= ids.length,
        20_000,
        () => `${ids.length} messages on the EventSource, got ${got.length}`,
      );
      assert.deepEqual(got, ids, 'expected every message once, in order, on the EventSource');
    } finally {
      source.close();
      for (const follower of followers) follower.stop();
      await server.stop();
    }
  });

  test('the memory journal forgets with the process, and says so', async () => {
    const options = { port: await freePort(), args: ['--journal', 'memory'] };
    let first;
    await withServer(options, async (server) => {
      first = await publish(server, 'den', 'before');
      await withStream(server, dialects.v1('den', 'since=0'), {}, (stream) => stream.event('message'));
    });
    await withServer(options, async (server) => {
      await publish(server, 'den', 'after');
      for (const path of Object.values(dialects)) {
        await withStream(server, path('den'), { lastEventId: first.id }, (stream) => stream.event('reset'));
      }
      assert.deepEqual(
        (await history(server, 'den')).map(({ text }) => text),
        ['after'],
      );
    });
  });

  test('a cursor before what is retained gets a reset, then what there is', async () => {
    await withServer({ args: ['--retain-messages', '10'] }, async (server) => {
      const ids = await publishMany(server, 'den', 30);
      for (const path of Object.values(dialects)) {
        await withStream(server, path('den'), { lastEventId: ids[5] }, async (stream) => {
          await stream.event('message', { n: 10 });
          const types = stream.events.map(({ event }) => event);
          assert.ok(types.indexOf('reset') >= 0, 'expected a reset');
          assert.ok(
            types.indexOf('reset') < types.indexOf('message'),
            'expected the reset before what follows',
          );
          assert.deepEqual(idsOf(stream.events.filter(({ event }) => event === 'message')), ids.slice(20));
        });
        // The oldest retained event follows ids[19] directly: no gap.
        await withStream(server, path('den'), { lastEventId: ids[19] }, async (stream) => {
          await stream.event('message', { n: 10 });
          assert.deepEqual(idsOf(stream.events.filter(({ event }) => event === 'message')), ids.slice(20));
          assert.ok(
            stream.events.every(({ event }) => event !== 'reset'),
            'expected no reset where nothing is missing',
          );
        });
      }
      assert.deepEqual(idsOf(await history(server, 'den')), ids.slice(20));
    });
  });

  test('a heartbeat is the two bytes ":" and LF, and nothing after it', async () => {
    await withServer({ args: ['--heartbeat', '1'] }, async (server) => {
      for (const [version, dialect, room] of [
        ['1.1', dialects.legacy, 'den'],
        ['1.0', dialects.v1, 'attic'],
      ]) {
        await withStream(server, dialect(room), { version }, async (stream) => {
          const before = stream.payload.length;
          await stream.until(() => stream.comments.length >= 2, 6000, 'two heartbeats');
          assert.match(stream.payload.slice(before), /^(:\n){2,3}$/, 'expected only colons and line feeds');
          await publish(server, room, 'hi');
          await stream.event('message');
        });
      }
    });
  });

  test('a stream ends with its life, and the follower misses nothing', async () => {
    await withServer({ args: ['--stream-lifetime', '1'] }, async (server) => {
      const stream = await EventStream.open(server, dialects.legacy('den'));
      await stream.untilClosed(4000);
      assert.equal(stream.finalChunk, false, 'expected "come back": a close without the final chunk');
      stream.drop();
      const follower = new Follower(server, dialects.v1('den'));
      await follower.untilConnected();
      const ids = [];
      while (follower.connections < 3) ids.push((await publish(server, 'den', `m${ids.length}`)).id);
      await follower.untilCursor(ids.at(-1));
      follower.stop();
      assert.deepEqual(idsOf(follower.seen), ids);
      assert.equal(follower.resets, 0);
    });
  });
});
