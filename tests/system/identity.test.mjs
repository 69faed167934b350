// Who I am: a cookie that stands for a user, over restarts, and messages that nobody else can sign.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { eventsPath, freshRoom, getJson, messagesPath, postForm } from './chat.mjs';
import { becomeGuest } from './guest.mjs';
import { sharedServer, startServer, tempDir } from './server.mjs';
import { withStream } from './sse.mjs';

describe('identity', { concurrency: true }, () => {
  const server = sharedServer();

  test('a message carries the id of who wrote it, everywhere', async () => {
    const room = freshRoom();
    const mason = await becomeGuest(server, 'mason');
    const other = await becomeGuest(server, 'mason');
    assert.match(mason.id, /^[a-z0-9]{16}$/);
    assert.notEqual(mason.id, other.id);
    await withStream(server, eventsPath([room]), {}, async (stream) => {
      const sent = await mason.publish(room, 'hi', { sender: 'somebody else' });
      assert.deepEqual(Object.keys(sent), ['id', 'room', 'sender', 'text', 'time', 'author']);
      assert.equal(sent.sender, 'mason');
      assert.equal(sent.author, mason.id);
      await other.publish(room, 'hi too');
      await postForm(server, room, { sender: 'mason', message: 'and I' }, { Cookie: mason.cookie });

      const { messages } = await getJson(server, messagesPath(room));
      assert.deepEqual(
        messages.map(({ sender, author }) => [sender, author]),
        [['mason', mason.id], ['mason', other.id], ['mason', undefined]],
      );
      await stream.event('message', { n: 3 });
      const told = stream.events.filter(({ event }) => event === 'message');
      assert.deepEqual(told.map(({ data }) => JSON.parse(data)), messages);
      assert.deepEqual(await getJson(server, `${messagesPath(room)}/${sent.id}`), sent);
    });
  });

  test('a name changes, the id does not', async () => {
    const room = freshRoom();
    const mason = await becomeGuest(server, 'mason');
    await mason.publish(room, 'one');
    assert.equal((await mason.ask('PATCH', '/api/v1/me', { name: 'grace' })).json().name, 'grace');
    await mason.publish(room, 'two');
    const { messages } = await getJson(server, messagesPath(room));
    assert.deepEqual(messages.map(({ sender, author }) => [sender, author]), [['mason', mason.id], ['grace', mason.id]]);
  });

  test('who signs out is nobody, and sends nothing in the name of somebody', async () => {
    const room = freshRoom();
    const mason = await becomeGuest(server, 'mason');
    const { sessions } = (await mason.ask('GET', '/api/v1/me/sessions')).json();
    assert.equal(sessions.length, 1);
    assert.equal(sessions[0].current, true);
    const ended = await mason.ask('DELETE', '/api/v1/me/sessions/current');
    assert.equal(ended.status, 204);
    assert.match(ended.headers['set-cookie'], /^tinychat=; Path=\/; Max-Age=0;/);
    assert.equal((await mason.ask('GET', '/api/v1/me')).status, 401);
    assert.equal((await mason.ask('POST', messagesPath(room), { text: 'hi' })).status, 401);
    assert.deepEqual((await getJson(server, messagesPath(room))).messages, []);
  });

  test('a page of another site cannot act for the user', async () => {
    const room = freshRoom();
    const mason = await becomeGuest(server, 'mason');
    const post = (headers) => mason.ask('POST', messagesPath(room), { text: 'hi' }, headers);
    assert.equal((await post({ 'Sec-Fetch-Site': 'cross-site' })).status, 403);
    assert.equal((await post({ Origin: 'https://evil.example' })).status, 403);
    assert.equal((await post({ 'Sec-Fetch-Site': 'same-origin', Origin: 'http://localhost' })).status, 201);
    assert.equal((await getJson(server, messagesPath(room))).messages.length, 1);
  });
});

test('the same user after a restart, also a sudden one', async () => {
  const data = tempDir();
  const room = freshRoom();
  let server = await startServer({ args: ['--data', data] });
  const mason = await becomeGuest(server, 'mason');
  const sent = await mason.publish(room, 'before');
  await server.kill();
  server = await startServer({ args: ['--data', data] });
  assert.equal((await mason.at(server).ask('GET', '/api/v1/me')).json().id, mason.id);
  assert.deepEqual((await getJson(server, messagesPath(room))).messages, [sent]);
  await server.stop();
});

test('without a data directory users last as long as the server', async () => {
  const server = await startServer({ args: ['--journal', 'memory'] });
  const mason = await becomeGuest(server, 'mason');
  assert.equal((await mason.publish(freshRoom(), 'hi')).author, mason.id);
  await server.stop();
});
