// The door, from outside: who comes in by what, and that nobody else learns anything.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { ask, bearer, firstLine, form, json, pathOf, withClosedServer } from './door.mjs';
import { Redis } from './redis.mjs';
import { run, withServer } from './server.mjs';
import { until } from './until.mjs';

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
