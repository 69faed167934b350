// One subscriber to fifty rooms, all of them active, that breaks off three times.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { assertAscending, assertSameList, compareIds, eventsPath, publish } from './chat.mjs';
import { Follower, stopAll } from './follower.mjs';
import { withServer } from './server.mjs';
import { until } from './until.mjs';

const roomCount = 50;
const perRoom = 40;

test('50 active rooms through three drops: each message once, ids ascending', async () => {
  await withServer({ args: ['--shards', '2'] }, async (server) => {
    const rooms = [...Array(roomCount)].map((_, i) => `room${i}`);
    const all = new Follower(server, eventsPath(rooms));
    const some = new Follower(server, eventsPath(rooms.slice(10, 20)));
    await all.untilConnected();
    await some.untilConnected();

    const sent = []; // {id, room}
    const queue = rooms.flatMap((room) => Array(perRoom).fill(room));
    // Every tenth room in turn, so that all are active all the time.
    queue.forEach(
      (_, i) => ([queue[i], queue[(i * 7919) % queue.length]] = [queue[(i * 7919) % queue.length], queue[i]]),
    );
    const publishers = [...Array(10)].map(async (_, n) => {
      for (let i = n; i < queue.length; i += 10) {
        const { id } = await publish(server, queue[i], `m${i}`);
        sent.push({ id, room: queue[i] });
      }
    });
    for (const part of [1, 2, 3]) {
      await until(
        () => sent.length >= (part * queue.length) / 4,
        30_000,
        `a part of the messages, got ${sent.length}`,
      );
      const before = all.connections;
      all.drop();
      some.drop();
      await all.until(() => all.connections > before, 5000, 'the follower to come back');
    }
    await Promise.all(publishers);
    sent.sort((a, b) => compareIds(a.id, b.id));

    await all.untilCursor(sent.at(-1).id);
    const inSome = sent.filter(({ room }) => rooms.indexOf(room) >= 10 && rooms.indexOf(room) < 20);
    await some.untilCursor(inSome.at(-1).id);
    stopAll([all, some]);
    for (const [follower, expected] of [
      [all, sent],
      [some, inSome],
    ]) {
      assertAscending(
        follower.seen.map(({ id }) => id),
        'the ids over all rooms',
      );
      const seen = follower.seen.map(({ id, data }) => ({ id, room: JSON.parse(data).room }));
      assertSameList(seen, expected, 'every message of the rooms once');
      assert.equal(follower.resets, 0, 'expected no reset');
    }
    assert.ok(all.connections >= 4, 'expected three drops');
  });
});
