// Two nodes on one Redis: one log, one presence; and programs of the kind of 2013 beside them.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { eventsPath, history, messagesPath, postJson, publish } from './chat.mjs';
import { Redis, RedisClient } from './redis.mjs';
import { startServer } from './server.mjs';
import { EventStream, until, withStream } from './sse.mjs';

describe('two nodes', () => {
  let redis;
  let nodes;
  const start = () => startServer({ args: ['--redis', redis.url] });
  before(async () => {
    redis = await Redis.start();
    nodes = [await start(), await start()];
  });
  after(async () => {
    for (const node of nodes) await node.stop();
    await redis.kill();
  });

  test('what one is told, both tell, in one order', async () => {
    const [a, b] = nodes;
    await withStream(a, '/subscribe/order', {}, async (one) => {
      await withStream(b, eventsPath(['order', 'other']), {}, async (two) => {
        const ids = [];
        for (let i = 0; i < 20; ++i) ids.push((await publish(nodes[i % 2], 'order', `m${i}`)).id);
        for (const [i, id] of ids.entries()) {
          assert.equal((await one.event('message', { n: i + 1 })).id, id);
          assert.equal((await two.event('message', { n: i + 1 })).id, id);
        }
        assert.deepEqual(
          (await history(a, 'order')).map(({ id }) => id),
          ids,
        );
        assert.deepEqual(await history(b, 'order'), await history(a, 'order'));
      });
    });
  });

  test('a cursor of one node is good on the other, at once', async () => {
    for (let i = 0; i < 30; ++i) {
      const { id } = await publish(nodes[i % 2], 'hop', `m${i}`);
      await withStream(nodes[(i + 1) % 2], '/subscribe/hop', { lastEventId: id }, async (stream) => {
        const next = await publish(nodes[i % 2], 'hop', `then ${i}`);
        const event = await stream.event('message');
        assert.equal(event.id, next.id);
        assert.equal(stream.events.filter(({ event: name }) => name === 'reset').length, 0);
      });
    }
  });

  test('a cursor that no node ever gives out is told so', async () => {
    const future = `${Date.now() + 3000}-0`;
    await withStream(nodes[0], '/subscribe/future', { lastEventId: future }, async (stream) => {
      const reset = await stream.event('reset', { ms: 10_000 });
      assert.match(reset.data, /unknown-cursor/);
      const { id } = await publish(nodes[1], 'future', 'x');
      assert.equal((await stream.event('message')).id, id);
    });
  });

  test('an idempotency key holds on both', async () => {
    const send = (node, text = 'once') =>
      postJson(node, messagesPath('keys'), { sender: 's', text }, { 'Idempotency-Key': 'k1' });
    const first = await send(nodes[0]);
    const second = await send(nodes[1]);
    assert.deepEqual([first.status, second.status], [201, 200]);
    assert.equal(second.json().id, first.json().id);
    assert.equal((await send(nodes[1], 'other')).status, 422);
    assert.equal((await history(nodes[0], 'keys')).length, 1);
  });

  test('an outside PUBLISH reaches all browsers of all nodes, live only and escaped', async () => {
    const streams = [];
    for (const node of nodes) {
      streams.push(await EventStream.open(node, '/subscribe/everyone'));
      streams.push(await EventStream.open(node, eventsPath(['everyone', 'tea'])));
    }
    for (const stream of streams) await stream.hello();
    for (const junk of ['junk', '[]', '{"sender":"a"}', '{"sender":"a","message":""}', '{"message":7}']) {
      await redis.call('PUBLISH', 'everyone', junk);
    }
    await redis.call('PUBLISH', 'everyone', '{"sender":"<a>","message":"hi &lt;b&gt; & <c>"}');
    for (const [i, stream] of streams.entries()) {
      const event = await stream.event('message');
      assert.equal(event.id, undefined);
      const data = JSON.parse(event.data);
      assert.equal(data.live, true);
      if (i % 2 === 0) {
        assert.match(
          event.data,
          /^\{"sender":"&lt;a&gt;","message":"hi &lt;b&gt; &amp; &lt;c&gt;",/,
          'the two keys of 2013 first, and harmless in a page',
        );
      } else {
        assert.equal(data.sender, '<a>');
        assert.equal(data.text, 'hi <b> & <c>');
      }
      stream.drop();
    }
    assert.deepEqual(await history(nodes[0], 'everyone'), [], 'expected it not to be kept');
  });

  test('an outside SUBSCRIBE sees our messages, and nobody sees anything twice', async () => {
    const outside = await RedisClient.open(redis.port);
    await outside.send('SUBSCRIBE', 'shared');
    const pattern = await RedisClient.open(redis.port);
    await pattern.send('PSUBSCRIBE', 'shar*');
    const streams = [];
    for (const node of nodes) streams.push(await EventStream.open(node, '/subscribe/shared'));
    for (const stream of streams) await stream.hello();
    for (let i = 0; i < 6; ++i) await publish(nodes[i % 2], 'shared', `<m${i}>`);
    await until(() => outside.pushed.length >= 6 && pattern.pushed.length >= 6, 5000, 'six messages outside');
    await redis.call('PUBLISH', 'shared', '{"sender":"x","message":"the end"}');
    for (const stream of streams) {
      await stream.event('message', { n: 7 });
      const texts = stream.messages.map(({ message }) => message);
      assert.deepEqual(texts, [...[...Array(6)].map((_, i) => `&lt;m${i}&gt;`), 'the end']);
      stream.drop();
    }
    for (const [i, [, , payload]] of outside.pushed.slice(0, 6).entries()) {
      assert.match(payload, new RegExp(`^\\{"sender":"[^"]*","message":"&lt;m${i}&gt;",`));
    }
    outside.close();
    pattern.close();
  });

  test('who is there is counted over all nodes, and leaves with a node that dies', async () => {
    const third = await start();
    const witness = await EventStream.open(nodes[0], eventsPath(['hall']));
    await witness.hello();
    const events = (name) =>
      witness.events.filter(({ event }) => event === name).map(({ data }) => JSON.parse(data).username);
    const onA = await EventStream.open(nodes[0], '/subscribe/hall?name=ann');
    await onA.hello();
    const onB = await EventStream.open(nodes[1], '/subscribe/hall?name=ann');
    await onB.hello();
    const onThird = await EventStream.open(third, '/subscribe/hall?name=bob');
    await onThird.hello();
    await until(() => events('userJoined').length === 2, 5000, 'ann and bob to have come');
    assert.deepEqual(events('userJoined').sort(), ['ann', 'bob']);
    onA.drop();
    await publish(nodes[0], 'hall', 'x');
    assert.deepEqual(events('userLeft'), [], 'ann is still on the other node');
    onB.drop();
    await until(() => events('userLeft').includes('ann'), 5000, 'ann to have left');
    await third.kill();
    await until(() => events('userLeft').includes('bob'), 30_000, 'bob to have left with his node');
    assert.deepEqual(events('userLeft').sort(), ['ann', 'bob']);
    witness.drop();
    onThird.drop();
  });
});
