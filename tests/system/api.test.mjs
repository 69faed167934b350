// The JSON interface: messages, pages, rooms, idempotency, streams of many rooms, problem details.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { eventsPath, freshRoom, getJson, history, messagesPath, postJson, publish } from './chat.mjs';
import { sharedServer } from './server.mjs';
import { withStream } from './sse.mjs';
import { request } from './wire.mjs';

const idsOf = (messages) => messages.map(({ id }) => id);

async function refused(server, method, target, statuses, body) {
  const headers = body === undefined ? {} : { 'Content-Type': 'application/json' };
  const response = await request(server, method, target, { headers, body });
  assert.ok(
    [statuses].flat().includes(response.status),
    `expected ${statuses} for ${method} ${target} ${body ?? ''}, got ${response.status} ${response.text}`,
  );
  assert.match(response.headers['content-type'], /^application\/problem\+json/);
  const problem = response.json();
  for (const key of ['type', 'title', 'detail']) {
    assert.ok(typeof problem[key] === 'string' && problem[key] !== '', `expected ${key} in ${response.text}`);
  }
  assert.equal(problem.status, response.status, 'expected the status in the problem too');
  return { response, problem };
}

describe('messages', { concurrency: true }, () => {
  const server = sharedServer();

  test('a message is the same everywhere', async () => {
    const room = freshRoom('a/b');
    const text = 'hi & <b> \u{1F600} "\\ \n\t \u2028';
    await withStream(server, eventsPath([room]), {}, async (stream) => {
      const response = await postJson(server, messagesPath(room), { sender: '<mason>', text });
      assert.equal(response.status, 201);
      const message = response.json();
      assert.deepEqual(Object.keys(message).slice(0, 5), ['id', 'room', 'sender', 'text', 'time']);
      assert.deepEqual([message.room, message.sender, message.text], [room, '<mason>', text]);
      assert.match(message.time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/, 'expected RFC 3339, UTC');
      assert.equal(Date.parse(message.time), Number(message.id.split('-')[0]), 'expected the time of the id');
      assert.ok(Math.abs(Date.parse(message.time) - Date.now()) < 60_000, 'expected the time of now');

      const event = await stream.event('message');
      assert.equal(event.id, message.id);
      assert.deepEqual(JSON.parse(event.data), message, 'expected the same message on the stream');
      assert.deepEqual(
        await getJson(server, response.headers.location),
        message,
        'expected it at its Location',
      );
      assert.deepEqual(await history(server, room), [message], 'expected it in the history');
    });
  });

  test('rooms with slashes, spelled both ways', async () => {
    const room = freshRoom('x/y');
    const [plain, encoded] = [room, encodeURIComponent(room)].map((name) => `/api/v1/rooms/${name}/messages`);
    const first = await postJson(server, plain, { sender: 'm', text: '1' });
    const second = await postJson(server, encoded, { sender: 'm', text: '2' });
    assert.deepEqual([first.status, second.status], [201, 201]);
    for (const path of [plain, encoded]) {
      assert.deepEqual(
        (await getJson(server, path)).messages.map(({ text }) => text),
        ['1', '2'],
      );
      const { id } = first.json();
      assert.equal((await getJson(server, `${path}/${id}`)).id, id);
    }
  });

  test('pages join on to each other in both directions', async () => {
    const room = freshRoom();
    const all = [];
    for (let i = 0; i < 25; ++i) all.push(await publish(server, room, `m${i}`));
    const path = messagesPath(room);

    for (const limit of [1, 7, 24, 25, 26, 200]) {
      // From the end to the beginning.
      let page = await getJson(server, `${path}?limit=${limit}`);
      assert.equal(page.after, null, 'expected nothing after the newest page');
      assert.deepEqual(page.messages, all.slice(-limit), 'expected the newest messages, ascending');
      let walked = page.messages;
      while (page.before !== null) {
        assert.equal(page.messages.length, limit, 'expected a full page where there is more');
        page = await getJson(server, `${path}?limit=${limit}&before=${page.before}`);
        assert.notEqual(page.after, null, 'expected a cursor back to the newer page');
        walked = [...page.messages, ...walked];
      }
      assert.deepEqual(walked, all, `expected all messages once, walking back with limit ${limit}`);
      // And forward again.
      walked = page.messages;
      while (page.after !== null) {
        page = await getJson(server, `${path}?limit=${limit}&after=${page.after}`);
        walked = [...walked, ...page.messages];
      }
      assert.deepEqual(walked, all, `expected all messages once, walking forward with limit ${limit}`);
    }

    const first = all[0].id;
    const last = all.at(-1).id;
    const cases = {
      [`before=${first}`]: [],
      [`before=${all[3].id}`]: all.slice(0, 3),
      [`after=${last}`]: [],
      [`after=${all.at(-3).id}`]: all.slice(-2),
      'after=0': all,
      'after=0-0': all,
      [`before=${Date.now() + 1_000_000}-0`]: all,
    };
    for (const [query, expected] of Object.entries(cases)) {
      assert.deepEqual(
        idsOf((await getJson(server, `${path}?limit=200&${query}`)).messages),
        idsOf(expected),
        query,
      );
    }
    const end = await getJson(server, `${path}?after=${last}`);
    assert.equal(end.after, null);
    assert.notEqual(end.before, null, 'expected a way back from the empty page at the end');
    const start = await getJson(server, `${path}?before=${first}`);
    assert.equal(start.before, null);
    assert.notEqual(start.after, null, 'expected a way on from the empty page at the beginning');
  });

  test('a page around a message has it, with neighbours on both sides', async () => {
    const room = freshRoom();
    const all = [];
    for (let i = 0; i < 21; ++i) all.push(await publish(server, room, `m${i}`));
    for (const [at, limit] of [
      [10, 5],
      [10, 4],
      [0, 5],
      [20, 5],
      [10, 1],
      [10, 200],
    ]) {
      const page = await getJson(server, `${messagesPath(room)}?around=${all[at].id}&limit=${limit}`);
      const got = idsOf(page.messages);
      const from = idsOf(all).indexOf(got[0]);
      assert.deepEqual(
        got,
        idsOf(all).slice(from, from + Math.min(limit, all.length)),
        'expected a full piece of the room',
      );
      assert.ok(got.includes(all[at].id), `expected message ${at} in the page around it with limit ${limit}`);
      assert.equal(page.before === null, from === 0, 'expected a cursor exactly if there is more before');
      assert.equal(
        page.after === null,
        from + got.length === all.length,
        'expected a cursor exactly if there is more after',
      );
      if (at === 10 && limit === 5) assert.equal(from, 8, 'expected the message in the middle');
    }
  });

  test('an empty room is an empty page', async () => {
    assert.deepEqual(await getJson(server, messagesPath(freshRoom())), {
      messages: [],
      before: null,
      after: null,
    });
  });

  test('by default a page has 50', async () => {
    const room = freshRoom();
    for (let i = 0; i < 51; ++i) await publish(server, room, `m${i}`);
    assert.equal((await getJson(server, messagesPath(room))).messages.length, 50);
  });

  test('the rooms are listed', async () => {
    const names = [freshRoom('café'), freshRoom('p/q')];
    const last = [];
    for (const name of names) {
      await publish(server, name, 'one');
      last.push((await publish(server, name, 'two')).id);
    }
    const { rooms } = await getJson(server, '/api/v1/rooms');
    names.forEach((name, i) => {
      const entry = rooms.find(({ room }) => room === name);
      assert.ok(entry, `expected ${name} among the rooms`);
      assert.equal(entry.messages, 2);
      assert.equal(entry.last.id, last[i]);
    });
    const sorted = rooms
      .map(({ room }) => Buffer.from(room))
      .sort(Buffer.compare)
      .map(String);
    assert.deepEqual(
      rooms.map(({ room }) => room),
      sorted,
      'expected the rooms by name',
    );
  });

  test('a stream of 100 rooms, not of 101, not of none', async () => {
    const names = [...Array(100)].map(() => freshRoom('n'));
    await withStream(server, eventsPath(names), {}, async (stream) => {
      const ids = [];
      for (const room of [names[0], names[99], names[50]]) ids.push((await publish(server, room, 'x')).id);
      await stream.event('message', { n: 3 });
      assert.deepEqual(idsOf(stream.events.slice(1)), ids);
    });
    const { problem } = await refused(server, 'GET', eventsPath([...names, 'more']), 422);
    assert.match(problem.detail, /100/, 'expected the limit in the detail');
    await refused(server, 'GET', '/api/v1/events', [400, 422]);
    await refused(server, 'GET', '/api/v1/events?room=', 422);
  });

  test('a room asked for twice is followed once', async () => {
    const room = freshRoom();
    await withStream(server, eventsPath([room, room]), {}, async (stream) => {
      await publish(server, room, 'one');
      await publish(server, room, 'two');
      await stream.event('message', { n: 2 });
      assert.deepEqual(
        stream.messages.map(({ text }) => text),
        ['one', 'two'],
      );
    });
  });

  test('presence names the room, and has no id', async () => {
    const [a, b] = [freshRoom(), freshRoom()];
    await withStream(server, eventsPath([a, b], '&name=mason'), {}, async (stream) => {
      await stream.event('userJoined', { n: 2 });
      const joined = stream.events.filter(({ event }) => event === 'userJoined');
      assert.ok(
        joined.every(({ id }) => id === undefined),
        'expected no id',
      );
      const data = joined.map(({ data }) => JSON.parse(data)).sort((x, y) => (x.room < y.room ? -1 : 1));
      assert.deepEqual(
        data,
        [a, b].sort().map((room) => ({ room, username: 'mason' })),
      );
    });
  });

  test('problems say what is wrong and what to do', async () => {
    const path = messagesPath(freshRoom());
    const json = (value) => JSON.stringify(value);
    const { problem } = await refused(server, 'POST', path, 400, '{"sender": "m", "text": }');
    assert.match(problem.detail, /at byte \d+/, 'expected the place');
    await refused(server, 'POST', path, 422, json({ sender: 'm', text: '' }));
    await refused(server, 'POST', path, 422, json({ sender: 'm', text: ' \n\t' }));
    await refused(server, 'POST', path, 422, json({ sender: 'm' }));
    await refused(server, 'POST', path, [400, 422], json({ sender: 'm', text: 7 }));
    await refused(server, 'POST', path, [400, 422], json(['m', 'x']));
    await refused(server, 'POST', path, 422, json({ sender: 's'.repeat(129), text: 'x' }));
    await refused(server, 'POST', path, 422, json({ sender: 'a\u0007', text: 'x' }));
    await refused(server, 'POST', path, 413, json({ sender: 'm', text: 'x'.repeat(8193) }));
    await refused(server, 'GET', `${path}/1-0`, 404);
    await refused(server, 'GET', `${path}/nonsense`, [400, 404, 422]);
    for (const query of [
      'limit=0',
      'limit=201',
      'limit=x',
      'limit=-1',
      'before=x',
      'after=',
      'around=1-',
      'before=1-0&after=2-0',
    ]) {
      await refused(server, 'GET', `${path}?${query}`, [400, 422]);
    }
    await refused(server, 'GET', '/api/v1/nope', 404);
    const { response } = await refused(server, 'DELETE', path, 405);
    for (const method of ['GET', 'HEAD', 'POST', 'OPTIONS'])
      assert.match(response.headers.allow, new RegExp(`\\b${method}\\b`));
    assert.deepEqual((await getJson(server, path)).messages, [], 'expected nothing stored');
  });

  test('text of exactly the limit is taken', async () => {
    const room = freshRoom();
    for (const text of ['x'.repeat(8192), '"'.repeat(8192), 'é'.repeat(4096), '&'.repeat(8192)]) {
      await withStream(server, `/subscribe/${room}`, {}, async (stream) => {
        const { id } = await publish(server, room, text);
        const event = await stream.event('message');
        assert.equal(event.id, id);
        assert.ok(Buffer.byteLength(event.data) < 65_536, 'expected an event under 64 KiB');
        assert.equal((await history(server, room)).at(-1).text, text);
      });
    }
  });
});
