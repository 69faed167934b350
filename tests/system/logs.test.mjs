// The log: lines for people or programs, nothing in it that is nobody's business, and no floods.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { formBody, messagesPath, postForm, postJson, publish } from './chat.mjs';
import { becomeGuest } from './guest.mjs';
import { metrics, sampleOf, untilSample, withAdmin } from './metrics.mjs';
import { Redis } from './redis.mjs';
import { startServer, tempDir, withServer } from './server.mjs';
import { EventStream } from './sse.mjs';
import { Connection, format, request, until } from './wire.mjs';

const levels = ['debug', 'info', 'warning', 'error'];

// The lines of a log, parsed, each of them whole and of the shape that is promised.
function parseText(log) {
  return log.trimEnd().split('\n').map((line) => {
    const parts = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z) ([a-z]+) (\P{Cc}+)$/u.exec(line);
    assert.ok(parts && levels.includes(parts[2]), `expected a line of the log, got ${JSON.stringify(line)}`);
    return { time: parts[1], level: parts[2], message: parts[3] };
  });
}

function parseJson(log) {
  return log.trimEnd().split('\n').map((line) => {
    const entry = JSON.parse(line);
    assert.match(entry.time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    assert.ok(levels.includes(entry.level), line);
    assert.equal(typeof entry.message, 'string');
    for (const name of Object.keys(entry)) assert.match(name, /^[a-z_]+$/);
    return entry;
  });
}

// A secret of each kind in every place it can be sent to, in requests that are taken and in those that are not.
async function plant(server, secret) {
  const guest = await becomeGuest(server, 'mason');
  const token = guest.cookie.split('=')[1];
  await guest.publish('den', `${secret} in a message`);
  const key = { 'Idempotency-Key': `${secret}-key` };
  const authorized = { Authorization: `Bearer ${secret}`, 'X-Api-Key': secret };
  const bodies = [
    [`{"sender":"mason","text":"${secret}`, 'application/json'],
    [`{"sender":"mason","text":"${secret}","${secret}":[[[[[[[[[[1]]]]]]]]]]}`, 'application/json'],
    [`"${secret}"`, 'application/json'],
    [`{"text":"${secret}\\ud800"}`, 'application/json'],
    [`message=${secret}%ZZ`, 'application/x-www-form-urlencoded'],
    [`message=${secret}%ff`, 'application/x-www-form-urlencoded'],
    [formBody({ sender: 's'.repeat(500), message: secret }), 'application/x-www-form-urlencoded'],
    [formBody({ message: secret.repeat(2000) }), 'application/x-www-form-urlencoded'],
    [`--x\r\nContent-Disposition: form-data; name="message"\r\n\r\n${secret}`, 'multipart/form-data; boundary=x'],
    [`--x\r\nContent-Disposition: form-data; name="${secret}"; filename=${secret}\r\n\r\n\r\n`, 'multipart/form-data; boundary=x'],
    [secret, `application/${secret}`],
    [secret, 'text/plain'],
  ];
  for (const [body, type] of bodies) {
    for (const target of ['/den', messagesPath('den')]) {
      const headers = { 'Content-Type': type, Cookie: guest.cookie, ...key, ...authorized };
      await request(server, 'POST', target, { headers, body });
    }
  }
  await postJson(server, messagesPath('den'), { sender: 'a', text: `${secret} 1` }, key);
  await postJson(server, messagesPath('den'), { sender: 'a', text: `${secret} 2` }, key);
  for (const cookie of [`${guest.cookie}x`, `tinychat=${secret}`, `session=${secret}; ${guest.cookie}`]) {
    await request(server, 'GET', '/api/v1/me', { headers: { Cookie: cookie } });
    await request(server, 'PATCH', '/api/v1/me', { headers: { Cookie: cookie, Origin: `https://${secret}` }, body: `{"name":"${secret}` });
  }
  for (const target of [
    `/api/v1/rooms/den/messages?before=${secret}`,
    `/api/v1/rooms/den/messages/${secret}`,
    `/api/v1/events?room=den&lastEventId=${secret}`,
    `/${secret}?token=${secret}%ZZ`,
    `/assets/${secret}`,
  ]) {
    const stream = await Connection.open(server);
    await stream.send(format('GET', target, { headers: { Cookie: guest.cookie } }));
    await until(() => stream.buffer.length > 0 || stream.ended, 5000, 'the beginning of an answer', stream.wake);
    stream.destroy();
  }
  for (const bytes of [
    `GET /${secret} HTTP/1.1\r\nHost: a\r\nHost: ${secret}\r\n\r\n`,
    `POST /den HTTP/1.1\r\nHost: a\r\nContent-Length: ${secret}\r\n\r\n`,
    `POST /den HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: ${secret}\r\n\r\n`,
    `${secret}\r\n\r\n`,
    `GET / HTTP/1.1\r\nHost: a\r\n${secret} : x\r\n\r\n`,
    `GET / HTTP/1.1\r\nHost: a\r\nCookie: ${secret}\x01\r\n\r\n`,
  ]) {
    const connection = await Connection.open(server);
    await connection.send(bytes);
    assert.ok((await connection.response()).status >= 400, bytes);
    connection.destroy();
  }
  const stream = await EventStream.open(server, `/subscribe/den?name=${secret}`, { headers: { Cookie: guest.cookie } });
  await stream.hello();
  stream.drop();
  return [secret, token];
}

describe('the log', { concurrency: true }, () => {
  for (const [logFormat, parse] of [['text', parseText], ['json', parseJson]]) {
    test(`as ${logFormat}: whole lines, and no message, token, cookie or key at any level`, async () => {
      const redis = await Redis.start();
      const password = 'planted-password-9c1f';
      await redis.call('ACL', 'SETUSER', 'tinychat', 'on', `>${password}`, '~*', '&*', '+@all');
      const args = ['--log-level', 'debug', '--log-format', logFormat, '--admin', '127.0.0.1:0'];
      const url = redis.url.replace('redis://', `redis://tinychat:${password}@`);
      for (const engine of [['--data', tempDir(), '--journal', 'sqlite'], ['--redis', url]]) {
        const server = await startServer({ args: [...args, ...engine] });
        const secrets = await plant(server, 'planted-secret-7d3e');
        if (engine[0] === '--redis') {
          await redis.kill();
          await until(async () => (await request(server, 'GET', '/readyz')).status === 503, 10_000, '/readyz to be red');
        }
        await server.stop();
        const log = server.stderr();
        const entries = parse(log);
        assert.ok(entries.filter(({ level }) => level === 'debug').length > 50, 'expected a log that says much');
        for (const secret of [...secrets, password]) {
          assert.ok(!log.includes(secret), `expected no ${secret}, got ${log.split('\n').find((line) => line.includes(secret))}`);
        }
        assert.ok(entries.some(({ message }) => message.startsWith('stopping')));
        assert.ok(entries.at(-1).message.startsWith('stopped'));
      }
    });
  }

  test('as json, what happened is in fields of its own', async () => {
    const server = await startServer({ args: ['--log-format', 'json', '--log-level', 'debug'] });
    const stream = await EventStream.open(server, '/subscribe/den');
    await stream.hello();
    stream.drop();
    assert.equal((await postForm(server, 'den', { message: '' })).status, 422);
    await until(() => server.stderr().includes('stream closed'), 5000, 'the stream to be closed');
    await server.stop();
    const entries = parseJson(server.stderr());
    const find = (message) => entries.find((entry) => entry.message === message);
    assert.equal(find('ready').port, String(server.port));
    assert.equal(find('stream closed').reason, 'peer-closed');
    assert.equal(find('stopping').signal, 'SIGTERM');
    assert.ok(entries.some(({ code }) => code === 'unprocessable'));
  });

  test('at info, a day without trouble is silent until the server stops', async () => {
    await withServer({}, async (server) => {
      const stream = await EventStream.open(server, '/subscribe/den');
      for (let i = 0; i < 20; ++i) await publish(server, 'den', `message ${i}`);
      await postForm(server, 'den', { message: '' });
      await request(server, 'GET', '/nothing/here');
      stream.drop();
      assert.equal(server.stderr(), '');
    });
  });

  test('what comes again and again is said once, then counted; and storing that fails and heals is seen', async () => {
    const redis = await Redis.start();
    await withAdmin({ args: ['--redis', redis.url] }, async (server) => {
      await publish(server, 'den', 'before');
      await redis.call('CONFIG', 'SET', 'maxmemory', '1');
      for (let i = 0; i < 100; ++i) assert.equal((await postForm(server, 'den', { message: `${i}` })).status, 507);
      const page = await metrics(server);
      assert.equal(sampleOf(page, 'tinychat_publishes_total', '{outcome="storage-full"}'), 100);
      assert.equal(sampleOf(page, 'tinychat_http_error_responses_total', '{code="storage-full"}'), 100);
      assert.equal(sampleOf(page, 'tinychat_journal_errors_total', '{operation="publish"}'), 100);
      assert.equal(sampleOf(page, 'tinychat_trouble', '{part="storing"}'), 1);
      assert.equal(sampleOf(page, 'tinychat_ready'), 0);
      const ready = await request(server, 'GET', '/readyz');
      assert.deepEqual(Object.keys(ready.json().reasons), ['storing']);
      const refusals = () => parseText(server.stderr()).filter(({ message }) => message.includes('the journal refused'));
      assert.equal(refusals().length, 1, 'expected one line so far');
      await redis.call('CONFIG', 'SET', 'maxmemory', '0');
      await untilSample(server, 'tinychat_ready', '', (value) => value === 1, 'it to heal by itself');
      assert.ok(server.stderr().includes('messages can be stored again'));
      await until(() => refusals().length === 2, 15_000, 'the others, together');
      assert.match(refusals()[1].message, /\(and 98 more like it\)$/);
      assert.ok(sampleOf(await metrics(server), 'tinychat_log_lines_total', '{level="error"}') >= 200, 'all of them are counted');
    });
    await redis.kill();
  });
});
