// What one client may use, and what is left for the others when somebody wants it all.
import assert from 'node:assert/strict';
import { networkInterfaces } from 'node:os';
import { describe, test } from 'node:test';

import { assertHealthy, messagesPath, postForm, publish } from './chat.mjs';
import { becomeGuest } from './guest.mjs';
import { withServer } from './server.mjs';
import { EventStream, until } from './sse.mjs';
import { Connection, format, request } from './wire.mjs';

const behindProxy = ['--trusted-proxy', '127.0.0.1'];
const from = (address) => ({ 'X-Forwarded-For': address });
const ada = from('203.0.113.7');
const bob = from('203.0.113.8');

const streamOf = (server, headers, target = '/subscribe/den') => EventStream.open(server, target, { headers });
const wasTurnedAway = async (stream) => {
  await stream.until(() => stream.events.length > 0 || stream.closed, 5000, 'a hello or a close');
  stream.drop();
  return stream.events.length === 0;
};

describe('limits', { concurrency: true }, () => {
  test('requests of an address: 429, when to come back, and nobody else is kept out', async () => {
    await withServer({ args: [...behindProxy, '--requests-per-second', '2'] }, async (server) => {
      const ask = (headers) => request(server, 'GET', '/api/v1/rooms', { headers });
      const answers = [];
      while (answers.length < 40 && answers.at(-1)?.status !== 429) answers.push(await ask(ada));
      const refused = answers.pop();
      assert.equal(refused.status, 429);
      assert.ok(answers.length >= 10, `expected a burst of 10, got ${answers.length}`);
      assert.equal(refused.headers['content-type'], 'application/problem+json');
      assert.match(refused.headers['retry-after'], /^[1-9]$/);
      assert.match(refused.headers.ratelimit, /^"requests-per-address";r=0;t=\d+$/);
      assert.equal((await ask(bob)).status, 200);
      assert.equal((await ask({})).status, 200, 'this machine itself');
      // Streams are told to come back, for a browser would give up on a 429.
      // (A token may come back just before.)
      const refuses = async () => {
        while ((await ask(ada)).status !== 429);
        return wasTurnedAway(await streamOf(server, ada));
      };
      await until(refuses, 5000, 'a stream to be turned away');
      await until(async () => (await ask(ada)).status === 200, 5000, 'a token to come back');
    });
  });

  test('messages of an address, of a user and to a room', async () => {
    const rates = ['--messages-per-second-address', '3', '--messages-per-second', '1', '--messages-per-second-room', '4'];
    await withServer({ args: [...behindProxy, ...rates] }, async (server) => {
      const say = async (headers, room = 'den') =>
        (await postForm(server, room, { sender: 'a', message: 'hi' }, headers)).status;
      // Without what is given back meanwhile.
      const burst = async (headers, perSecond) => {
        const began = performance.now();
        let sent = 0;
        while (sent < 200 && (await say(headers)) === 200) ++sent;
        return sent - (perSecond * (performance.now() - began)) / 1000;
      };
      assert.ok((await burst(ada, 3)) < 20, 'expected about 15 for the address');
      assert.ok((await burst(bob, 4)) < 20, 'expected what is left to the room');
      assert.equal(await say(from('203.0.113.9'), 'elsewhere'), 200);
      assert.equal(await say({}), 200, 'this machine itself');
      const guest = await becomeGuest(server, 'carol');
      const statuses = [];
      for (let i = 0; i < 8; ++i) {
        const body = JSON.stringify({ text: `${i}` });
        const headers = { Cookie: guest.cookie, 'Content-Type': 'application/json', ...from(`198.51.100.${i}`) };
        statuses.push((await request(server, 'POST', messagesPath('quiet'), { headers, body })).status);
      }
      assert.ok(statuses.includes(429), `expected a limit wherever she is, got ${statuses}`);
    });
  });

  test('streams of an address behind a proxy', async () => {
    await withServer({ args: [...behindProxy, '--max-connections-per-address', '3'] }, async (server) => {
      const open = [];
      for (let i = 0; i < 3; ++i) {
        open.push(await streamOf(server, from(`2001:db8:0:1::${i + 1}`)));
        await open[i].hello();
      }
      assert.ok(await wasTurnedAway(await streamOf(server, from('2001:db8:0:1:ffff::9'))), 'the same /64');
      assert.ok(!(await wasTurnedAway(await streamOf(server, from('2001:db8:0:2::1')))), 'another /64');
      open.pop().drop();
      await until(
        async () => !(await wasTurnedAway(await streamOf(server, from('2001:db8:0:1::7')))),
        5000,
        'a place that was left',
      );
      for (const stream of open) stream.drop();
    });
  });

  const own = Object.values(networkInterfaces())
    .flat()
    .find(({ family, internal }) => family === 'IPv4' && !internal)?.address;
  const why = own === undefined ? 'this machine has no address but its loopback' : false;
  test('connections of an address', { skip: why }, async () => {
    await withServer({ args: ['--host', '*', '--open', '--max-connections-per-address', '3'] }, async (server) => {
      const peer = { ...server, host: own };
      const open = [];
      for (let i = 0; i < 3; ++i) {
        open.push(await Connection.open(peer));
        open[i].send(format('GET', '/healthz'));
        assert.equal((await open[i].response()).status, 200);
      }
      const refused = await request(peer, 'GET', '/healthz');
      assert.equal(refused.status, 429);
      assert.equal(refused.headers['retry-after'], '5');
      await assertHealthy(server);
      open.pop().destroy();
      await until(
        async () => (await request(peer, 'GET', '/healthz')).status === 200,
        5000,
        'a place that was left',
      );
      for (const connection of open) connection.destroy();
    });
  });

  test('idle connections make room for new ones', async () => {
    await withServer({ args: ['--max-connections', '20', '--shards', '1'] }, async (server) => {
      const idle = [];
      for (let i = 0; i < 20; ++i) {
        idle.push(await Connection.open(server));
        idle[i].send(format('GET', '/healthz'));
        assert.equal((await idle[i].response()).status, 200);
      }
      for (let i = 0; i < 40; ++i) await assertHealthy(server);
      for (const connection of idle) connection.destroy();
    });
  });

  test('where all connections are streams, the next request is told to come later', async () => {
    const args = ['--max-connections', '10', '--max-streams', '10', '--shards', '1'];
    await withServer({ args }, async (server) => {
      const streams = [];
      for (let i = 0; i < 10; ++i) {
        streams.push(await streamOf(server, {}));
        await streams[i].hello();
      }
      const refused = await request(server, 'GET', '/healthz');
      assert.equal(refused.status, 503);
      assert.equal(refused.headers['retry-after'], '5');
      streams.pop().drop();
      await until(
        async () => (await request(server, 'GET', '/healthz')).status === 200,
        5000,
        'a place that was left',
      );
      for (const stream of streams) stream.drop();
    });
  });

  test('bodies that never end fill their own part of the memory, and nobody else waits', async () => {
    await withServer({ args: ['--max-memory', '16', '--shards', '1'] }, async (server) => {
      const stream = await streamOf(server, {});
      await stream.hello();
      const slow = [];
      // 60 KB each: 4 MiB are for requests.
      for (let i = 0; i < 100; ++i) {
        slow.push(await Connection.open(server));
        slow[i].send(format('POST', '/den', { headers: { 'Content-Length': '64000' } }));
        slow[i].send(Buffer.alloc(60_000, 'x'));
      }
      await until(() => slow.some((one) => one.ended), 5000, 'some to be refused');
      const { id } = await publish(server, 'den', 'x');
      assert.equal((await stream.event('message')).id, id);
      await assertHealthy(server);
      for (const connection of slow) connection.destroy();
      stream.drop();
    });
  });

  test('rooms', async () => {
    await withServer({ args: ['--max-rooms', '3'] }, async (server) => {
      for (const room of ['a', 'b', 'c']) await publish(server, room, 'x');
      const refused = await postForm(server, 'd', { sender: 'a', message: 'hi' });
      assert.equal(refused.status, 422);
      assert.match(refused.json().detail, /--max-rooms/);
      await publish(server, 'a', 'y');
      await assertHealthy(server);
    });
  });

  test('what is wrong with an option is said', async () => {
    const { run } = await import('./server.mjs');
    for (const [args, part] of [
      [['--trusted-proxy', 'ten/8'], /--trusted-proxy ten\/8 is neither an address nor a network/],
      [['--requests-per-second', '-1'], /--requests-per-second/],
      [['--messages-per-second', 'nan'], /--messages-per-second/],
      [['--max-memory', '1'], /--max-memory/],
    ]) {
      const { code, stderr } = await run(args);
      assert.equal(code, 2);
      assert.match(stderr, part);
    }
  });
});
