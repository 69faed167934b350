// Readers that stop reading while a flood goes through their room: the others do not notice, the
// server's memory does not hold the backlog for them, and afterwards they get all of it.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { assertAscending, assertSameList, eventsPath, formBody } from './chat.mjs';
import { Follower, stopAll } from './follower.mjs';
import { isSanitized, memory, withServer } from './server.mjs';
import { Connection, format } from './wire.mjs';

const total = Number(process.env.TINYCHAT_SLOW_MESSAGES ?? 100_000);
const mebibyte = 2 ** 20;
const connections = 48;
const outstanding = 8;

// Publishes messages of 150 bytes, named by numbers, over kept-alive connections.
async function flood(server, room, from, to) {
  let next = from;
  const form = { 'Content-Type': 'application/x-www-form-urlencoded' };
  await Promise.all(
    [...Array(connections)].map(async () => {
      const connection = await Connection.open(server);
      let waiting = 0;
      const fill = () => {
        const requests = [];
        while (waiting < outstanding && next < to) {
          const message = String(next++).padEnd(150, '.');
          requests.push(
            format('POST', `/${room}`, { headers: form, body: formBody({ sender: 'flood', message }) }),
          );
          ++waiting;
        }
        if (requests.length > 0) connection.send(Buffer.concat(requests));
      };
      fill();
      while (waiting > 0) {
        const response = await connection.response({ ms: 20_000 });
        assert.equal(response.status, 200, `expected 200, got ${response.status} ${response.text}`);
        --waiting;
        fill();
      }
      connection.destroy();
    }),
  );
}

const numberIn = ({ data }) => parseInt(/"(?:message|text)":"(\d+)/.exec(data)[1], 10);

test(`${total} messages past readers that stand still`, async (t) => {
  await withServer({ args: ['--shards', '1', '--durability', 'os', '--heartbeat', '5'] }, async (server) => {
    const paths = { legacy: '/subscribe/flood', v1: eventsPath(['flood']) };
    const start = (path) => new Follower(server, path);
    const quick = [start(paths.legacy), start(paths.v1)];
    for (const follower of quick) await follower.untilConnected();

    // What a server needs anyway (its ring of recent events, its caches) is there after a while.
    const warmUp = Math.floor(total / 2);
    await flood(server, 'flood', total, total + warmUp);
    for (const follower of quick) {
      await follower.until(() => follower.seen.length === warmUp, 20_000, `${warmUp} messages`);
      follower.seen.length = 0;
    }

    const slow = [start(paths.legacy), start(paths.legacy), start(paths.v1), start(paths.v1)];
    for (const follower of slow) {
      await follower.untilConnected();
      follower.pause();
    }
    const before = memory(server, 'RssAnon');
    const started = performance.now();
    await flood(server, 'flood', 0, total);
    const took = performance.now() - started;
    // On time: what has been acknowledged is on its way, not waiting for anyone.
    for (const follower of quick)
      await follower.until(() => follower.seen.length >= total, 3000, `${total} messages on time`);
    const grown = memory(server, 'RssAnon') - before;
    t.diagnostic(
      `${Math.round((total / took) * 1000)} messages/s, memory grew by ${(grown / mebibyte).toFixed(1)} MiB`,
    );
    for (const follower of slow) {
      assert.ok(
        follower.paused && follower.seen.length < total / 2,
        `expected a reader that stands still, it has ${follower.seen.length}`,
      );
    }
    // A backlog held once would be some 30 MiB, held for each reader four times that.
    if (isSanitized(server)) t.diagnostic('memory is not judged: the sanitizer has its own');
    else
      assert.ok(
        grown < 16 * mebibyte,
        `expected memory not to grow with the backlog, it grew by ${grown / mebibyte} MiB`,
      );

    for (const follower of slow) follower.resume();
    for (const follower of [...slow, ...quick]) {
      await follower.until(() => follower.seen.length >= total, 60_000, `all ${total} messages`);
    }
    stopAll([...slow, ...quick]);
    const order = quick[0].seen.map(({ id }) => id);
    assertAscending(order);
    for (const follower of [...slow, ...quick]) {
      assert.equal(follower.resets, 0, 'expected no reset');
      assertSameList(
        follower.seen.map(({ id }) => id),
        order,
        'the same events in the same order',
      );
      const numbers = new Set(follower.seen.map(numberIn));
      assert.equal(numbers.size, total, 'expected every message');
      assert.ok(
        follower.seen.every((event) => numberIn(event) < total),
        'expected nothing else',
      );
    }
  });
});
