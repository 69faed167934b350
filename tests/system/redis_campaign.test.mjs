// Three nodes on one Redis, publishers and subscribers that go to any of them, and one trouble after the
// other: nothing acknowledged is lost, nothing is there twice, and every subscriber sees all of it once, in
// one order, without a single reset.
//
// script/campaign runs the long form.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Crowd, pause, seedOfThisRun as seed, summary } from './campaign.mjs';
import { random } from './chat.mjs';
import { Gate } from './gate.mjs';
import { Redis } from './redis.mjs';
import { freePort, startServer } from './server.mjs';
import { deadline } from './until.mjs';

const troubles = Number(process.env.TINYCHAT_TROUBLES ?? 8);
const freezeMs = Number(process.env.TINYCHAT_FREEZE_MS ?? 3000);

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
  const crowd = new Crowd(anyNode, { seed, publishers: 16, followers: 100 });
  const happened = {};
  try {
    await Promise.all(crowd.followers.map((follower) => follower.untilConnected()));
    for (let i = 0; i < troubles; ++i) {
      // Each of them at least once, if there is time for it.
      const names = Object.keys(kinds);
      const name = i < names.length ? names[(i + seed) % names.length] : pick(names);
      happened[name] = (happened[name] ?? 0) + 1;
      await pause(deadline(50 + chance() * 400));
      for (const follower of crowd.followers) if (chance() < 0.05) follower.drop();
      await kinds[name]({ redis, chance, node: pick(nodes) });
      crowd.assertNotRefused();
    }
    const record = await crowd.settle(nodes[0].server, 20_000);
    t.diagnostic(JSON.stringify(happened));
    t.diagnostic(summary(record));
    assert.ok(record.acknowledged > troubles, 'expected messages between the troubles');
  } finally {
    crowd.abandon();
    redis.thaw();
    for (const { server, gate } of nodes) {
      await server.stop();
      gate.close();
    }
    await redis.kill();
    crowd.drop();
  }
});
