// What becomes of a node whose Redis is away, slow, full, a replica, emptied, or not what it should be.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';

import { eventsPath, history, messagesPath, postJson, publish } from './chat.mjs';
import { Gate } from './gate.mjs';
import { becomeGuest } from './guest.mjs';
import { Redis } from './redis.mjs';
import { freePort, run, startServer, tempDir, withServer } from './server.mjs';
import { until, withStream } from './sse.mjs';
import { deadline } from './until.mjs';
import { request } from './wire.mjs';

// A node on a Redis of its own, with a gate in between.
async function withNode(body, { redisArgs = [], args = [] } = {}) {
  const redis = await Redis.start({ args: redisArgs });
  const gate = await Gate.open(redis.port);
  try {
    await withServer({ args: ['--redis', gate.url, ...args] }, (server) => body({ redis, gate, server }));
  } finally {
    redis.thaw();
    gate.close();
    await redis.kill();
  }
}

const say = (server, text, room = 'den', key) =>
  postJson(server, messagesPath(room), { sender: 's', text }, key ? { 'Idempotency-Key': key } : {});

const readiness = async (server) => {
  const response = await request(server, 'GET', '/readyz');
  return { ...response.json(), status: response.status };
};

async function untilReady(server, ms = 10_000) {
  await until(async () => (await readiness(server)).status === 200, ms, '/readyz to be green');
}
async function untilNotReady(server, why) {
  let last;
  await until(
    async () => {
      last = await readiness(server);
      return last.status === 503 && why.test(last.reason);
    },
    10_000,
    () => `/readyz to say ${why}, got ${JSON.stringify(last)}`,
  );
}

// 503 with a time to come back, after a bounded wait.
async function assertRefused(server, why) {
  const began = performance.now();
  const response = await say(server, 'lost');
  assert.equal(response.status, 503, response.text);
  assert.match(response.headers['retry-after'], /^\d+$/);
  assert.match(response.json().detail, why);
  assert.ok(performance.now() - began < deadline(3500), `expected an answer soon, got it after ${performance.now() - began} ms`);
}

// Says what becomes the `n`th in the room, to which the node gets no reply: its id, and the answer, which comes when
// the gate is cut.
async function sayUnheard({ redis, gate, server }, text, n, key) {
  gate.swallow();
  const answer = say(server, text, 'den', key);
  const inRoom = () => redis.call('XRANGE', 'tinychat:{v1}:room:den', '-', '+');
  await until(async () => (await inRoom()).length === n, 1000, `${text} to be stored`);
  return { answer, id: (await inRoom()).at(-1)[0] };
}

// Everything said before and after is there, once, and was told once.
async function assertWhole(server, stream, texts) {
  await stream.event('message', { n: texts.length, ms: 10_000 });
  assert.deepEqual(
    stream.messages.map(({ text }) => text),
    texts,
  );
  assert.deepEqual(
    (await history(server, 'den')).map(({ text }) => text),
    texts,
  );
}

describe('trouble with Redis', { concurrency: 2 }, () => {
  test('gone and back: 503, a status on the streams, red, and all is well again', () =>
    withNode(async ({ redis, server }) => {
      await withStream(server, eventsPath(['den']), {}, async (stream) => {
        await say(server, 'before');
        await redis.kill();
        await assertRefused(server, /not (stored|known)/);
        await untilNotReady(server, /Redis at redis:\/\//);
        assert.match((await stream.event('status')).data, /"interrupted"/);
        // Newcomers are told, too.
        await withStream(server, '/subscribe/den', {}, (newcomer) => newcomer.event('status'));
        await redis.restart();
        await untilReady(server);
        assert.match((await stream.event('status', { n: 2 })).data, /"ok"/);
        assert.equal((await say(server, 'after')).status, 201);
        await assertWhole(server, stream, ['before', 'after']);
        assert.equal(stream.closed, false);
      });
    }));

  test('gone: nobody knows who anybody is, and afterwards they are the same, and there', () =>
    withNode(async ({ redis, server }) => {
      const mason = await becomeGuest(server, 'mason');
      const me = () => mason.ask('GET', '/api/v1/me');
      const who = () => request(server, 'GET', '/api/v1/rooms/den/presence');
      await withStream(server, eventsPath(['den']), { headers: { Cookie: mason.cookie } }, async (stream) => {
        await stream.event('userJoined');
        await redis.kill();
        for (const ask of [me, who]) {
          const refused = await ask();
          assert.equal(refused.status, 503, refused.text);
          assert.match(refused.json().detail, /Redis/);
        }
        assert.equal((await mason.ask('POST', '/api/v1/rooms/den/typing')).status, 503);
        await redis.restart();
        await untilReady(server);
        await until(async () => (await me()).status === 200, 10_000, 'the user to be known again');
        assert.equal((await me()).json().id, mason.id);
        const there = { room: 'den', count: 1, users: [{ id: mason.id, name: 'mason' }] };
        await until(async () => (await who()).status === 200, 10_000, 'it to be known who is there');
        assert.deepEqual((await who()).json(), there);
        await until(
          async () => {
            await mason.ask('POST', '/api/v1/rooms/den/typing');
            return stream.events.some(({ event }) => event === 'typing');
          },
          20_000,
          'to be told who is typing',
        );
      });
    }));

  test('frozen: bounded waits, and what was sent meanwhile is not there twice', () =>
    withNode(async ({ redis, server }) => {
      await withStream(server, eventsPath(['den']), {}, async (stream) => {
        await say(server, 'before', 'den', 'k0');
        // After the first the node's lease is renewed, which would wait for Redis as well, and first.
        await say(server, 'before', 'den', 'k0');
        redis.freeze();
        const began = performance.now();
        const first = await say(server, 'during', 'den', 'k1');
        assert.equal(first.status, 503);
        assert.match(first.json().detail, /not known|not stored/);
        assert.ok(performance.now() - began < deadline(3500));
        await untilNotReady(server, /does not answer/);
        redis.thaw();
        await until(async () => (await say(server, 'during', 'den', 'k1')).status < 300, 10_000, 'it to be taken');
        await untilReady(server);
        await assertWhole(server, stream, ['before', 'during']);
      });
    }));

  test('a reply that never came: stored once, and acknowledged', () =>
    withNode(async ({ gate, server }) => {
      await withStream(server, eventsPath(['den']), {}, async (stream) => {
        await say(server, 'm0');
        for (let i = 1; i <= 5; ++i) {
          const swallowed = gate.swallowReplies(150);
          const response = await say(server, `m${i}`);
          await swallowed;
          assert.equal(response.status, 201, response.text);
          await until(async () => (await readiness(server)).status === 200, 5000, 'the tail to be back');
        }
        await assertWhole(server, stream, ['m0', 'm1', 'm2', 'm3', 'm4', 'm5']);
      });
    }));

  test('a reply that never came, and the log was cut meanwhile: not known, and nothing is there twice', () =>
    withNode(async (node) => {
      const { redis, gate, server } = node;
      const log = 'tinychat:{v1}:log';
      await withStream(server, eventsPath(['den']), {}, async (stream) => {
        await say(server, 'm0');
        for (const [i, key] of [
          [1, undefined],
          [2, 'k2'],
        ]) {
          const { answer } = await sayUnheard(node, `m${i}`, i + 1, key);
          // As it is cut when somebody's messages are deleted.
          await redis.call('XTRIM', log, 'MINID', await redis.call('XADD', log, '*', 'o', '1'));
          gate.cut();
          const response = await answer;
          assert.equal(response.status, 503, response.text);
          assert.equal(response.headers['content-type'], 'application/problem+json');
          assert.match(response.headers['retry-after'], /^\d+$/);
          assert.deepEqual(response.json(), {
            type: 'urn:tinychat:problem:unavailable',
            title: 'Service unavailable',
            status: 503,
            detail:
              'Whether the message was stored is not known: the log was shortened meanwhile. ' +
              'Send it again with the same Idempotency-Key if it had one.',
          });
          await until(async () => (await readiness(server)).status === 200, 5000, 'the tail to be back');
        }
        const repeated = await say(server, 'm2', 'den', 'k2');
        assert.equal(repeated.status, 200, repeated.text);
        await publish(server, 'den', 'after');
        await assertWhole(server, stream, ['m0', 'm1', 'm2', 'after']);
        // r room w name s sender t text
        const entries = (await redis.call('XRANGE', log, '-', '+')).map(([, fields]) => fields);
        const inLog = entries.filter(([kind]) => kind === 'r').map((fields) => fields[7]);
        assert.deepEqual(inLog, ['after'], 'what was cut off is not in the log again');
        assert.deepEqual(
          stream.events.map(({ event }) => event).filter((event) => event === 'reset'),
          [],
        );
      });
    }));

  test('a reply that never came, and the log was cut before it: stored once, and acknowledged', () =>
    withNode(async (node) => {
      const { redis, gate, server } = node;
      await withStream(server, eventsPath(['den']), {}, async (stream) => {
        await say(server, 'm0');
        const { answer, id } = await sayUnheard(node, 'm1', 2);
        await redis.call('XTRIM', 'tinychat:{v1}:log', 'MINID', id);
        gate.cut();
        const response = await answer;
        assert.equal(response.status, 201, response.text);
        assert.equal(response.json().id, id);
        await publish(server, 'den', 'after');
        await assertWhole(server, stream, ['m0', 'm1', 'after']);
      });
    }));

  test('connections killed under load: nothing is lost or doubled', () =>
    withNode(async ({ redis, server }) => {
      await withStream(server, eventsPath(['den']), {}, async (stream) => {
        const texts = [];
        for (let i = 0; i < 40; ++i) {
          if (i % 4 === 1) await redis.call('CLIENT', 'KILL', 'TYPE', 'normal');
          if (i % 8 === 3) await redis.call('CLIENT', 'KILL', 'TYPE', 'pubsub');
          assert.equal((await say(server, `m${i}`)).status, 201);
          texts.push(`m${i}`);
        }
        await assertWhole(server, stream, texts);
      });
    }));

  test('the script is forgotten: loaded again, unseen', () =>
    withNode(async ({ redis, server }) => {
      for (let i = 0; i < 3; ++i) {
        await redis.call('SCRIPT', 'FLUSH');
        assert.equal((await say(server, `m${i}`)).status, 201);
        assert.equal((await history(server, 'den')).length, i + 1);
      }
    }));

  test('no memory left: 507, red, and green when there is some', () =>
    withNode(async ({ redis, server }) => {
      assert.equal((await say(server, 'before')).status, 201);
      await redis.call('CONFIG', 'SET', 'maxmemory', '1');
      const response = await say(server, 'full');
      assert.equal(response.status, 507);
      assert.match(response.json().detail, /OOM.*maxmemory/);
      assert.ok(response.headers['retry-after']);
      await untilNotReady(server, /OOM/);
      await redis.call('CONFIG', 'SET', 'maxmemory', '0');
      await untilReady(server);
      assert.equal((await say(server, 'after')).status, 201);
      assert.deepEqual(
        (await history(server, 'den')).map(({ text }) => text),
        ['before', 'after'],
      );
    }));

  test('a replica: 503 that says so, and well when it is the primary', () =>
    withNode(async ({ redis, server }) => {
      await say(server, 'before');
      await redis.call('REPLICAOF', '127.0.0.1', '1');
      await assertRefused(server, /READONLY/);
      await untilNotReady(server, /READONLY/);
      await redis.call('REPLICAOF', 'NO', 'ONE');
      await untilReady(server);
      assert.equal((await say(server, 'after')).status, 201);
      assert.equal((await history(server, 'den')).length, 2);
    }));

  test('another type under our keys: that room alone fails', () =>
    withNode(
      async ({ redis, server }) => {
        await redis.call('SET', 'odd:{v1}:room:den', 'x');
        const response = await say(server, 'x');
        assert.equal(response.status, 503);
        assert.equal((await say(server, 'y', 'other')).status, 201);
        assert.equal((await request(server, 'GET', messagesPath('den'))).status, 503);
        await redis.call('DEL', 'odd:{v1}:room:den');
        assert.equal((await say(server, 'z')).status, 201);
        assert.equal((await history(server, 'den')).length, 1);
      },
      { args: ['--redis-prefix', 'odd:'] },
    ));

  test('the end of the log is lost: subscribers are told, and ids go on growing', () =>
    withNode(async ({ redis, gate, server }) => {
      const other = await startServer({ args: ['--redis', gate.url] });
      try {
        await withStream(server, eventsPath(['den']), {}, async (stream) => {
          await withStream(other, '/subscribe/den', {}, async (second) => {
            const kept = await publish(server, 'den', 'kept');
            const lost = await publish(server, 'den', 'lost');
            await stream.event('message', { n: 2 });
            await second.event('message', { n: 2 });
            // What a replica that had not got the last of it would have.
            await redis.call('XDEL', 'tinychat:{v1}:log', lost.id);
            await redis.call('XDEL', 'tinychat:{v1}:room:den', lost.id);
            gate.cut();
            for (const one of [stream, second]) {
              const reset = await one.event('reset', { ms: 10_000 });
              assert.match(reset.data, /log-lost/);
              assert.equal(one.events.filter(({ event }) => event === 'reset').length, 1);
            }
            const next = await publish(other, 'den', 'next');
            assert.ok(next.id > lost.id, `${next.id} after ${lost.id}`);
            assert.equal((await stream.event('message', { n: 3 })).id, next.id);
            assert.deepEqual(
              (await history(server, 'den')).map(({ id }) => id),
              [kept.id, next.id],
            );
          });
        });
      } finally {
        await other.stop();
      }
    }));

  test('emptied: subscribers are told, and it goes on', () =>
    withNode(async ({ redis, server }) => {
      await withStream(server, eventsPath(['den']), {}, async (stream) => {
        const { id } = await publish(server, 'den', 'gone');
        await redis.call('FLUSHALL');
        await stream.event('reset', { ms: 10_000 });
        const next = await publish(server, 'den', 'new');
        assert.ok(next.id > id);
        assert.equal((await stream.event('message', { n: 2 })).id, next.id);
        await withStream(server, '/subscribe/den', { lastEventId: id }, (late) => late.event('reset'));
      });
    }));

  test('started before its Redis: it waits, and says so', async () => {
    const redis = await Redis.start();
    await redis.kill();
    const starting = startServer({ args: ['--redis', redis.url] });
    await new Promise((resolve) => setTimeout(resolve, 300));
    await redis.restart();
    const server = await starting;
    assert.match(server.stderr(), /cannot reach Redis at redis:\/\/127\.0\.0\.1:\d+: .*waiting/);
    await publish(server, 'den', 'x');
    await server.stop();
    await redis.kill();
  });

  test('a wrong password, user, database or address: one line, at once', async () => {
    const redis = await Redis.start({ args: ['--requirepass', 'secret'] });
    const at = `127.0.0.1:${redis.port}`;
    const refuses = async (url, what) => {
      const { code, stderr } = await run(['--port', '0', '--redis', url]);
      assert.equal(code, 2, stderr);
      assert.equal(stderr.trimEnd().split('\n').length, 1, stderr);
      assert.match(stderr, what);
      assert.doesNotMatch(stderr, /guess/, 'expected no password in a message');
    };
    await refuses(`redis://${at}`, /NOAUTH.*password/);
    await refuses(`redis://:guess@${at}`, /WRONGPASS.*correct/);
    await refuses(`redis://me:guess@${at}`, /WRONGPASS/);
    await refuses(`redis://:secret@${at}/99`, /no such database/);
    await refuses('http://example.org', /begins with none of/);
    await refuses('redis://host:port', /port/);
    await withServer({ args: [], env: { REDIS_URL: `redis://:secret@${at}/3` } }, async (server) => {
      await publish(server, 'den', 'x');
      assert.doesNotMatch(server.stdout() + server.stderr(), /secret/);
    });
    await withServer({ args: [], env: { REDISTOGO_URL: `redis://default:secret@${at}` } }, (server) =>
      publish(server, 'den', 'x'),
    );
    await redis.kill();
  });

  test('over TLS: the certificate and its name are verified', async () => {
    // An address of its own, not a name: a bare system does not know `localhost`.
    const start = async (subject) => {
      const directory = tempDir();
      const [key, certificate] = ['key.pem', 'certificate.pem'].map((name) => path.join(directory, name));
      const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
      const named = ['-subj', '/CN=redis', '-addext', `subjectAltName=${subject}`];
      const files = ['-keyout', key, '-out', certificate];
      execFileSync('openssl', ['req', '-x509', ...curve, ...named, ...files], { stdio: 'ignore' });
      const port = await freePort();
      const keys = ['--tls-cert-file', certificate, '--tls-key-file', key, '--tls-auth-clients', 'no'];
      const redis = await Redis.start({ args: ['--tls-port', String(port), ...keys] });
      return { redis, url: `rediss://127.0.0.1:${port}`, env: { SSL_CERT_FILE: certificate } };
    };
    const { redis, url, env } = await start('IP:127.0.0.1');
    const other = await start('DNS:elsewhere.example');
    await withServer({ args: ['--redis', url], env }, async (server) => {
      await withStream(server, eventsPath(['den']), {}, async (stream) => {
        const long = 'x'.repeat(8000);
        for (let i = 0; i < 20; ++i) await publish(server, 'den', `${i} ${long}`);
        await stream.event('message', { n: 20 });
        await redis.call('CLIENT', 'KILL', 'TYPE', 'normal');
        await publish(server, 'den', 'after');
        await stream.event('message', { n: 21 });
      });
    });
    // Whom nobody trusts, or who goes by another name, is not talked to.
    // Nor is there TLS without OpenSSL, which is loaded for it alone.
    const noLibrary = tempDir();
    writeFileSync(path.join(noLibrary, 'libssl.so.3'), '');
    for (const [address, environment, why] of [
      [url, {}, /certificate is not accepted: self.signed/],
      [other.url, other.env, /certificate is not accepted: IP address mismatch/],
      [url, { ...env, LD_LIBRARY_PATH: noLibrary }, /libssl\.so\.3 cannot be loaded; install it/],
    ]) {
      const { code, stderr } = await run(['--port', '0', '--redis', address], { env: environment });
      assert.equal(code, 2, stderr);
      assert.match(stderr, why);
    }
    await redis.kill();
    await other.redis.kill();
  });
});
