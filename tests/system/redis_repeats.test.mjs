// What a node asks of Redis a second time, because the reply to the first got lost, is done once.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { ask, cookieOf, firstLine, json, pathOf } from './door.mjs';
import { Gate } from './gate.mjs';
import { Redis } from './redis.mjs';
import { freePort, run, startServer } from './server.mjs';
import { until } from './until.mjs';

describe('a reply of Redis that is lost', () => {
  let redis;
  let gate;
  let server;
  let owner;
  before(async () => {
    redis = await Redis.start();
    gate = await Gate.open(redis.port);
    server = await startServer({ port: await freePort(), args: ['--closed', '--redis', gate.url] });
    const link = await run(['owner-link', '--redis', redis.url]);
    owner = cookieOf(await ask(server, 'POST', pathOf(firstLine(link.stdout))));
  });
  after(async () => {
    await server?.stop();
    gate?.close();
    await redis?.kill();
  });

  // Asks for it so that the reply to the command with these words does not come at first.
  const unheard = async (words, method, path, status, { body = '', who = owner } = {}) => {
    const lost = gate.loseReplyTo(...words);
    const answer = await ask(server, method, path, { ...json, ...who }, body && JSON.stringify(body));
    await lost;
    assert.equal(answer.status, status, answer.body);
    return answer.body && JSON.parse(answer.body);
  };
  const get = async (path, who = owner) => JSON.parse((await ask(server, 'GET', `/api/v1/${path}`, who)).body);
  const linkFor = async (uses) =>
    JSON.parse((await ask(server, 'POST', '/api/v1/links', { ...json, ...owner }, JSON.stringify({ role: 'member', uses }))).body).path;

  test('a link for one lets one in', async () => {
    const path = await linkFor(1);
    const lost = gate.loseReplyTo('EVALSHA', ':links');
    assert.equal((await ask(server, 'POST', path)).status, 303);
    await lost;
    assert.equal((await ask(server, 'POST', path)).status, 404);
  });

  test('a token is made, and revoked', async () => {
    const made = await unheard([':access-names', 'ci'], 'POST', '/api/v1/tokens', 201, {
      body: { name: 'ci', can: ['subscribe'], rooms: ['den'] },
    });
    assert.deepEqual((await get('tokens')).tokens.map(({ name }) => name), ['ci']);
    await unheard([':access-names', ':revocations'], 'DELETE', `/api/v1/tokens/${made.id}`, 204);
    assert.deepEqual((await get('tokens')).tokens, []);
  });

  test('an address is blocked, and let in again', async () => {
    const { id } = await unheard([':blocks', '203.0.113.9'], 'POST', '/api/v1/blocks', 201, { body: { address: '203.0.113.9' } });
    await unheard([':blocks', '203.0.113.9'], 'DELETE', `/api/v1/blocks/${id}`, 204);
    assert.deepEqual((await get('blocks')).blocks, []);
  });

  test('what an owner did is noted once', async () => {
    await unheard([':audit', 'address.blocked'], 'POST', '/api/v1/blocks', 201, { body: { address: '203.0.113.10' } });
    const { entries } = await get('audit');
    assert.equal(entries.filter(({ subject }) => subject === '203.0.113.10').length, 1);
  });

  test('that a room was left is told', async () => {
    assert.equal((await ask(server, 'PUT', '/api/v1/me/rooms/den', { ...json, ...owner }, '{}')).status, 200);
    const stream = await ask(server, 'GET', '/api/v1/events?room=den', owner);
    await until(() => stream.body.includes('event: hello'), 5000, 'a stream');
    await unheard([':memberships:', 'den'], 'DELETE', '/api/v1/me/rooms/den', 204);
    await until(() => stream.body.includes('event: roomLeft'), 5000, 'the stream to tell');
    stream.close();
  });

  test('a session that is ended is over', async () => {
    const member = cookieOf(await ask(server, 'POST', await linkFor(1)));
    const [{ id }] = (await get('me/sessions', member)).sessions;
    await unheard([':sessions:', id], 'DELETE', `/api/v1/me/sessions/${id}`, 204, { who: member });
    assert.equal((await ask(server, 'GET', '/api/v1/me', member)).status, 401);
  });
});
