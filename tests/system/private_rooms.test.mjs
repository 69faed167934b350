// Rooms of some alone: for nobody else they are there, on one server and on two nodes, and who is sent out hears no
// more. And rooms that are locked.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { eventsPath, messagesPath, postForm, publish } from './chat.mjs';
import { becomeGuest } from './guest.mjs';
import { Redis } from './redis.mjs';
import { run, startServer, tempDir } from './server.mjs';
import { EventStream } from './sse.mjs';
import { until } from './until.mjs';
import { request } from './wire.mjs';

const soon = 5_000; // a revocation holds on every node after at most so long
const at = (room, rest = '') => `/api/v1/rooms/${room}${rest}`;
const texts = (stream) => stream.events.filter(({ event }) => event === 'message').map(({ data }) => JSON.parse(data).text);

const follow = async (guest, rooms, since = '') => {
  const stream = await EventStream.open(guest.server, eventsPath(rooms, since), { headers: { Cookie: guest.cookie } });
  if (stream.status === 200) await stream.hello();
  return stream;
};
const event = async (stream, type, n = 1) => JSON.parse((await stream.event(type, { n })).data);

// `nodes`: two of them, which may be one and the same. `where`: what the command line needs to find what they keep.
function scenarios(nodes, where) {
  const guests = async (...names) => {
    const all = [];
    for (const [i, name] of names.entries()) all.push((await becomeGuest(nodes()[0], name)).at(nodes()[i % 2]));
    return all;
  };
  const makeOwner = async (guest) => {
    const link = await run(['owner-link', ...where()]);
    assert.equal(link.code, 0, link.stderr);
    const answer = await guest.ask('POST', new URL(link.stdout.split('\n')[0]).pathname);
    assert.equal(answer.status, 303, answer.text);
  };

  test('a private room is made, told to its members, and used by them', async () => {
    const [ada, grace, mason] = await guests('ada', 'grace', 'mason');
    const theirs = await follow(grace, ['lobby']);
    const made = await ada.json('POST', '/api/v1/rooms', { title: 'Plans', members: [grace.id] });
    const { room } = made;
    assert.match(room, /^~[A-Za-z0-9_-]{22}$/);
    assert.deepEqual(made, {
      room, read: '0-0', unread: 0, mentions: 0, notifications: 'mentions', last: null, topic: '',
      title: 'Plans', private: true, direct: false, locked: false,
    });
    assert.deepEqual(await event(theirs, 'roomOpened'), made);
    assert.deepEqual((await grace.json('GET', '/api/v1/me/rooms')).rooms, [made]);
    const streams = [await follow(ada, ['lobby', room]), await follow(grace, [room])];
    await grace.publish(room, 'only for us');
    for (const stream of streams) assert.equal((await event(stream, 'message')).text, 'only for us');

    // Somebody who comes later can read it all, and has read it.
    const late = await follow(mason, ['lobby']);
    assert.equal((await grace.ask('PUT', at(room, `/members/${mason.id}`))).status, 204);
    const opened = await event(late, 'roomOpened');
    assert.deepEqual([opened.room, opened.unread, opened.title], [room, 0, 'Plans']);
    assert.equal((await mason.json('GET', messagesPath(room))).messages.length, 1);
    assert.deepEqual(await mason.json('GET', at(room, '/members')), {
      members: [ada, grace, mason].map(({ id, name }) => ({ id, name })),
      host: ada.id,
    });
    for (const stream of [theirs, late, ...streams]) stream.drop();
  });

  test('nobody else can tell it from one that is not there', async () => {
    const [ada, eve] = await guests('ada', 'eve');
    await makeOwner(eve);
    const { room } = await ada.json('POST', '/api/v1/rooms', { title: 'Unheard-of plans' });
    const { id } = await ada.publish(room, 'unheard-of');
    const stream = await follow(ada, [room]);
    const none = `~${room.slice(1).split('').reverse().join('')}`;
    const operations = (name) => [
      ['GET', at(name)], ['GET', at(name, '/members')], ['GET', at(name, '/presence')], ['GET', at(name, '/messages')],
      ['GET', at(name, `/messages/${id}`)], ['POST', at(name, '/messages'), { text: 'hi' }], ['POST', at(name, '/typing')],
      ['PATCH', at(name), { locked: true }], ['PUT', at(name, `/members/${eve.id}`)], ['DELETE', at(name, `/members/${ada.id}`)],
      ['GET', `/subscribe/${name}`], ['GET', eventsPath([name])], ['GET', eventsPath(['lobby', name])],
      ['POST', `/${name}`, { message: 'hi' }], ['PUT', `/api/v1/me/rooms/${name}`, {}],
      ['PUT', `/api/v1/me/rooms/${name}/read`, { id }], ['DELETE', `/api/v1/me/rooms/${name}`],
    ];
    for (const [i, [method, target, value]] of operations(room).entries()) {
      const answer = await eve.ask(method, target, value);
      const other = await eve.ask(method, operations(none)[i][1], value);
      assert.equal(answer.status, 404, `${method} ${target}: ${answer.text}`);
      assert.equal(other.status, 404);
      assert.equal(answer.text, other.text, `${method} ${target}`);
      assert.doesNotMatch(answer.text, /unheard-of|ada/);
      if (method !== 'GET') continue;
      const nobody = await request(eve.server, method, target);
      assert.equal(nobody.status, 404, `nobody: ${target}`);
      assert.equal(nobody.text, other.text);
    }
    for (const target of ['/api/v1/rooms', '/api/v1/me/rooms']) {
      assert.doesNotMatch((await eve.ask('GET', target)).text, /~|nheard-of/);
    }
    for (const node of nodes()) assert.ok(!`${node.stderr()}${node.stdout()}`.includes(room.slice(1)), 'the log has the name');
    stream.drop();
  });

  test('who is sent out hears no more, and keeps what else they follow', async () => {
    const [ada, grace] = await guests('ada', 'grace');
    const { room } = await ada.json('POST', '/api/v1/rooms', { title: 'Plans', members: [grace.id] });
    const other = await ada.json('POST', '/api/v1/rooms', { title: 'Other', members: [grace.id] });
    const [alone, many, elsewhere, host] = [
      await follow(grace, [room]), await follow(grace, ['lobby', room]), await follow(grace, ['lobby', other.room]), await follow(ada, [room]),
    ];
    assert.equal((await grace.ask('DELETE', at(room, `/members/${ada.id}`))).status, 403);
    assert.equal((await ada.ask('DELETE', at(room, `/members/${grace.id}`))).status, 204);
    assert.deepEqual(await event(elsewhere, 'roomLeft'), { room });
    for (const stream of [alone, many]) {
      await stream.untilClosed(soon);
      assert.deepEqual(JSON.parse(stream.events.at(-1).data), { reason: 'revoked' });
      assert.ok(stream.finalChunk, 'the end says that there is no use in coming back');
    }
    const { id } = await ada.publish(room, 'without you');
    assert.equal((await event(host, 'message')).text, 'without you');
    await ada.publish(other.room, 'with you');
    assert.equal((await event(elsewhere, 'message')).text, 'with you');
    assert.deepEqual([texts(alone), texts(many)], [[], []]);
    assert.equal((await follow(grace, [room], `&since=${id}`)).status, 404);
    assert.deepEqual((await grace.json('GET', '/api/v1/me/rooms')).rooms.map((one) => one.room), [other.room]);
    for (const stream of [elsewhere, host]) stream.drop();
  });

  test('the host goes and there is another; the last one goes and it is nobody’s', async () => {
    const [ada, grace, mason] = await guests('ada', 'grace', 'mason');
    const { room } = await ada.json('POST', '/api/v1/rooms', { members: [grace.id, mason.id] });
    assert.equal((await ada.ask('DELETE', at(room, `/members/${ada.id}`))).status, 204);
    assert.equal((await mason.json('GET', at(room, '/members'))).host, grace.id);
    assert.equal((await grace.json('PATCH', at(room), { title: 'Ours' })).title, 'Ours');
    assert.equal((await mason.ask('PATCH', at(room), { title: 'Mine' })).status, 403);
    assert.equal((await grace.ask('DELETE', `/api/v1/me/rooms/${room}`)).status, 204);
    assert.equal((await mason.ask('DELETE', at(room, `/members/${mason.id}`))).status, 204);
    for (const who of [ada, grace, mason]) assert.equal((await who.ask('GET', at(room))).status, 404);
  });

  test('two have one room, and a title that is the other one', async () => {
    const [ada, grace] = await guests('ada', 'grace');
    const theirs = await follow(grace, ['lobby']);
    const answers = await Promise.all([
      ada.ask('POST', '/api/v1/rooms', { direct: grace.id }),
      grace.ask('POST', '/api/v1/rooms', { direct: ada.id }),
    ]);
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 201]);
    const [mine, other] = answers.map((answer) => answer.json());
    assert.equal(mine.room, other.room);
    assert.deepEqual([mine.title, other.title, mine.direct, mine.private], ['grace', 'ada', true, true]);
    assert.equal((await event(theirs, 'roomOpened')).title, 'ada');
    await ada.ask('PATCH', '/api/v1/me', { name: 'lovelace' });
    assert.equal((await grace.json('GET', at(mine.room))).title, 'lovelace');
    assert.equal((await ada.json('GET', '/api/v1/me/rooms')).rooms[0].notifications, 'all');
    assert.equal((await ada.ask('DELETE', at(mine.room, `/members/${ada.id}`))).status, 422);
    theirs.drop();
  });

  test('in a locked room owners write, and the others read', async () => {
    const [ada, mason] = await guests('ada', 'mason');
    await makeOwner(ada);
    const room = `news-${process.pid}`;
    assert.equal((await mason.ask('PATCH', at(room), { locked: true })).status, 403);
    const stream = await follow(mason, [room]);
    const locked = await ada.json('PATCH', at(room), { title: 'News', locked: true });
    assert.deepEqual([locked.title, locked.locked, locked.private], ['News', true, false]);
    assert.deepEqual(await event(stream, 'roomChanged'), locked);
    const refused = () => mason.ask('POST', messagesPath(room), { text: 'hi' });
    await until(async () => (await refused()).status === 403, soon, 'a refusal');
    assert.match((await refused()).json().detail, /^This room is locked; /);
    for (const node of nodes()) {
      await until(async () => (await postForm(node, room, { message: 'hi' })).status === 403, soon, 'a refusal on each node');
      assert.equal((await postForm(node, room, { message: 'hi' }, { Cookie: mason.cookie })).status, 403);
    }
    const before = texts(stream).length;
    await ada.publish(room, 'an announcement');
    await until(() => texts(stream).at(-1) === 'an announcement', soon, 'what the owner writes');
    assert.equal(texts(stream).length, before + 1);
    await ada.json('PATCH', at(room), { locked: false });
    await until(async () => (await refused()).status === 201, soon, 'the room to be open again');
    stream.drop();
  });
}

describe('private rooms on one server', () => {
  const data = tempDir();
  const args = ['--journal', 'sqlite', '--data', data];
  let server;
  before(async () => {
    server = await startServer({ args });
  });
  after(() => server.stop());

  scenarios(() => [server, server], () => ['--data', data]);

  test('are there after a restart, and a lock holds from the first request on', async () => {
    const ada = await becomeGuest(server, 'ada');
    const { room } = await ada.json('POST', '/api/v1/rooms', { title: 'Plans' });
    await ada.publish(room, 'one');
    const link = await run(['owner-link', '--data', data]);
    await ada.ask('POST', new URL(link.stdout.split('\n')[0]).pathname);
    await ada.json('PATCH', at('shut'), { locked: true });
    await server.kill();
    server = await startServer({ args });
    assert.equal((await postForm(server, 'shut', { message: 'hi' })).status, 403);
    const again = ada.at(server);
    assert.equal((await again.json('GET', messagesPath(room))).messages[0].text, 'one');
    assert.equal((await again.json('GET', at(room))).title, 'Plans');
    await publish(server, 'open', 'hi');
  });
});

describe('private rooms on two nodes', () => {
  let redis;
  let nodes;
  const where = () => ['--redis', redis.url, '--redis-prefix', 'rooms:'];
  before(async () => {
    redis = await Redis.start();
    nodes = [await startServer({ args: where() }), await startServer({ args: where() })];
  });
  after(async () => {
    for (const node of nodes) await node.stop();
    await redis.kill();
  });

  scenarios(() => nodes, where);
});
