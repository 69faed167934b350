// What an operator sees: numbers that are true, complete and described, on a listener of their own.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { eventsPath, messagesPath, postForm, postJson, publish } from './chat.mjs';
import { becomeGuest } from './guest.mjs';
import { adminOf, metrics, parseMetrics, sampleOf, untilSample, withAdmin } from './metrics.mjs';
import { Redis } from './redis.mjs';
import { freePort, run, startServer, tempDir, withServer } from './server.mjs';
import { EventStream } from './sse.mjs';
import { Connection, format, request, until } from './wire.mjs';

const documented = () => {
  const text = readFileSync(fileURLToPath(new URL('../../docs/metrics.md', import.meta.url)), 'utf8');
  const rows = [...text.matchAll(/^\| `([a-z_]+)` \| (counter|gauge|histogram) \|([^|]*)\|/gm)];
  return new Map(rows.map(([, name, kind, labels]) => [name, { kind, labels: [...labels.matchAll(/`([a-z]+)`/g)].map(([, label]) => label) }]));
};

describe('metrics', { concurrency: true }, () => {
  test('docs/metrics.md and the page name the same, with the same kinds and labels', async () => {
    const shown = new Map();
    const look = async (server) => {
      for (const [name, { kind, samples }] of await metrics(server)) {
        const labels = new Set();
        for (const key of samples.keys()) {
          for (const [, label] of key.matchAll(/[{,]([a-z]+)="/g)) labels.add(label);
        }
        labels.delete('le');
        shown.set(name, { kind, labels: [...labels] });
      }
    };
    const redis = await Redis.start();
    try {
      await withAdmin({ args: ['--journal', 'memory'] }, look);
      await withAdmin({ args: ['--data', tempDir()], env: { TINYCHAT_JOURNAL: 'sqlite' } }, look);
      await withAdmin({ args: ['--redis', redis.url] }, look);
    } finally {
      await redis.kill();
    }
    const described = documented();
    assert.ok(described.size > 40, `expected the tables of docs/metrics.md, got ${described.size} rows`);
    assert.deepEqual([...shown.keys()].filter((name) => !described.has(name)), [], 'expected every metric to be described');
    assert.deepEqual([...described.keys()].filter((name) => !shown.has(name)), [], 'expected every description to have its metric');
    for (const [name, of] of described) assert.deepEqual(shown.get(name), of, name);
  });

  test('what happens is counted, to the last one', async () => {
    await withAdmin({ args: ['--shards', '2'] }, async (server) => {
      const streams = [];
      for (const target of ['/subscribe/den', '/subscribe/den', eventsPath(['den', 'attic'])]) {
        streams.push(await EventStream.open(server, target));
        await streams.at(-1).hello();
      }
      await untilSample(server, 'tinychat_streams', '{state="live"}', (value) => value === 3, '3 live streams');
      for (let i = 0; i < 5; ++i) await publish(server, 'den', `message ${i}`, { key: `key-${i}` });
      const repeat = { sender: 'mason', text: 'message 0' };
      assert.equal((await postJson(server, messagesPath('den'), repeat, { 'Idempotency-Key': 'key-0' })).status, 200);
      assert.equal((await postForm(server, 'den', { message: '' })).status, 422);
      await publish(server, 'attic', 'up here');
      await publish(server, 'nobody-listens', 'down there');
      await untilSample(server, 'tinychat_deliveries_total', '', (value) => value === 3 * 5 + 1, '16 deliveries');

      const page = await metrics(server);
      const is = (name, key, value) => assert.equal(sampleOf(page, name, key), value, name + key);
      is('tinychat_publishes_total', '{outcome="stored"}', 7);
      is('tinychat_publishes_total', '{outcome="repeated"}', 1);
      is('tinychat_publish_seconds', '_count', 8);
      is('tinychat_commit_messages', '_sum', 8);
      is('tinychat_http_error_responses_total', '{code="unprocessable"}', 1);
      is('tinychat_http_responses_total', '{class="4xx"}', 1);
      is('tinychat_http_responses_total', '{class="2xx"}', 3 + 8);
      is('tinychat_streams_opened_total', '', 3);
      is('tinychat_ready', '', 1);
      is('tinychat_trouble', '{part="storing"}', 0);
      assert.ok(sampleOf(page, 'tinychat_rooms_followed') >= 2, 'den and attic, once for each shard');
      const commits = sampleOf(page, 'tinychat_commit_seconds', '_count');
      assert.ok(commits >= 1 && commits <= 8, `expected 1 to 8 commits, got ${commits}`);
      assert.ok(sampleOf(page, 'tinychat_stream_sent_bytes_total') > 16 * 'message 0'.length);
      assert.ok(sampleOf(page, 'tinychat_fan_out_seconds', '_count') >= 1);
      assert.ok(sampleOf(page, 'tinychat_loop_turn_seconds', '_sum') < 60, 'turns of a short test');
      assert.ok(sampleOf(page, 'process_resident_memory_bytes') > 1e6);
      assert.ok(Math.abs(sampleOf(page, 'process_start_time_seconds') - Date.now() / 1000) < 120);
      assert.ok(sampleOf(page, 'process_open_fds') > 10);

      streams[0].drop();
      const closed = '{what="stream",reason="peer-closed"}';
      await untilSample(server, 'tinychat_closed_total', closed, (value) => value === 1, 'one stream closed by its peer');
      await untilSample(server, 'tinychat_streams', '{state="live"}', (value) => value === 2, '2 live streams');
      for (const stream of streams.slice(1)) stream.drop();
      await untilSample(server, 'tinychat_rooms_followed', '', (value) => value === 0, 'no room followed');
    });
  });

  test('when it was started is known also where the system says nothing of itself', async (t) => {
    // As under ProtectProc= and ProcSubset= of the unit.
    const hidden = 'mount --bind /dev/null /proc/stat && mount --bind /dev/null /proc/uptime';
    const tried = spawnSync('unshare', ['-m', 'sh', '-c', hidden]);
    if (tried.status !== 0) return t.skip('nothing can be mounted here');
    const wrap = ['unshare', '-m', 'sh', '-c', `${hidden} && exec "$@"`, 'sh'];
    const before = Date.now() / 1000;
    await withAdmin({ wrap }, async (server) => {
      const started = sampleOf(await metrics(server), 'process_start_time_seconds');
      assert.ok(started >= before - 1 && started <= Date.now() / 1000 + 1, `expected a moment ago, got ${started}`);
      await publish(server, 'den', 'x');
      assert.equal(sampleOf(await metrics(server), 'process_start_time_seconds'), started);
    });
  });

  test('turned away, reset and behind are counted with their reasons', async () => {
    const args = ['--max-streams', '1', '--shards', '1', '--retain-messages', '1'];
    await withAdmin({ args }, async (server) => {
      const ids = [];
      for (let i = 0; i < 3; ++i) ids.push((await publish(server, 'den', `message ${i}`)).id);
      const visit = async (cursor) => {
        const stream = await EventStream.open(server, `/subscribe/den?lastEventId=${cursor}`);
        await stream.until(() => stream.events.some(({ event }) => event === 'reset'), 5000, 'a reset');
        stream.drop();
        await untilSample(server, 'tinychat_streams', '{state="live"}', (value) => value === 0, 'nobody');
      };
      await visit('nonsense');
      await visit(ids[0]);
      const first = await EventStream.open(server, '/subscribe/den');
      await first.hello();
      const second = await EventStream.open(server, '/subscribe/den');
      await second.untilClosed();
      const page = await metrics(server);
      assert.equal(sampleOf(page, 'tinychat_resets_total', '{reason="unknown-cursor"}'), 1);
      assert.equal(sampleOf(page, 'tinychat_resets_total', '{reason="trimmed"}'), 1);
      assert.equal(sampleOf(page, 'tinychat_limit_hits_total', '{limit="streams"}'), 1);
      assert.equal(sampleOf(page, 'tinychat_closed_total', '{what="stream",reason="turned-away"}'), 1);
      assert.ok(sampleOf(page, 'tinychat_pages_read_total') >= 1);
      first.drop();
    });
  });

  test('each limit is counted when it is hit, under its name', async () => {
    const bounds = {
      '--messages-per-second-address': 1,
      '--messages-per-second-room': 2,
      '--requests-per-second': 4,
      '--users-per-minute': 1,
      '--wrong-secrets-per-minute': 1,
      '--max-rooms': 1,
      '--max-connections-per-address': 1,
      '--max-streams-per-user': 1,
    };
    const args = ['--trusted-proxy', '127.0.0.1', ...Object.entries(bounds).flat().map(String)];
    await withAdmin({ args }, async (server) => {
      const from = (last) => ({ 'X-Forwarded-For': `203.0.113.${last}` });
      const untilRefused = async (ask) => {
        for (let i = 0; i < 100; ++i) if ((await ask(i)).status === 429) return;
        assert.fail('expected a 429');
      };
      const say = (headers, room = 'den') => postForm(server, room, { message: 'hi' }, headers);
      await untilRefused(() => postJson(server, '/api/v1/me', { name: 'ada' }, from(1)));
      await untilRefused(() => say(from(2)));
      await untilRefused(() => request(server, 'GET', '/api/v1/me', { headers: { ...from(9), Cookie: 'tinychat=x' } }));
      await untilRefused((i) => say(from(100 + i)));
      await untilRefused(() => request(server, 'GET', '/api/v1/rooms', { headers: from(3) }));
      assert.equal((await say({}, 'another')).status, 422);
      const guest = await becomeGuest(server, 'bob');
      for (const headers of [from(4), { Cookie: guest.cookie }]) {
        const streams = [];
        for (let i = 0; i < 2; ++i) streams.push(await EventStream.open(server, eventsPath(['den']), { headers }));
        await streams[1].untilClosed();
        streams[0].drop();
      }
      const hit = [...(await metrics(server)).get('tinychat_limit_hits_total').samples].filter(([, count]) => count > 0);
      assert.deepEqual(Object.fromEntries(hit), {
        '{limit="new-users-per-address"}': 1,
        '{limit="wrong-secrets"}': 1,
        '{limit="messages-per-address"}': 1,
        '{limit="messages-per-room"}': 1,
        '{limit="requests-per-address"}': 1,
        '{limit="rooms"}': 1,
        '{limit="connections-per-address"}': 1,
        '{limit="streams-per-user"}': 1,
      });
    });
  });

  test('the public port has no /metrics, and the other one nothing else', async () => {
    await withAdmin({}, async (server) => {
      const admin = adminOf(server);
      assert.equal((await request(server, 'GET', '/metrics')).status, 404);
      for (const target of ['/healthz', '/readyz']) {
        assert.equal((await request(server, 'GET', target)).status, 200, target);
        assert.equal((await request(admin, 'GET', target)).status, 200, target);
      }
      const index = await request(admin, 'GET', '/');
      for (const target of ['/metrics', '/readyz', '/healthz']) assert.ok(index.text.includes(target));
      for (const target of ['/r/den', '/api/v1/rooms', '/subscribe/den', '/metrics/x', '/openapi.yaml']) {
        assert.equal((await request(admin, 'GET', target)).status, 404, target);
      }
      for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
        const response = await request(admin, method, '/metrics');
        assert.deepEqual([response.status, response.headers.allow], [405, 'GET, HEAD'], method);
      }
      const head = await request(admin, 'HEAD', '/metrics');
      assert.deepEqual([head.status, head.text], [200, '']);
      const broken = await Connection.open(admin);
      broken.send('GET /metrics HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n');
      assert.equal((await broken.response()).status, 400);
      broken.destroy();
    });
    await withServer({}, async (server) => {
      assert.equal((await request(server, 'GET', '/metrics')).status, 404);
      assert.doesNotMatch(server.stdout(), /operator/);
    });
  });

  test('no name that people chose is on the page', async () => {
    await withAdmin({}, async (server) => {
      const stream = await EventStream.open(server, '/subscribe/plantedroom?name=plantedname');
      await stream.hello();
      await publish(server, 'plantedroom', 'plantedtext', { sender: 'plantedsender' });
      await request(server, 'GET', '/api/v1/rooms/plantedroom/messages?limit=plantedlimit');
      await untilSample(server, 'tinychat_streams', '{state="live"}', (value) => value === 1);
      const page = await request(adminOf(server), 'GET', '/metrics');
      assert.doesNotMatch(page.text, /planted/);
      stream.drop();
    });
  });

  test('the page is to be had while and until the server stops', async () => {
    const server = await startServer({ args: ['--admin', '127.0.0.1:0'] });
    const admin = adminOf(server);
    // An answer that is under way keeps the server from going.
    const held = await Connection.open(server);
    held.send(format('POST', '/den', { headers: { 'Content-Length': '10' } }));
    await until(async () => sampleOf(await metrics(server), 'tinychat_connections') === 1, 5000, 'the connection');
    const stopped = server.stop();
    let last;
    await until(
      async () => {
        last = await request(admin, 'GET', '/readyz');
        return last.status === 503;
      },
      5000,
      () => `/readyz to be red, got ${last.text}`,
    );
    assert.deepEqual(Object.keys(last.json().reasons), ['stopping']);
    assert.equal(sampleOf(await metrics(server), 'tinychat_ready'), 0);
    held.destroy();
    await stopped;
  });

  test('an address that cannot be listened on is refused at the start', async () => {
    const taken = await freePort();
    const refuses = async (admin, what) => {
      const end = await run(['--port', '0', '--data', tempDir(), '--admin', admin]);
      assert.equal(end.code, 2, `expected ${admin} to be refused`);
      assert.match(end.stderr, what);
      assert.equal(end.stderr.trimEnd().split('\n').length, 1);
      assert.equal(end.stdout, '');
    };
    for (const wrong of ['nonsense', '127.0.0.1', '127.0.0.1:99999', ':9090', '::1:9090']) {
      await refuses(wrong, /^tinychat: --admin .* is no address and port; write it as 127\.0\.0\.1:9090/);
    }
    await refuses('256.1.1.1:9090', /--admin 256\.1\.1\.1 is no address of this machine/);
    await withServer({ args: ['--admin', `127.0.0.1:${taken}`] }, () =>
      refuses(`127.0.0.1:${taken}`, /port \d+ on 127\.0\.0\.1 is in use by another program; .* with --admin/),
    );
  });

  test('a strict reader of the format finds nothing wrong', () => {
    assert.throws(() => parseMetrics('x 1\n'));
    assert.throws(() => parseMetrics('# HELP a b\n# TYPE a gauge\na 1\na 1\n'), /once/);
    assert.throws(() => parseMetrics('# HELP a b\n# TYPE a gauge\nb 1\n'), /own family/);
  });
});
