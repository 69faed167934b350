// Two nodes on one Redis: one log, one presence; and programs of the kind of 2013 beside them.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { eventsPath, getJson, history, messagesPath, postJson, publish } from './chat.mjs';
import { becomeGuest } from './guest.mjs';
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
    // The log and what is said outside of it come by two ways.
    for (const stream of streams) await stream.event('message', { n: 6 });
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

  test('a user is the same on both nodes, and so are their rooms', async () => {
    const mason = await becomeGuest(nodes[0], 'mason');
    const there = mason.at(nodes[1]);
    assert.equal((await there.json('GET', '/api/v1/me')).id, mason.id);
    const sent = await there.publish('ours', 'hi');
    assert.deepEqual([sent.sender, sent.author], ['mason', mason.id]);
    await mason.publish('ours', '/topic tea');
    assert.equal((await getJson(nodes[1], '/api/v1/rooms/ours')).topic, 'tea');

    // A repeat is one also under another name and on another node.
    const send = (guest) =>
      guest.ask('POST', messagesPath('ours'), { text: 'once' }, { 'Idempotency-Key': 'k' });
    const first = await send(mason);
    assert.equal((await there.json('PATCH', '/api/v1/me', { name: 'grace' })).name, 'grace');
    const second = await send(there);
    assert.deepEqual([first.status, second.status], [201, 200]);
    assert.deepEqual(second.json(), first.json());
    assert.equal((await mason.publish('ours', 'two')).sender, 'grace');

    await mason.json('PUT', '/api/v1/me/rooms/ours');
    await publish(nodes[1], 'ours', 'hi @grace');
    const [room] = (await there.json('GET', '/api/v1/me/rooms')).rooms;
    assert.deepEqual([room.room, room.unread, room.mentions, room.topic], ['ours', 1, 1, 'tea']);
    assert.equal((await there.ask('DELETE', '/api/v1/me/sessions/current')).status, 204);
    assert.equal((await mason.ask('GET', '/api/v1/me')).status, 401);
  });

  test('who writes, who has another name and what was read is told on both nodes, once', async () => {
    const mason = await becomeGuest(nodes[0], 'mason');
    const there = mason.at(nodes[1]);
    const following = (guest, room) =>
      EventStream.open(guest.server, eventsPath([room]), { headers: { Cookie: guest.cookie } });
    const streams = [await following(mason, 'desk'), await following(there, 'desk')];
    for (const stream of streams) await stream.hello();
    const presence = (node) => getJson(node, '/api/v1/rooms/desk/presence');
    const expected = { room: 'desk', count: 1, users: [{ id: mason.id, name: 'mason' }] };
    for (const node of nodes) {
      await until(async () => (await presence(node)).count > 0, 5000, 'mason to be there');
      assert.deepEqual(await presence(node), expected);
    }
    const { id } = await publish(nodes[0], 'desk', 'hi');
    await mason.json('POST', '/api/v1/rooms/desk/typing');
    await there.json('PUT', '/api/v1/me/rooms/desk/read', { id });
    await mason.json('PUT', '/api/v1/me/rooms/desk/read', { id: '1-0' });
    await there.json('PATCH', '/api/v1/me', { name: 'grace' });
    await publish(nodes[0], 'desk', 'the end');
    for (const stream of streams) {
      await stream.event('message', { n: 2 });
      await stream.event('userRenamed');
      const told = (name) =>
        stream.events.filter(({ event }) => event === name).map(({ data }) => JSON.parse(data));
      assert.deepEqual(told('typing'), [{ room: 'desk', user: mason.id, username: 'mason' }]);
      assert.deepEqual(told('readPosition').map(({ room, read }) => [room, read]), [['desk', id], ['desk', id]]);
      assert.deepEqual(told('userRenamed'), [
        { room: 'desk', user: mason.id, username: 'grace', previous: 'mason' },
      ]);
      assert.deepEqual(told('userLeft'), []);
    }
    for (const node of nodes) {
      assert.deepEqual((await presence(node)).users, [{ id: mason.id, name: 'grace' }]);
    }
    streams[0].drop();
    await publish(nodes[0], 'desk', 'still there');
    await streams[1].event('message', { n: 3 });
    assert.equal((await presence(nodes[0])).count, 1);
    streams[1].drop();
    await until(async () => (await presence(nodes[0])).count === 0, 15_000, 'the user to have left');
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
