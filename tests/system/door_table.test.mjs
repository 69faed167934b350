// The door as one table: every operation that the API's description has, asked by everybody there can be. What the
// description says of who may (`security`) is what they get where the door is closed; and a refusal has nothing in it.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';

import { ask, bearer, cookieOf, form, json, withDoor } from './door.mjs';
import { tempDir, withServer } from './server.mjs';

const description = readFileSync(new URL('../../docs/openapi.yaml', import.meta.url), 'utf8');

// Paths are the keys at two blanks below `paths:`, methods those at four; the rest of it stands in one line.
function readOperations() {
  const operations = [];
  let path;
  let isInPaths = false;
  for (const line of description.split('\n')) {
    if (/^\S/.test(line)) isInPaths = line === 'paths:';
    if (!isInPaths) continue;
    path = line.match(/^ {2}(\/.*):$/)?.[1] ?? path;
    const method = line.match(/^ {4}(get|post|put|patch|delete):$/)?.[1];
    if (method) operations.push({ method: method.toUpperCase(), path });
    const [, key, value] = line.match(/^ {6}(operationId|security): (.*)$/) ?? [];
    if (key === 'operationId') operations.at(-1).name = value;
    if (key === 'security') {
      const takes = [...value.matchAll(/\{(\w+): \[(\w+)\]\}/g)].map(([, scheme, what]) => [scheme, what]);
      operations.at(-1).security = value === '[]' ? {} : Object.fromEntries(takes);
    }
  }
  return operations;
}

// What makes sense to send, and what comes of it where it is allowed; else nothing is sent, and it is 200.
const sent = {
  publish: { type: form, body: 'sender=x&message=hi' },
  postMessage: { type: json, body: '{"sender":"x","text":"hi"}', status: 201 },
  readMessage: { status: 404 },
  tellTyping: { status: 204 },
  makePrivateRoom: { type: json, body: '{"title":"x"}', status: 201 },
  readMembers: { status: 404 },
  addMember: { status: 404 },
  removeMember: { status: 404 },
  changeRoom: { type: json, body: '{"locked":false}' },
  changeMe: { type: json, body: '{"name":"x"}' },
  endSession: { status: 404 },
  openRoom: { type: json, body: '{}' },
  leaveRoom: { status: 204 },
  readUpTo: { type: json, body: '{"id":"1-0"}' },
  changePerson: { type: json, body: '{"role":"member"}', status: 404 },
  makeLink: { type: json, body: '{"role":"owner"}', status: 201 },
  makeToken: { type: json, body: '{"name":"NAME","can":["read"]}', status: 201 },
  revokeToken: { status: 404 },
  blockAddress: { type: json, body: '{"address":"203.0.113.7"}', status: 201 },
  unblockAddress: { status: 404 },
  join: { status: 404 },
  asset: { parameters: { file: 'app.js' } },
};

// What stands for content, names and counts.
const told = /hideout|zaphod|unheard-of|"messages"|"count"|"users"|"rooms"|"people"|"entries"|"tokens"|"blocks"/;

const roleNames = ['guest', 'member', 'owner'];

// 0: whatever comes of it.
function expected({ security, name }, { role, scopes, isKnown }) {
  const takes = Object.keys(security).length > 0;
  if (!takes) return 0;
  if (!isKnown) return 401;
  const may = role
    ? roleNames.indexOf(role) >= roleNames.indexOf(security.session)
    : scopes?.includes(security.token) ?? false;
  return may ? sent[name]?.status ?? 200 : 403;
}

// What everybody may do where the door is open, but a cookie that is sent counts.
const cookieCounts = ['becomeGuest', 'followRooms', 'postMessage'];

// Where the door is open, a token makes no difference; what one is good for, everybody may do. The rest takes an
// identity, and a guest's is enough for what members may, but to see who they are.
function expectedWhereOpen({ security, name }, { who, role }) {
  const schemes = Object.keys(security);
  if (schemes.length === 0) return 0;
  const whenAllowed = sent[name]?.status ?? 200;
  if (name === 'becomeGuest' && !role) return 201;
  if (name === 'becomeGuest' || schemes.some((scheme) => scheme !== 'session')) {
    if (role === 'removed' && cookieCounts.includes(name)) return 403;
    // It was meant to be somebody's.
    if (name === 'postMessage' && who === 'a wrong cookie') return 401;
    return whenAllowed;
  }
  if (!role) return 401;
  const takes = security.session === 'member' && name !== 'listPeople' ? 'guest' : security.session;
  return roleNames.indexOf(role) >= roleNames.indexOf(takes) ? whenAllowed : 403;
}

// Everybody there can be, by the headers they send.
async function everybody(server, cli, join, guest) {
  const scopes = ['publish', 'subscribe', 'read'];
  const token = (name, ...words) => cli('token', 'create', '--name', name, '--can', scopes.join(), ...words);
  const all = await token('all');
  const revoked = await token('gone');
  await cli('token', 'revoke', 'gone');
  const removed = await join(await cli('join-link'));
  await cli('people', 'remove', JSON.parse((await ask(server, 'GET', '/api/v1/me', removed)).body).id);
  const callers = [
    { who: 'nobody', headers: {} },
    { who: 'a wrong token', headers: bearer('wrong') },
    { who: 'a revoked token', headers: bearer(revoked) },
    { who: 'an expired token', headers: bearer(await token('old', '--expires', '0.0000001')) },
    { who: 'a wrong cookie', headers: { cookie: 'tinychat=wrong' } },
    { who: 'a token for another room', headers: bearer(await token('other', '--room', 'x')), isKnown: true },
    { who: 'a removed person', headers: removed, isKnown: true, role: 'removed' },
    { who: 'a guest of before the door was closed', headers: guest, isKnown: true, role: 'guest' },
    { who: 'a token for everything', headers: bearer(all), isKnown: true, scopes },
    { who: 'a member', headers: await join(await cli('join-link')), isKnown: true, role: 'member' },
    { who: 'an owner', headers: await join(await cli('owner-link')), isKnown: true, role: 'owner' },
  ];
  return { callers, all };
}

const pathFor = ({ path, name }, room) => {
  const parameters = { room, id: path.startsWith('/r/') || path.includes('/messages/') ? '1-0' : 'x', code: 'x' };
  const filled = path.replace(/\{(\w+)\}/g, (_, key) => sent[name]?.parameters?.[key] ?? parameters[key]);
  const query = { followRooms: `?room=${room}`, eraseMessages: '?author=x' }[name] ?? '';
  return filled + query;
};

async function askAs({ headers, who }, server, operation, room) {
  const { type = {}, body = '' } = sent[operation.name] ?? {};
  const name = who.replaceAll(' ', '-');
  const answer = await ask(server, operation.method, pathFor(operation, room), { ...type, ...headers }, body.replace('NAME', name));
  answer.close();
  return answer;
}

function assertTellsNothing({ body }, what) {
  const shown = body.replace(/tinychat token create|Bearer <token>/g, '');
  assert.doesNotMatch(shown, told, what);
}

// A server that was open, with a room, and is closed; or as `door` says.
async function withEverybody(use, door) {
  const data = tempDir();
  let guest;
  await withServer({ args: ['--open', '--journal', 'sqlite', '--data', data] }, async (server) => {
    guest = cookieOf(await ask(server, 'POST', '/api/v1/me'));
  });
  await withDoor(
    async (server, cli, join) => {
      const { callers, all } = await everybody(server, cli, join, guest);
      const said = await ask(server, 'POST', '/hideout', { ...form, ...bearer(all) }, 'sender=zaphod&message=unheard-of');
      assert.equal(said.status, 200, said.body);
      await use(server, callers, all);
    },
    { data, door },
  );
}

// How many messages that has stored.
async function askEverything(server, callers, operations, expectation) {
  let stored = 0;
  for (const caller of callers) {
    for (const operation of operations) {
      const answer = await askAs(caller, server, operation, 'hideout');
      const what = `${caller.who}: ${operation.method} ${operation.path}: ${answer.status} ${answer.body.slice(0, 300)}`;
      const status = expectation(operation, caller);
      if (status) assert.equal(answer.status, status, what);
      else assert.notEqual(answer.status, 401, what);
      if ([401, 403].includes(answer.status)) assertTellsNothing(answer, what);
      if (status === 0) assert.doesNotMatch(answer.body, /hideout|zaphod|unheard-of/, what);
      if (expectation === expected && answer.status === 401) assert.ok(answer.headers['www-authenticate'], what);
      if (['publish', 'postMessage'].includes(operation.name) && answer.status < 300) stored += 1;
    }
  }
  return stored;
}

async function messagesIn(server, room, headers) {
  return JSON.parse((await ask(server, 'GET', `/api/v1/rooms/${room}/messages`, headers)).body).messages.length;
}

describe('the door, as a table', () => {
  const operations = readOperations();

  test('the description says of every operation who may', () => {
    assert.ok(operations.length > 40, `expected many operations, found ${operations.length}`);
    for (const { method, path, security } of operations) {
      assert.ok(security, `${method} ${path} has no security in docs/openapi.yaml`);
      for (const role of [security.session].filter(Boolean)) assert.ok(roleNames.includes(role), `${method} ${path}`);
    }
    const names = new Set(operations.map(({ name }) => name));
    for (const name of Object.keys(sent)) assert.ok(names.has(name), `no operation is called ${name}`);
  });

  test('everybody gets exactly what they may, and else learns nothing', async () => {
    await withEverybody(async (server, callers, all) => {
      const stored = await askEverything(server, callers, operations, expected);
      assert.equal(stored, 3 * 2, 'three of the callers may write, in two ways each');
      assert.equal(await messagesIn(server, 'hideout', bearer(all)), 1 + stored, 'no refused message was stored');
    });
  });

  test('an open one keeps for people only what is theirs', async () => {
    await withEverybody(async (server, callers) => {
      const stored = await askEverything(server, callers, operations, expectedWhereOpen);
      assert.equal(stored, 2 * callers.length - 2, 'two were meant to be of somebody who may not');
      assert.equal(await messagesIn(server, 'hideout'), 1 + stored, 'no refused message was stored');
    }, []);
  });

  test('a private room of others is not there, whoever asks', async () => {
    await withEverybody(async (server, callers) => {
      const host = callers.find(({ role }) => role === 'member');
      const made = await ask(server, 'POST', '/api/v1/rooms', { ...json, ...host.headers }, '{"title":"unheard-of"}');
      const { room } = JSON.parse(made.body);
      const nowhere = `~${'x'.repeat(22)}`;
      // Those that say nothing of a room but its name.
      const about = operations.filter(({ path, security }) => path.includes('{room}') && Object.keys(security).length > 0);
      about.push(operations.find(({ name }) => name === 'followRooms'));
      for (const caller of callers.filter((one) => one !== host)) {
        for (const operation of about) {
          const answers = [];
          for (const name of [room, nowhere]) answers.push(await askAs(caller, server, operation, name));
          const what = `${caller.who}: ${operation.method} ${operation.path}: ${answers.map(({ body }) => body).join()}`;
          const isIn = ['member', 'owner'].includes(caller.role);
          const status = isIn ? 404 : caller.isKnown ? [403, 404] : 401;
          for (const answer of answers) {
            assert.ok([status].flat().includes(answer.status), `${answer.status} ${what}`);
            assertTellsNothing(answer, what);
          }
          assert.equal(answers[0].status, answers[1].status, what);
          assert.equal(answers[0].body, answers[1].body, what);
        }
      }
    });
  });
});
