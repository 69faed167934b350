// What is told to those who are there: who comes and goes, who writes, who is called what from now on, and
// what a user has read on another device.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { eventsPath, freshRoom, getJson, messagesPath, publish, roomPath } from './chat.mjs';
import { becomeGuest } from './guest.mjs';
import { sharedServer, startServer, tempDir } from './server.mjs';
import { EventStream, withStream } from './sse.mjs';
import { deadline } from './until.mjs';

const following = (guest, rooms, body) =>
  withStream(guest.server, eventsPath(rooms), { headers: { Cookie: guest.cookie } }, body);
const dataOf = (stream, name) =>
  stream.events.filter(({ event }) => event === name).map(({ data }) => JSON.parse(data));
const presence = (server, room) => getJson(server, `/api/v1/rooms/${roomPath(room)}/presence`);

describe('live', { concurrency: true }, () => {
  const server = sharedServer({ args: ['--shards', '2'] });

  test('several streams of a user are one presence, which ends some time after the last', async () => {
    const room = freshRoom();
    const [mason, ada] = [await becomeGuest(server, 'mason'), await becomeGuest(server, 'ada')];
    await following(ada, [room], async (adas) => {
      await adas.event('userJoined');
      const streams = [];
      for (let i = 0; i < 4; ++i) {
        streams.push(await EventStream.open(server, eventsPath([room]), { headers: { Cookie: mason.cookie } }));
        await streams[i].hello();
      }
      await adas.event('userJoined', { n: 2 });
      const { count, users } = await presence(server, room);
      assert.equal(count, 2);
      assert.deepEqual(
        users.sort((a, b) => a.name.localeCompare(b.name)),
        [{ id: ada.id, name: 'ada' }, { id: mason.id, name: 'mason' }],
      );
      for (const stream of streams) stream.drop();
      await adas.event('userLeft', { ms: 15_000 });
      assert.deepEqual(dataOf(adas, 'userJoined'), [
        { room, username: 'ada', user: ada.id },
        { room, username: 'mason', user: mason.id },
      ]);
      assert.deepEqual(dataOf(adas, 'userLeft'), [{ room, username: 'mason', user: mason.id }]);
      assert.equal((await presence(server, room)).count, 1);
    });
  });

  test('typing is told now and then, and not to the page of 2013', async () => {
    const room = freshRoom();
    const mason = await becomeGuest(server, 'mason');
    await withStream(server, eventsPath([room]), {}, async (stream) => {
      await withStream(server, `/subscribe/${roomPath(room)}`, {}, async (old) => {
        for (let i = 0; i < 5; ++i) {
          assert.equal((await mason.ask('POST', `/api/v1/rooms/${roomPath(room)}/typing`)).status, 204);
        }
        await publish(server, room, 'the end');
        await stream.event('message');
        assert.deepEqual(dataOf(stream, 'typing'), [{ room, user: mason.id, username: 'mason' }]);
        assert.equal(stream.events.find(({ event }) => event === 'typing').id, undefined);
        await old.until(() => old.events.length >= 2, 5000, 'the message');
        assert.deepEqual(old.events.map(({ event }) => event), ['hello', 'message']);
      });
    });
  });

  test('a new name is told in every room where the user is', async () => {
    const rooms = [freshRoom(), freshRoom()];
    const mason = await becomeGuest(server, 'mason');
    await following(mason, rooms, async (own) => {
      await own.event('userJoined', { n: 2 });
      await withStream(server, eventsPath([rooms[1]]), {}, async (stream) => {
        await mason.json('PATCH', '/api/v1/me', { name: 'grace' });
        await stream.event('userRenamed');
        const told = { room: rooms[1], user: mason.id, username: 'grace', previous: 'mason' };
        assert.deepEqual(dataOf(stream, 'userRenamed'), [told]);
        await own.event('userRenamed', { n: 2 });
        assert.deepEqual((await presence(server, rooms[0])).users, [{ id: mason.id, name: 'grace' }]);
      });
    });
  });

  test('what is read on one device is read on the other, and nobody else is told', async () => {
    const room = freshRoom('a/b');
    const path = `/api/v1/me/rooms/${encodeURIComponent(room)}`;
    const [mason, ada] = [await becomeGuest(server, 'mason'), await becomeGuest(server, 'ada')];
    await publish(server, room, 'before');
    assert.equal((await mason.json('PUT', path)).unread, 0);
    const ids = [];
    for (const text of ['one', 'two @mason', 'three']) ids.push((await ada.publish(room, text)).id);
    await mason.publish(room, 'four');
    const [mine] = (await mason.json('GET', '/api/v1/me/rooms')).rooms;
    assert.deepEqual([mine.room, mine.unread, mine.mentions, mine.notifications], [room, 3, 1, 'mentions']);

    await following(ada, [room], async (adas) => {
      await following(mason, [freshRoom()], async (own) => {
        const now = await mason.json('PUT', `${path}/read`, { id: ids[1] });
        assert.deepEqual([now.read, now.unread, now.mentions], [ids[1], 1, 0]);
        await own.event('readPosition');
        assert.deepEqual(dataOf(own, 'readPosition'), [now]);
        assert.deepEqual(await mason.json('PUT', `${path}/read`, { id: ids[0] }), now);
        await mason.json('DELETE', path);
        await own.event('roomLeft');
        assert.deepEqual(dataOf(own, 'roomLeft'), [{ room }]);
        assert.deepEqual((await mason.json('GET', '/api/v1/me/rooms')).rooms, []);
      });
      await publish(server, room, 'the end');
      await adas.event('message');
      const names = new Set(adas.events.map(({ event }) => event));
      assert.deepEqual([...names].sort(), ['hello', 'message', 'userJoined']);
    });
  });

  test('the topic is a part of the log and of the room', async () => {
    const room = freshRoom();
    const mason = await becomeGuest(server, 'mason');
    await withStream(server, eventsPath([room]), {}, async (stream) => {
      const set = await mason.publish(room, '/topic tea & cake');
      assert.deepEqual([set.kind, set.text, set.author], ['topic', 'tea & cake', mason.id]);
      const told = await stream.event('topic');
      assert.equal(told.id, set.id);
      assert.deepEqual(JSON.parse(told.data), set);
      assert.equal((await getJson(server, `/api/v1/rooms/${roomPath(room)}`)).topic, 'tea & cake');
      assert.deepEqual((await getJson(server, messagesPath(room))).messages, [set]);
    });
    await withStream(server, `/subscribe/${roomPath(room)}?since=0-0`, {}, async (old) => {
      const told = await old.event('topic');
      assert.deepEqual(Object.keys(JSON.parse(told.data)), ['sender', 'topic', 'time']);
    });
  });

  test('a message is rendered once, and the same everywhere', async () => {
    const room = freshRoom();
    await withStream(server, eventsPath([room]), {}, async (stream) => {
      const sent = await publish(server, room, '**hi** @ada <script>alert(1)</script> [x](javascript:y)');
      assert.equal(
        sent.html,
        '<p><strong>hi</strong> <span class="mention" data-name="ada">@ada</span> ' +
          '&lt;script&gt;alert(1)&lt;/script&gt; x</p>',
      );
      const action = await publish(server, room, '/me waves');
      assert.deepEqual([action.kind, action.html], ['action', undefined]);
      await stream.event('message', { n: 2 });
      assert.deepEqual(stream.messages, [sent, action]);
      assert.deepEqual((await getJson(server, messagesPath(room))).messages, [sent, action]);
    });
  });

  test('nested without end, it is harmless', async () => {
    const room = freshRoom();
    for (const piece of ['>', '[', '*', '- ', '`', '<', '![[]()', '**a ', '_a', '&', '> - ']) {
      const text = piece.repeat(10_000).slice(0, 8000);
      const began = Date.now();
      const { html = '' } = await publish(server, room, text.trim() === '' ? 'x' : text);
      assert.ok(Date.now() - began < deadline(2000), `expected an answer soon for ${piece}`);
      assert.ok(html.length < 40_000);
    }
  });
});

test('open rooms and read positions are there after a restart', async () => {
  const data = tempDir();
  let server = await startServer({ args: ['--data', data] });
  const mason = await becomeGuest(server, 'mason');
  const { id } = await publish(server, 'tea', 'hi');
  await mason.json('PUT', '/api/v1/me/rooms/tea/read', { id });
  await mason.json('PUT', '/api/v1/me/rooms/tea', { notifications: 'all' });
  await server.kill();
  server = await startServer({ args: ['--data', data] });
  const { rooms } = await mason.at(server).json('GET', '/api/v1/me/rooms');
  assert.deepEqual(
    rooms.map(({ room, read, unread, notifications }) => ({ room, read, unread, notifications })),
    [{ room: 'tea', read: id, unread: 0, notifications: 'all' }],
  );
  await server.stop();
});
