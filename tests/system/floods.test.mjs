// More of everything than there is room for: what is held stays bounded, others are served, and what ran out
// is used again when it is back.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';

import { assertHealthy, eventsPath, formBody, history, publish } from './chat.mjs';
import { descriptors, engine, isSanitized, memory, withServer } from './server.mjs';
import { EventStream, until } from './sse.mjs';
import { Connection, format, request } from './wire.mjs';

const mebibyte = 1024 * 1024;
const allowDescriptors = (server, count) =>
  execFileSync('prlimit', ['--pid', String(server.pid), `--nofile=${count}:`]);

// Of the process, in seconds.
function processorTime(server) {
  const fields = readFileSync(`/proc/${server.pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

// Grows by less than `mebibytes` while `body` runs, as far as that can be told.
async function withinMemory(t, server, mebibytes, body) {
  const before = memory(server, 'RssAnon');
  let most = before;
  const look = setInterval(() => (most = Math.max(most, memory(server, 'RssAnon'))), 20);
  try {
    await body();
  } finally {
    clearInterval(look);
  }
  const grown = (most - before) / mebibyte;
  t.diagnostic(`memory grew by ${grown.toFixed(1)} MiB`);
  if (isSanitized(server)) t.diagnostic('memory is not judged: the sanitizer has its own');
  else assert.ok(grown < mebibytes, `expected less than ${mebibytes} MiB more, got ${grown}`);
}

describe('floods', { concurrency: true }, () => {
  test('descriptors run out: who is in is served, nothing spins, and they are used when they are back', async () => {
    await withServer({ args: ['--shards', '1'] }, async (server) => {
      const stream = await EventStream.open(server, '/subscribe/den');
      await stream.hello();
      const publisher = await Connection.open(server);
      const say = async (message) => {
        const body = formBody({ sender: 'a', message });
        const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
        await publisher.send(format('POST', '/den', { headers, body }));
        assert.equal((await publisher.response()).status, 200);
      };
      await say('one');
      allowDescriptors(server, descriptors(server));
      // The kernel takes them; the program cannot.
      const waiting = [];
      for (let i = 0; i < 20; ++i) {
        waiting.push(await Connection.open(server));
        await waiting[i].send(format('GET', '/healthz'));
      }
      await until(() => server.stderr().includes('cannot accept a connection'), 5000, 'a word about it');
      await say('two');
      await until(() => stream.events.filter(({ data }) => data.includes('message')).length >= 2, 5000, 'both');
      // It tries again each second, and has nothing else to do.
      const used = processorTime(server);
      const since = performance.now();
      await until(() => performance.now() - since > 1500, 5000, 'some time to pass');
      const share = (processorTime(server) - used) / ((performance.now() - since) / 1000);
      assert.ok(share < 0.5, `expected a loop that waits, it used ${share} of a processor`);
      assert.ok(waiting.some((one) => one.buffer.length === 0), 'expected some to be still waiting');
      allowDescriptors(server, descriptors(server) + 40);
      for (const one of waiting) {
        assert.equal((await one.response()).status, 200);
        one.destroy();
      }
      publisher.destroy();
      stream.drop();
    });
  });

  test('a flood of large messages, to subscribers that stand still', async (t) => {
    await withServer({ args: ['--max-memory', '16', '--shards', '2', '--durability', 'os'] }, async (server) => {
      const stuck = [];
      for (let i = 0; i < 40; ++i) {
        stuck.push(await EventStream.open(server, '/subscribe/den'));
        await stuck[i].hello();
        stuck[i].socket.pause();
      }
      const text = 'x'.repeat(8000);
      const one = format('POST', '/den', {
        headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
        body: formBody({ sender: 'a', message: text }),
      });
      const statuses = {};
      // Recent events are 16 MiB a shard, and the journal has its cache.
      await withinMemory(t, server, 16 + 2 * 16 + 24, async () => {
        await Promise.all(
          Array.from({ length: 30 }, async () => {
            const connection = await Connection.open(server);
            await connection.send(Buffer.concat(Array.from({ length: 100 }, () => one)));
            for (let i = 0; i < 100; ++i) {
              const { status } = await connection.response({ ms: 30_000 });
              statuses[status] = (statuses[status] ?? 0) + 1;
            }
            connection.destroy();
          }),
        );
      });
      assert.deepEqual(
        Object.keys(statuses).filter((status) => status !== '200' && status !== '503'),
        [],
        `expected only 200 and 503, got ${JSON.stringify(statuses)}`,
      );
      const stored = await history(server, 'den');
      assert.equal(stored.length, statuses[200], 'expected what was acknowledged, and no more');
      await assertHealthy(server);
      for (const stream of stuck) stream.drop();
    });
  });

  test('heads that never end', async (t) => {
    await withServer({ args: ['--shards', '1'] }, async (server) => {
      const slow = [];
      await withinMemory(t, server, 24, async () => {
        for (let i = 0; i < 400; ++i) {
          slow.push(await Connection.open(server));
          await slow[i].send(`GET / HTTP/1.1\r\nHost: localhost\r\nX-Long: ${'x'.repeat(7000)}`);
        }
        await publish(server, 'den', 'x');
      });
      await assertHealthy(server);
      // The time they have is over for all of them.
      await until(() => slow.every((one) => one.ended || one.take()?.status === 408), 20_000, 'the end of all');
      for (const connection of slow) connection.destroy();
    });
  });

  test('many rooms that are followed cost memory only as long as they are', async (t) => {
    await withServer({ args: ['--shards', '1', '--max-connections', '2000'] }, async (server) => {
      const streams = [];
      await withinMemory(t, server, 60, async () => {
        for (let i = 0; i < 200; ++i) {
          const rooms = Array.from({ length: 100 }, (_, room) => `room-${i}-${room}`);
          streams.push(await EventStream.open(server, eventsPath(rooms)));
        }
        await Promise.all(streams.map((stream) => stream.hello()));
      });
      await publish(server, 'room-7-7', 'x');
      await streams[7].event('message');
      const before = descriptors(server);
      for (const stream of streams) stream.drop();
      await until(() => descriptors(server) < before - 190, 5000, 'the streams to be gone');
      await withinMemory(t, server, 8, async () => {
        for (let i = 0; i < 50; ++i) {
          const rooms = Array.from({ length: 100 }, (_, room) => `other-${i}-${room}`);
          const stream = await EventStream.open(server, eventsPath(rooms));
          await stream.hello();
          stream.drop();
        }
      });
      await assertHealthy(server);
    });
  });

  test('history that nobody takes', async (t) => {
    await withServer({ args: ['--max-memory', '16', '--shards', '1', '--durability', 'os'] }, async (server) => {
      for (let i = 0; i < 60; ++i) await publish(server, 'den', `${i} ${'<b> & '.repeat(1300)}`);
      const readers = [];
      await withinMemory(t, server, 48, async () => {
        for (let i = 0; i < 24; ++i) {
          const reader = await Connection.open(server);
          reader.socket.pause();
          readers.push(reader);
          await reader.send(format('GET', '/api/v1/rooms/den/messages?limit=60'));
        }
        await publish(server, 'den', 'last');
        await request(server, 'GET', '/api/v1/rooms', { ms: 20_000 });
      });
      await assertHealthy(server);
      for (const reader of readers) reader.destroy();
    });
  });
}, { skip: engine === 'redis' });
