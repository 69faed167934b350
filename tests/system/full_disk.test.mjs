// A disk without room: nothing is stored and everybody is told so, what is stored can be read, streams go on; and
// when there is room again it works again, by itself.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { assertAscending, history, messagesPath, postForm, postJson, publish } from './chat.mjs';
import { becomeGuest } from './guest.mjs';
import { engine, startServer } from './server.mjs';
import { SmallDisk, whyNoSmallDisk } from './small_disk.mjs';
import { EventStream, until } from './sse.mjs';
import { request } from './wire.mjs';

const skip = engine === 'redis' ? 'there is no file' : whyNoSmallDisk();

test('a full disk: 507 until there is room, and nothing else stops', { skip }, async (t) => {
  const disk = await SmallDisk.mount(3);
  t.after(() => disk.unmount());
  const options = { args: ['--data', `${disk.path}/data`, '--heartbeat', '1'], wrap: disk.wrap };
  let server = await startServer(options);
  t.after(() => server.stop());
  const ready = () => request(server, 'GET', '/readyz');
  const ada = await becomeGuest(server, 'ada');
  const live = await EventStream.open(server, '/subscribe/den');
  await live.hello();
  const acknowledged = [];
  const say = async (text) => {
    const response = await postJson(server, messagesPath('den'), { sender: 'mason', text }, { 'Idempotency-Key': text.slice(0, 40) });
    if (response.status === 201) acknowledged.push(response.json());
    return response;
  };

  for (let round = 1; round <= 3; ++round) {
    for (let i = 0; i < 20; ++i) assert.equal((await say(`room ${round}/${i}`)).status, 201);
    disk.fill();
    // What the log has been given already, it may still write to.
    let refused;
    for (let i = 0; !refused; ++i) {
      assert.ok(i < 3000, 'expected the disk to be full at some time');
      const response = await say(`full ${round}/${i} ${'x'.repeat(3000)}`);
      if (response.status !== 201) refused = { response, text: `full ${round}/${i} ${'x'.repeat(3000)}` };
    }
    assert.equal(refused.response.status, 507, refused.response.text);
    assert.match(refused.response.text, /disk is full and nothing was stored; try again later/);
    assert.equal((await postForm(server, 'den', { message: 'x'.repeat(4000) })).status, 507);
    assert.equal((await postJson(server, '/api/v1/me', { name: 'x'.repeat(100) })).status, 507);
    const trouble = await ready();
    assert.equal(trouble.status, 503);
    assert.match(trouble.json().reason, /disk is full/);

    // Reading goes on, with an identity, too; so do streams, old and new.
    assert.equal((await history(server, 'den')).length, acknowledged.length);
    assert.equal((await ada.json('GET', '/api/v1/me')).name, 'ada');
    const beats = live.comments.length;
    await live.until(() => live.comments.length > beats, 5000, 'a sign of life');
    const late = await EventStream.open(server, `/api/v1/events?room=den&name=grace${round}`, { lastEventId: '0-0' });
    await late.until(() => late.messages.length === acknowledged.length, 5000, 'all that is stored');
    await live.until(() => live.events.some(({ event, data }) => event === 'userJoined' && data.includes(`grace${round}`)), 5000, 'grace');

    // By itself: nobody publishes.
    disk.makeRoom();
    await until(async () => (await ready()).status === 200, 5000, 'to be ready again');
    const [again, repeat] = [await say(refused.text), await say(refused.text)];
    assert.deepEqual([again.status, repeat.status], [201, 200]);
    assert.equal(again.json().id, repeat.json().id, 'expected one message for one key');
    for (const stream of [live, late]) {
      await stream.until(() => stream.messages.length === acknowledged.length, 5000, 'the messages');
    }
    assert.deepEqual(late.messages.map(({ id }) => id), acknowledged.map(({ id }) => id));
    late.drop();
  }

  const ids = acknowledged.map(({ id }) => id);
  assertAscending(ids);
  assert.deepEqual((await history(server, 'den')).map(({ id }) => id), ids);
  assert.deepEqual(live.events.filter(({ event }) => event === 'message').map(({ id }) => id), ids);
  assert.equal(live.events.filter(({ event }) => event === 'reset').length, 0);
  live.drop();

  // It stops well on a full disk, and what it had acknowledged is there.
  disk.fill();
  await say('x'.repeat(4000));
  await server.stop();
  disk.fill();
  // Whether it can start depends on what it finds to write over.
  const started = await startServer(options).catch((error) => error);
  if (started instanceof Error) {
    assert.match(started.message, /code 2[^]*tinychat: [^\n]*make room[^\n]*\n/);
  } else {
    assert.deepEqual((await history(started, 'den')).map(({ id }) => id).slice(0, ids.length), ids);
    await started.stop();
  }
  disk.makeRoom();
  server = await startServer(options);
  assert.deepEqual((await history(server, 'den')).map(({ id }) => id).slice(0, ids.length), ids);
  await publish(server, 'den', 'on');
});
