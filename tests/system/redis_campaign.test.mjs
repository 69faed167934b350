// Three nodes on one Redis, publishers and subscribers that go to any of them, and one trouble after the
// other: nothing acknowledged is lost, nothing is there twice, and every subscriber sees all of it once, in
// one order, without a single reset.
//
// script/campaign runs the long form.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { check } from './checker.mjs';
import { eventsPath, history, random } from './chat.mjs';
import { Follower, stopAll } from './follower.mjs';
import { Gate } from './gate.mjs';
import { Publisher } from './publisher.mjs';
import { Redis } from './redis.mjs';
import { freePort, startServer } from './server.mjs';
import { deadline, until } from './until.mjs';

const troubles = Number(process.env.TINYCHAT_TROUBLES ?? 8);
const freezeMs = Number(process.env.TINYCHAT_FREEZE_MS ?? 3000);
const seed = Number(process.env.TINYCHAT_SEED ?? Date.now() % 2 ** 32);
const rooms = ['lobby', 'caf\u00e9', 'team/red', 'team/blue', 'ci'];
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// A node with a gate of its own to Redis; it comes back on its port.
class Node {
  static async start(redis) {
    const node = new Node();
    node.gate = await Gate.open(redis.port);
    node.port = await freePort();
    await node.launch();
    return node;
  }

  async launch() {
    this.server = await startServer({ port: this.port, args: ['--redis', this.gate.url] });
  }

  address() {
    return { host: '127.0.0.1', port: this.port };
  }
}

function subscribe(anyNode, chance) {
  return [...Array(100)].map((_, i) => {
    const options = { cursor: i % 5 === 0 ? '0-0' : undefined };
    if (i % 2) {
      const room = rooms[i % rooms.length];
      return new Follower(anyNode, encodeURI(`/subscribe/${room}`), { ...options, rooms: [room] });
    }
    const some = rooms.filter(() => chance() < 0.4);
    const followed = some.length > 0 ? some : [rooms[0]];
    return new Follower(anyNode, eventsPath(followed), { ...options, rooms: followed });
  });
}

const kinds = {
  'a node is killed': async ({ node }) => {
    await node.server.kill();
    await node.launch();
  },
  'Redis is killed': async ({ redis, chance }) => {
    await redis.kill();
    await pause(chance() * 1000);
    await redis.restart();
  },
  'connections are killed': ({ redis }) =>
    redis.call('CLIENT', 'KILL', 'TYPE', 'normal').then(() => redis.call('CLIENT', 'KILL', 'TYPE', 'pubsub')),
  'Redis stands still': async ({ redis, chance }) => {
    redis.freeze();
    await pause(1000 + chance() * (freezeMs - 1000));
    redis.thaw();
  },
  'a gate cuts': ({ node }) => node.gate.cut(),
  'a gate swallows replies': ({ node, chance }) => node.gate.swallowReplies(20 + chance() * 300),
  'a gate delays': async ({ node, chance }) => {
    node.gate.delay(20 + chance() * 400);
    await pause(500 + chance() * 1500);
    node.gate.delay(0);
    node.gate.cut();
  },
  'a gate freezes': async ({ node, chance }) => {
    node.gate.freeze();
    await pause(500 + chance() * (freezeMs - 500));
    node.gate.thaw();
  },
  'a gate is closed': async ({ node, chance }) => {
    node.gate.close();
    await pause(chance() * freezeMs);
    node.gate.reopen();
  },
};

test(`${troubles} troubles on three nodes`, async (t) => {
  t.diagnostic(`seed ${seed} (TINYCHAT_SEED repeats it)`);
  const chance = random(seed);
  const pick = (list) => list[Math.floor(chance() * list.length)];
  const redis = await Redis.start();
  const nodes = [await Node.start(redis), await Node.start(redis), await Node.start(redis)];
  const anyNode = () => nodes[Math.floor(Math.random() * nodes.length)].address();
  const followers = subscribe(anyNode, chance);
  const publishers = [...Array(16)].map(
    (_, i) => new Publisher(anyNode, i, random(seed + i + 1), rooms),
  );
  const failures = [];
  for (const publisher of publishers) publisher.done.catch((error) => failures.push(error));
  const happened = {};
  try {
    await Promise.all(followers.map((follower) => follower.untilConnected()));
    for (let i = 0; i < troubles; ++i) {
      // Each of them at least once, if there is time for it.
      const names = Object.keys(kinds);
      const name = i < names.length ? names[(i + seed) % names.length] : pick(names);
      happened[name] = (happened[name] ?? 0) + 1;
      await pause(deadline(50 + chance() * 400));
      for (const follower of followers) if (chance() < 0.05) follower.drop();
      await kinds[name]({ redis, chance, node: pick(nodes) });
      assert.deepEqual(failures, [], 'expected no publisher to be refused');
    }
    const acknowledged = publishers.map(({ acks }) => acks.length);
    await until(
      () => publishers.every(({ acks }, i) => acks.length > acknowledged[i]),
      20_000,
      'every publisher to publish again after the last trouble',
    );
    for (const publisher of publishers) publisher.stopped = true;
    await Promise.all(publishers.map(({ done }) => done));

    const histories = new Map();
    for (const room of rooms) histories.set(room, await history(nodes[0].server, room));
    for (const follower of followers) {
      const last = follower.rooms.map((room) => histories.get(room).at(-1)?.id).filter(Boolean);
      for (const id of last) await follower.untilCursor(id, 20_000);
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
    t.diagnostic(JSON.stringify(happened));
    t.diagnostic(
      `${acks.length} acknowledged, ${repeats} repeated, ${connections} connections of ${followers.length} subscribers`,
    );
    assert.deepEqual(wrong.slice(0, 10), [], `expected every promise kept (seed ${seed})`);
    assert.ok(acks.length > troubles, 'expected messages between the troubles');
  } finally {
    for (const publisher of publishers) publisher.stopped = publisher.abandoned = true;
    for (const follower of followers) follower.stopped = true;
    redis.thaw();
    for (const { server, gate } of nodes) {
      await server.stop();
      gate.close();
    }
    await redis.kill();
    for (const publisher of publishers) publisher.connection?.destroy();
    for (const follower of followers) follower.stream.socket.destroy();
  }
});
