// kill -9 at random moments while publishers publish and subscribers follow: nothing acknowledged is
// lost, nothing is there twice, and every subscriber sees all of it once, in order.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { check } from './checker.mjs';
import { eventsPath, history, random } from './chat.mjs';
import { Follower, stopAll } from './follower.mjs';
import { Publisher } from './publisher.mjs';
import { freePort, startServer, tempDir } from './server.mjs';
import { deadline, until } from './until.mjs';

const kills = Number(process.env.TINYCHAT_KILLS ?? 20);
const seed = Number(process.env.TINYCHAT_SEED ?? Date.now() % 2 ** 32);
const rooms = ['lobby', 'caf\u00e9', 'team/red', 'team/blue', 'ci'];
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// 50 of them: in both dialects, of one room and of several, from now and from the beginning.
function subscribe(address, chance) {
  return [...Array(50)].map((_, i) => {
    const options = { cursor: i % 5 === 0 ? '0-0' : undefined };
    if (i % 2) {
      const room = rooms[i % rooms.length];
      return new Follower(address, encodeURI(`/subscribe/${room}`), { ...options, rooms: [room] });
    }
    const some = rooms.filter(() => chance() < 0.4);
    const followed = some.length > 0 ? some : [rooms[0]];
    return new Follower(address, eventsPath(followed), { ...options, rooms: followed });
  });
}

test(`${kills} times kill -9 under load`, async (t) => {
  t.diagnostic(`seed ${seed} (TINYCHAT_SEED repeats it)`);
  const chance = random(seed);
  const options = { port: await freePort(), args: ['--data', tempDir()] };
  let server = await startServer(options);
  const followers = subscribe(server, chance);
  const publishers = [...Array(8)].map((_, i) => new Publisher(server, i, random(seed + i + 1), rooms));
  const failures = [];
  for (const publisher of publishers) publisher.done.catch((error) => failures.push(error));
  try {
    for (let i = 0; i < kills; ++i) {
      await pause(deadline(10 + chance() * 350));
      await server.kill();
      server = await startServer(options);
      assert.deepEqual(failures, [], 'expected no publisher to be refused');
    }
    const acknowledged = publishers.map(({ acks }) => acks.length);
    await until(
      () => publishers.every(({ acks }, i) => acks.length > acknowledged[i]),
      10_000,
      'every publisher to publish again after the last kill',
    );
    for (const publisher of publishers) publisher.stopped = true;
    await Promise.all(publishers.map(({ done }) => done));

    const histories = new Map();
    for (const room of rooms) histories.set(room, await history(server, room));
    for (const follower of followers) {
      const last = follower.rooms.map((room) => histories.get(room).at(-1)?.id).filter(Boolean);
      for (const id of last) await follower.untilCursor(id, 15_000);
    }
    stopAll(followers);

    const acks = publishers.flatMap((publisher) => publisher.acks);
    const wrong = check({
      acks,
      attempted: new Set(publishers.flatMap((publisher) => publisher.attempted)),
      histories,
      followers: followers.map((follower, i) => ({
        name: `follower ${i} of ${follower.rooms}`,
        rooms: follower.rooms,
        start: follower.start,
        resets: follower.resets,
        seen: follower.seen.map(({ id, data }) => {
          const { text, message } = JSON.parse(data);
          return { id, text: text ?? message };
        }),
      })),
    });
    const repeats = publishers.reduce((sum, publisher) => sum + publisher.repeats, 0);
    const connections = followers.reduce((sum, follower) => sum + follower.connections, 0);
    t.diagnostic(
      `${acks.length} acknowledged, ${repeats} repeated, ${connections} connections of 50 subscribers`,
    );
    assert.deepEqual(wrong.slice(0, 10), [], `expected every promise kept (seed ${seed})`);
    assert.ok(acks.length > kills, 'expected messages between the kills');
    assert.ok(connections > followers.length, 'expected the subscribers to have come back');
  } finally {
    for (const publisher of publishers) publisher.stopped = publisher.abandoned = true;
    for (const follower of followers) follower.stopped = true;
    await server.stop();
    for (const publisher of publishers) publisher.connection?.destroy();
    for (const follower of followers) follower.stream.socket.destroy();
  }
});
