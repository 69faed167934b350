// The door, from outside: who comes in by what, and that nobody else learns anything.
import assert from 'node:assert/strict';
import { request } from 'node:http';
import { after, before, describe, test } from 'node:test';

import { Redis } from './redis.mjs';
import { run, tempDir, withServer } from './server.mjs';
import { until } from './until.mjs';

function ask(server, method, path, headers = {}, body = '') {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port: server.port, method, path, headers }, (response) => {
      const answer = { status: response.statusCode, headers: response.headers, body: '', isOver: false };
      response.setEncoding('utf8');
      response.on('data', (text) => (answer.body += text));
      response.once('end', () => (answer.isOver = true));
      response.once('error', () => {});
      answer.close = () => sent.destroy();
      // A stream does not end.
      if (response.headers['content-type']?.startsWith('text/event-stream')) resolve(answer);
      else response.once('end', () => resolve(answer));
    });
    sent.once('error', reject);
    sent.end(body);
  });
}

const form = { 'content-type': 'application/x-www-form-urlencoded' };
const json = { 'content-type': 'application/json' };
const bearer = (token) => ({ authorization: `Bearer ${token}` });
const firstLine = (text) => text.split('\n')[0];
const pathOf = (url) => new URL(url).pathname;

// With a command line that works on what the server keeps.
async function withClosedServer(use) {
  const data = tempDir();
  await withServer({ args: ['--closed', '--journal', 'sqlite', '--data', data] }, async (server) => {
    const cli = async (...words) => {
      const end = await run([...words, '--data', data, '--port', String(server.port)]);
      assert.equal(end.code, 0, end.stderr);
      return firstLine(end.stdout);
    };
    const join = async (link, headers = {}) => {
      const answer = await ask(server, 'POST', pathOf(link), headers);
      assert.equal(answer.status, 303, answer.body);
      return { cookie: answer.headers['set-cookie']?.[0].split(';')[0] };
    };
    await use(server, cli, join);
  });
}

// What stands for content, names and counts in a refusal.
const told = /hideout|zaphod|unheard-of|"messages"|"count"|"users"|"rooms"/;

const operations = [
  ['GET', '/subscribe/hideout'],
  ['GET', '/api/v1/events?room=hideout'],
  ['GET', '/api/v1/rooms'],
  ['GET', '/api/v1/rooms/hideout'],
  ['GET', '/api/v1/rooms/hideout/messages'],
  ['GET', '/api/v1/rooms/hideout/messages/1-0'],
  ['GET', '/api/v1/rooms/hideout/presence'],
  ['POST', '/api/v1/rooms/hideout/messages', json, '{"sender":"x","text":"hi"}'],
  ['POST', '/hideout', form, 'sender=x&message=hi'],
  ['POST', '/api/v1/rooms/hideout/typing'],
  ['GET', '/api/v1/me'],
  ['POST', '/api/v1/me'],
  ['PATCH', '/api/v1/me', json, '{"name":"x"}'],
  ['GET', '/api/v1/me/sessions'],
  ['DELETE', '/api/v1/me/sessions/x'],
  ['GET', '/api/v1/me/rooms'],
  ['PUT', '/api/v1/me/rooms/hideout', json, '{}'],
  ['PUT', '/api/v1/me/rooms/hideout/read', json, '{}'],
  ['DELETE', '/api/v1/me/rooms/hideout'],
];
const open = ['/', '/r/hideout', '/r/hideout/1-0', '/healthz', '/readyz', '/openapi.yaml', '/join/x'];

// Of two nodes: what one does about rights, the other does, too.
describe('a closed door of two nodes', () => {
  let redis;
  before(async () => {
    redis = await Redis.start();
  });
  after(() => redis.kill());

  test('a token that is revoked and a person who is removed lose their streams on every node', async () => {
    const where = ['--redis', redis.url, '--redis-prefix', `door-${process.pid}:`];
    const node = { args: ['--closed', ...where] };
    await withServer(node, async (one) => {
      await withServer(node, async (other) => {
        const cli = async (...words) => {
          const end = await run([...words, ...where]);
          assert.equal(end.code, 0, end.stderr);
          return firstLine(end.stdout);
        };
        const token = await cli('token', 'create', '--name', 'ci', '--room', 'hideout', '--can', 'subscribe,publish');
        const joined = await ask(one, 'POST', pathOf(await cli('join-link')));
        const cookie = { cookie: joined.headers['set-cookie'][0].split(';')[0] };
        const streams = [
          await ask(one, 'GET', '/subscribe/hideout', bearer(token)),
          await ask(other, 'GET', '/subscribe/hideout', bearer(token)),
          await ask(other, 'GET', '/api/v1/events?room=hideout', cookie),
        ];
        const said = await ask(other, 'POST', '/hideout', { ...form, ...bearer(token) }, 'sender=ci&message=done');
        assert.equal(said.status, 200, said.body);
        await until(() => streams.every(({ body }) => body.includes('done')), 5_000, 'a message on three streams');
        await cli('token', 'revoke', 'ci');
        await cli('people', 'remove', JSON.parse((await ask(other, 'GET', '/api/v1/me', cookie)).body).id);
        await until(() => streams.every(({ isOver }) => isOver), 5_000, 'the streams to end');
        for (const server of [one, other]) {
          assert.equal((await ask(server, 'GET', '/subscribe/hideout', bearer(token))).status, 401);
          assert.equal((await ask(server, 'GET', '/api/v1/rooms', cookie)).status, 403);
        }
      });
    });
  });
});

describe('a closed door', () => {
  test('tells nothing to anybody who has no right, on any route', async () => {
    await withClosedServer(async (server, cli, join) => {
      const all = await cli('token', 'create', '--name', 'all', '--can', 'publish,subscribe,read');
      const said = await ask(server, 'POST', '/hideout', { ...form, ...bearer(all) }, 'sender=zaphod&message=unheard-of');
      assert.equal(said.status, 200, said.body);
      const other = await cli('token', 'create', '--name', 'other', '--room', 'x', '--can', 'publish,subscribe,read');
      const revoked = await cli('token', 'create', '--name', 'gone', '--can', 'publish,subscribe,read');
      await cli('token', 'revoke', 'gone');
      const expired = await cli('token', 'create', '--name', 'old', '--can', 'read', '--expires', '0.0000001');
      const member = await join(await cli('join-link'));
      const removed = await join(await cli('join-link'));
      const { id } = JSON.parse((await ask(server, 'GET', '/api/v1/me', removed)).body);
      await cli('people', 'remove', id);
      const callers = [
        ['nobody', {}, 401],
        ['a wrong token', bearer('wrong'), 401],
        ['a revoked token', bearer(revoked), 401],
        ['an expired token', bearer(expired), 401],
        ['a wrong cookie', { cookie: 'tinychat=wrong' }, 401],
        ['a token for another room', bearer(other), 403],
        ['a removed person', removed, 403],
      ];
      for (const [who, headers, status] of callers) {
        for (const [method, path, type = {}, body = ''] of operations) {
          const answer = await ask(server, method, path, { ...type, ...headers }, body);
          assert.equal(answer.status, status, `${who}: ${method} ${path}: ${answer.body}`);
          const shown = answer.body.replace(/tinychat token create|Bearer <token>/g, '');
          assert.doesNotMatch(shown, told, `${who}: ${method} ${path}`);
        }
        for (const path of open) {
          const answer = await ask(server, 'GET', path, headers);
          assert.equal(answer.status, 200, `${who}: ${path}`);
          assert.doesNotMatch(answer.body, /hideout|zaphod|unheard-of/);
        }
      }
      const history = await ask(server, 'GET', '/api/v1/rooms/hideout/messages', member);
      assert.match(history.body, /unheard-of/);
      assert.equal(JSON.parse(history.body).messages.length, 1, 'no refused message was stored');
    });
  });

  test('ends the streams of whoever loses the right, within 5 s, and says so', async () => {
    await withClosedServer(async (server, cli, join) => {
      const token = await cli('token', 'create', '--name', 'ci', '--room', 'hideout', '--can', 'subscribe');
      const link = await cli('join-link');
      const removed = await join(link);
      const staying = await join(link);
      const mine = await ask(server, 'GET', `/subscribe/hideout?access_token=${token}`);
      const theirs = await ask(server, 'GET', '/api/v1/events?room=hideout', removed);
      const other = await ask(server, 'GET', '/api/v1/events?room=hideout', staying);
      await until(() => [mine, theirs, other].every(({ body }) => body.includes('event: hello')), 5_000, 'three streams');
      await cli('token', 'revoke', 'ci');
      const { id } = JSON.parse((await ask(server, 'GET', '/api/v1/me', removed)).body);
      await cli('people', 'remove', id);
      await until(() => mine.isOver && theirs.isOver, 5_000, 'both streams to end');
      for (const { body } of [mine, theirs]) assert.match(body, /event: bye\ndata: \{"reason":"revoked"\}\n\n$/);
      assert.equal(other.isOver, false);
      assert.doesNotMatch(other.body, /event: bye/);
      assert.equal((await ask(server, 'GET', `/subscribe/hideout?access_token=${token}`)).status, 401);
      assert.equal((await ask(server, 'GET', '/api/v1/events?room=hideout', removed)).status, 403);
      other.close();
    });
  });

  test('a link is used by a click alone, and replaced by another', async () => {
    await withClosedServer(async (server, cli, join) => {
      const link = await cli('join-link', '--new', '--uses', '2');
      for (let i = 0; i < 3; i += 1) assert.equal((await ask(server, 'GET', pathOf(link))).status, 200);
      const guest = await join(link);
      const sent = await ask(server, 'POST', '/api/v1/rooms/hideout/messages', { ...json, ...guest }, '{"text":"hi"}');
      assert.equal(sent.status, 201, sent.body);
      const foreign = await ask(server, 'POST', pathOf(link), { origin: 'https://evil.example' });
      assert.equal(foreign.status, 403);
      await join(link);
      assert.equal((await ask(server, 'POST', pathOf(link))).status, 404);
      await join(await cli('join-link', '--new'));
    });
  });

  test('no secret is in the log or in the data', async () => {
    await withClosedServer(async (server, cli) => {
      const token = await cli('token', 'create', '--name', 'ci', '--can', 'subscribe');
      const stream = await ask(server, 'GET', `/subscribe/hideout?access_token=${token}`);
      stream.close();
      await ask(server, 'GET', '/subscribe/hideout?access_token=not-the-token');
      assert.doesNotMatch(server.stderr() + server.stdout(), new RegExp(`${token}|not-the-token`));
      assert.doesNotMatch(await cli('token', 'list'), new RegExp(token));
    });
  });
});
