// Told to end, the server sends everybody away in order: it says so, takes its time, and loses nothing.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { eventsPath, history, postJson, messagesPath } from './chat.mjs';
import { startServer, tempDir, withServer } from './server.mjs';
import { EventStream, until } from './sse.mjs';
import { deadline, slow } from './until.mjs';
import { Connection, format, request } from './wire.mjs';

const openStreams = async (server, count) => {
  const streams = await Promise.all(
    [...Array(count)].map(() => EventStream.open(server, eventsPath(['den']), { ms: 10_000 })),
  );
  await Promise.all(streams.map((stream) => stream.hello()));
  return streams;
};
const byeOf = (stream) => {
  const bye = stream.events.at(-1);
  assert.equal(bye?.event, 'bye', 'expected bye as the last event');
  assert.equal(stream.finalChunk, false, 'expected "come back": a close without the final chunk');
  return Number(bye.retry ?? stream.retries.at(-1));
};
const json = { 'Content-Type': 'application/json' };
const message = (text) =>
  format('POST', messagesPath('den'), { headers: json, body: JSON.stringify({ sender: 'mason', text }) });

describe('leaving', { concurrency: true }, () => {
  test('streams go one by one over the window, and are told to come back after it', async () => {
    const server = await startServer({ args: ['--drain', '2', '--shards', '1'] });
    const streams = await openStreams(server, 40);
    const closed = [];
    for (const stream of streams) {
      stream.socket.once('close', () => closed.push((stream.closedAt = performance.now())));
    }
    const began = performance.now();
    const stopped = server.stop();
    for (const stream of streams) await stream.untilClosed();
    await stopped;
    const last = closed.at(-1) - began;
    assert.ok(last > 1800 && last < 4000 * slow, `expected the last to go after two seconds, got ${last} ms`);
    // No tenth of the window has many more than a tenth of them.
    for (let from = 0; from < closed.length - 8; ++from) {
      assert.ok(closed[from + 8] - closed[from] > 100, 'expected them to go one by one');
    }
    const retries = streams.map(byeOf);
    assert.ok(Math.min(...retries) >= 1000 && Math.max(...retries) <= 7000, `got ${retries}`);
    assert.ok(new Set(retries).size > 20, 'expected different times to come back');
    streams.forEach((stream, i) => {
      const back = stream.closedAt - began + retries[i];
      assert.ok(back >= 2000, `expected nobody back before the server is gone, got one after ${back} ms`);
    });
  });

  test('in the window: not ready, no new stream, one more answer for each connection, old or new', async () => {
    const args = ['--data', tempDir()];
    const server = await startServer({ args: [...args, '--drain', '60', '--shards', '1'] });
    const streams = await openStreams(server, 200);
    const connections = await Promise.all([...Array(3)].map(() => Connection.open(server)));
    // Whoever is accepted has been answered.
    for (const connection of connections) {
      await connection.send(format('GET', '/readyz'));
      assert.equal((await connection.response()).status, 200);
    }
    const stopped = server.stop();
    await until(() => streams.some(({ closed }) => closed), 5000, 'the first stream to be sent away');

    await connections[0].send(format('GET', '/readyz'));
    const readiness = await connections[0].response();
    assert.equal(readiness.status, 503);
    assert.match(readiness.json().reason, /going down/);
    assert.equal(readiness.headers.connection, 'close');

    await connections[1].send(message('in the window'));
    const stored = await connections[1].response();
    assert.equal(stored.status, 201, stored.text);
    const open = streams.filter(({ closed }) => !closed);
    assert.ok(open.length >= 100, `expected most of them to be there still, got ${open.length}`);
    await Promise.all(open.map((stream) => stream.event('message')));

    await connections[2].send(format('GET', eventsPath(['den'])));
    const told = () => /retry: (\d+)\n\n/.exec(connections[2].buffer.toString('latin1'));
    await until(told, 5000, 'a time to come back', connections[2].wake);
    const retry = Number(told()[1]);
    // 200 streams, one in 50 ms.
    assert.ok(retry > 5000 && retry <= 15_000, `expected the rest of the window and some, got ${retry}`);

    // Whoever comes anew: a proxy that asks whether it is ready, somebody who has something to say.
    const asked = await request(server, 'GET', '/readyz');
    assert.equal(asked.status, 503);
    const late = await postJson(server, messagesPath('den'), { sender: 'mason', text: 'by another connection' });
    assert.equal(late.status, 201, late.text);
    assert.equal(late.headers.connection, 'close');

    // A second signal: at once.
    const began = performance.now();
    process.kill(server.pid, 'SIGTERM');
    await stopped;
    assert.ok(performance.now() - began < deadline(5000), 'expected the window to be cut short');
    for (const stream of streams) {
      await stream.untilClosed();
      byeOf(stream);
    }
    await withServer({ args }, async (again) => {
      assert.deepEqual(
        (await history(again, 'den')).map(({ text }) => text),
        ['in the window', 'by another connection'],
      );
    });
  });

  test('few streams: nobody is told to wait for a window that is not waited for', async () => {
    const server = await startServer({ args: ['--drain', '60', '--shards', '2'] });
    const streams = await openStreams(server, 3);
    streams.shift().drop();
    const began = performance.now();
    await server.stop();
    assert.ok(performance.now() - began < deadline(3000), 'expected no minute for two streams');
    for (const stream of streams) {
      await stream.untilClosed();
      const retry = byeOf(stream);
      assert.ok(retry >= 1000 && retry <= 5200, `expected it to be there again by then, got ${retry}`);
    }
  });

  test('with nobody there it ends at once, whatever the window', async () => {
    const server = await startServer({ args: ['--drain', '60'] });
    const connection = await Connection.open(server);
    const began = performance.now();
    await server.stop();
    assert.ok(performance.now() - began < deadline(3000), 'expected no window without streams');
    connection.destroy();
  });

  test('without a window all go at once', async () => {
    const server = await startServer({ args: ['--drain', '0'] });
    const streams = await openStreams(server, 20);
    const began = performance.now();
    await server.stop();
    assert.ok(performance.now() - began < deadline(3000), 'expected no window');
    for (const stream of streams) {
      await stream.untilClosed();
      const retry = byeOf(stream);
      assert.ok(retry >= 1000 && retry <= 5000, `got ${retry}`);
    }
  });
});
