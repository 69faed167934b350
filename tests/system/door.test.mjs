// The door, from outside: who comes in by what, and that nobody else learns anything.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { ask, bearer, cookieOf, firstLine, form, json, pathOf, withDoor } from './door.mjs';
import { Redis } from './redis.mjs';
import { run, tempDir, withServer } from './server.mjs';
import { until } from './until.mjs';

// Each shard of a server learns of it by itself.
const untilAnswered = (server, path, headers, status) =>
  until(
    async () => {
      const answer = await ask(server, 'GET', path, headers);
      answer.close();
      return answer.status === status;
    },
    5_000,
    `${path} to be answered with ${status}`,
  );

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

  test('what an owner does on one node holds on the other', async () => {
    const where = ['--redis', redis.url, '--redis-prefix', `owner-${process.pid}:`];
    // Addresses are what a proxy says, so that not all are this machine's.
    const node = { args: ['--closed', '--trusted-proxy', '127.0.0.1', ...where] };
    const from = (last) => ({ 'x-forwarded-for': `203.0.113.${last}` });
    await withServer(node, async (one) => {
      await withServer(node, async (other) => {
        const link = await run(['owner-link', ...where]);
        const owner = cookieOf(await ask(one, 'POST', pathOf(firstLine(link.stdout))));
        const act = async (method, path, status, body) => {
          const answer = await ask(one, method, `/api/v1/${path}`, { ...json, ...owner }, JSON.stringify(body));
          assert.equal(answer.status, status, answer.body);
          return answer.body && JSON.parse(answer.body);
        };
        const { path } = await act('POST', 'links', 201, { role: 'member', uses: 2 });
        const removed = cookieOf(await ask(other, 'POST', path));
        const member = cookieOf(await ask(other, 'POST', path));
        assert.equal((await ask(other, 'POST', path)).status, 404);
        const made = await act('POST', 'tokens', 201, { name: 'ci', can: ['subscribe'], rooms: ['hideout'] });
        const follow = (headers) => ask(other, 'GET', '/api/v1/events?room=hideout', headers);
        const ending = [await follow(removed), await follow(bearer(made.token)), await follow({ ...member, ...from(7) })];
        const staying = await follow({ ...member, ...from(8) });
        const all = [...ending, staying];
        await until(() => all.every(({ body }) => body.includes('event: hello')), 5_000, 'four streams');
        const { people } = JSON.parse((await ask(other, 'GET', '/api/v1/people', owner)).body);
        assert.deepEqual(people.map(({ role }) => role).sort(), ['member', 'member', 'owner']);
        const { id } = JSON.parse((await ask(other, 'GET', '/api/v1/me', removed)).body);
        await act('PATCH', `people/${id}`, 200, { role: 'removed' });
        await act('DELETE', `tokens/${made.id}`, 204);
        const block = await act('POST', 'blocks', 201, { address: '203.0.113.7' });
        await until(() => ending.every(({ isOver }) => isOver), 5_000, 'three streams to end');
        for (const { body } of ending) assert.match(body, /event: bye\ndata: \{"reason":"revoked"\}\n\n$/);
        assert.equal(staying.isOver, false);
        await untilAnswered(other, '/api/v1/rooms', { ...member, ...from(7) }, 403);
        assert.equal((await ask(other, 'GET', '/healthz', from(7))).status, 200);
        assert.equal((await ask(other, 'GET', '/api/v1/rooms', { ...member, ...from(8) })).status, 200);
        await act('DELETE', `blocks/${block.id}`, 204);
        await untilAnswered(other, '/api/v1/rooms', { ...member, ...from(7) }, 200);
        const { entries } = JSON.parse((await ask(other, 'GET', '/api/v1/audit', owner)).body);
        assert.deepEqual(
          entries.filter(({ by }) => by).map(({ action, subject }) => `${action} ${subject}`).slice(0, 2),
          ['address.unblocked 203.0.113.7', 'address.blocked 203.0.113.7'],
        );
        assert.doesNotMatch(JSON.stringify(entries), new RegExp(`${made.token}|${path.slice(6)}`));
        staying.close();
      });
    });
  });

  test('what somebody wrote is erased on every node', async () => {
    const where = ['--redis', redis.url, '--redis-prefix', `erase-${process.pid}:`];
    const node = { args: ['--closed', ...where] };
    await withServer(node, async (one) => {
      await withServer(node, async (other) => {
        const enter = async (command) => cookieOf(await ask(one, 'POST', pathOf(firstLine((await run([command, ...where])).stdout))));
        const owner = await enter('owner-link');
        const member = await enter('join-link');
        const say = async (who, text) => {
          const said = await ask(one, 'POST', '/api/v1/rooms/hideout/messages', { ...json, ...who }, JSON.stringify({ text }));
          assert.equal(said.status, 201, said.body);
          return JSON.parse(said.body);
        };
        const stream = await ask(other, 'GET', '/api/v1/events?room=hideout', owner);
        const { id: cursor } = await say(owner, 'before');
        const { author } = await say(member, 'spam');
        await say(owner, 'after');
        await until(() => stream.body.includes('"after"'), 5_000, 'three messages');
        const erased = await ask(one, 'DELETE', `/api/v1/messages?author=${author}`, owner);
        assert.deepEqual([erased.status, erased.body], [200, '{"erased":1}']);
        await until(() => stream.body.includes(`event: messagesErased\ndata: {"author":"${author}"}`), 5_000, 'the other node to tell');
        for (const server of [one, other]) {
          const { messages } = JSON.parse((await ask(server, 'GET', '/api/v1/rooms/hideout/messages', owner)).body);
          assert.deepEqual(messages.map(({ text }) => text), ['before', 'after']);
          // Who comes back from before it reads the rest, and neither it nor a reset.
          const back = await ask(server, 'GET', `/api/v1/events?room=hideout&since=${cursor}`, owner);
          await until(() => back.body.includes('"after"'), 5_000, 'what came after the cursor');
          assert.doesNotMatch(back.body, /spam|event: reset/);
          back.close();
        }
        await say(member, 'again');
        await until(() => stream.body.includes('"again"'), 5_000, 'what comes later');
        stream.close();
      });
    });
  });
});

describe('an open door', () => {
  test('whoever is removed, or comes from a blocked address, loses their streams', async () => {
    const data = tempDir();
    const args = ['--open', '--trusted-proxy', '127.0.0.1', '--journal', 'sqlite', '--data', data];
    await withServer({ args }, async (server) => {
      const guest = cookieOf(await ask(server, 'POST', '/api/v1/me'));
      const { id } = JSON.parse((await ask(server, 'GET', '/api/v1/me', guest)).body);
      const blocked = { 'x-forwarded-for': '203.0.113.7' };
      const theirs = await ask(server, 'GET', '/api/v1/events?room=hideout', guest);
      const silent = await ask(server, 'GET', '/subscribe/hideout', blocked);
      const other = await ask(server, 'GET', '/subscribe/hideout');
      await until(() => [theirs, silent, other].every(({ body }) => body.includes('event: hello')), 5_000, 'three streams');
      for (const words of [['people', 'remove', id], ['block', 'add', '203.0.113.0/24']]) {
        const end = await run([...words, '--data', data]);
        assert.equal(end.code, 0, end.stderr);
      }
      await until(() => theirs.isOver && silent.isOver, 5_000, 'two streams to end');
      assert.equal(other.isOver, false);
      assert.equal((await ask(server, 'GET', '/api/v1/events?room=hideout', guest)).status, 403);
      await untilAnswered(server, '/subscribe/hideout', blocked, 403);
      other.close();
    });
    // Also of a server that starts anew, from its first request on.
    await withServer({ args }, async (server) => {
      assert.equal((await ask(server, 'GET', '/', { 'x-forwarded-for': '203.0.113.7' })).status, 403);
      assert.equal((await ask(server, 'GET', '/')).status, 200);
    });
  });
});

describe('a closed door', () => {
  test('ends the streams of whoever loses the right, within 5 s, and says so', async () => {
    await withDoor(async (server, cli, join) => {
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
    await withDoor(async (server, cli, join) => {
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
    await withDoor(async (server, cli) => {
      const token = await cli('token', 'create', '--name', 'ci', '--can', 'subscribe');
      const stream = await ask(server, 'GET', `/subscribe/hideout?access_token=${token}`);
      stream.close();
      await ask(server, 'GET', '/subscribe/hideout?access_token=not-the-token');
      assert.doesNotMatch(server.stderr() + server.stdout(), new RegExp(`${token}|not-the-token`));
      assert.doesNotMatch(await cli('token', 'list'), new RegExp(token));
    });
  });
});
