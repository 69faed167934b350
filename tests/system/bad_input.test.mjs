// What bad input gets: the right status, the place, nothing stored, and a server as healthy as before.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { assertHealthy, freshRoom, history, messagesPath, publish } from './chat.mjs';
import { descriptors, sharedServer, withServer } from './server.mjs';
import { deadline } from './until.mjs';
import { Connection, exchange, format, request, until } from './wire.mjs';

const form = { 'Content-Type': 'application/x-www-form-urlencoded' };
const json = { 'Content-Type': 'application/json' };
const multipart = { 'Content-Type': 'multipart/form-data; boundary=x' };

// The server has as few descriptors as before, once it has seen the closes.
async function untilDescriptors(server, before) {
  await until(
    () => descriptors(server) <= before,
    10_000,
    () => `${before} descriptors, got ${descriptors(server)}`,
  );
}

describe('bad requests', { concurrency: true }, () => {
  const server = sharedServer();

  const part = (name, value) => `--x\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
  const malformed = [
    ['a cut percent escape', form, 'message=a%4'],
    ['a percent escape that is none', form, 'sender=m&message=%zz'],
    ['bytes that are no UTF-8', form, 'message=%C3%28'],
    ['a half surrogate', form, 'message=%ED%A0%80'],
    ['an overlong form', form, 'message=%C0%AF'],
    ['raw bytes that are no UTF-8', { 'Content-Type': 'text/plain' }, Buffer.from([0x61, 0xff])],
    ['JSON that ends early', json, '{"message":"hi"'],
    ['JSON with something behind it', json, '{"message":"hi"} x'],
    ['JSON that is nested too deep', json, '['.repeat(5000)],
    ['JSON with half a surrogate pair', json, '{"message":"\\ud800"}'],
    [
      'JSON with raw bytes that are no UTF-8',
      json,
      Buffer.concat([Buffer.from('{"message":"'), Buffer.from([0xff]), Buffer.from('"}')]),
    ],
    ['multipart without its end', multipart, part('message', 'hi')],
    ['multipart with another boundary', multipart, part('message', 'hi').replace('--x', '--y') + '--y--\r\n'],
    ['a part without a name', multipart, '--x\r\nContent-Disposition: form-data\r\n\r\nhi\r\n--x--\r\n'],
  ];
  for (const [name, headers, body] of malformed) {
    test(`malformed: ${name}: 400 and the place`, async () => {
      const room = freshRoom();
      const response = await request(server, 'POST', `/${room}`, { headers, body });
      assert.equal(response.status, 400, `expected 400, got ${response.status} ${response.text}`);
      assert.match(response.text, /at byte \d+/, 'expected the place in the answer');
      assert.deepEqual(await history(server, room), [], 'expected nothing stored');
    });
  }

  test('multipart without a boundary', async () => {
    const headers = { 'Content-Type': 'multipart/form-data' };
    assert.equal((await request(server, 'POST', '/den', { headers, body: 'x' })).status, 400);
  });

  test('malformed targets', async () => {
    for (const path of [
      '/%zz',
      '/a%',
      '/%ff',
      '/%C0%AF',
      '/subscribe/%ff',
      '/api/v1/rooms/%e9/messages',
      '/subscribe/a?name=%ff',
    ]) {
      const method = /subscribe|api/.test(path) ? 'GET' : 'POST';
      const response = await request(server, method, path, {
        headers: form,
        body: method === 'POST' ? 'message=x' : undefined,
      });
      assert.equal(response.status, 400, `expected 400 for ${path}, got ${response.status} ${response.text}`);
      assert.match(response.text, /byte \d+/, `expected the place in the answer to ${path}`);
    }
  });

  test('room names that are none: 422 and the rule', async () => {
    const names = [
      'a'.repeat(129),
      'é'.repeat(65),
      'a%00b',
      'a%0Ab',
      'a%7F',
      'a%C2%85b',
      'sse',
      'a/json',
      'a/b/raw',
      'api',
      'api/foo',
      'assets/x',
      'subscribe',
      'subscribe/x',
      '.well-known/x',
      'metrics/x',
      'r/x',
    ];
    for (const name of names) {
      const target = `/api/v1/rooms/${encodeURI(name).replaceAll('%25', '%')}/messages`;
      const response = await request(server, 'POST', target, {
        headers: json,
        body: '{"sender":"m","text":"x"}',
      });
      assert.equal(response.status, 422, `expected 422 for ${name}, got ${response.status} ${response.text}`);
      assert.ok(response.json().detail.length > 20, 'expected the rule in the answer');
    }
    for (const name of ['a'.repeat(129), 'a/sse', 'json', 'api/foo', 'a%0Ab']) {
      for (const [method, target] of [
        ['POST', `/${name}`],
        ['GET', `/subscribe/${name}`],
        ['GET', `/api/v1/events?room=${name}`],
      ]) {
        const response = await request(server, method, target, {
          headers: form,
          body: method === 'POST' ? 'message=x' : undefined,
        });
        assert.equal(
          response.status,
          422,
          `expected 422 for ${method} ${target}, got ${response.status} ${response.text}`,
        );
      }
    }
    for (const name of [
      'a'.repeat(128),
      'é'.repeat(64),
      'sse/a',
      'jsonx',
      '日本語',
      'a b',
      'apis',
      'healthzz',
    ]) {
      await publish(server, name, 'x');
    }
  });

  test('unknown paths: 404; wrong methods: 405 with Allow', async () => {
    for (const [method, target] of [
      ['GET', '/api/v1/nope'],
      ['GET', '/api'],
      ['GET', '/healthz/x'],
      ['GET', '/assets/nope.js'],
      ['GET', '/.well-known/x'],
    ]) {
      assert.equal(
        (await request(server, method, target)).status,
        404,
        `expected 404 for ${method} ${target}`,
      );
    }
    const wrong = [
      ['GET', '/everyone', /^POST, OPTIONS$/],
      ['HEAD', '/everyone', /^POST, OPTIONS$/],
      ['PUT', '/everyone', /^POST, OPTIONS$/],
      ['FROB', '/everyone', /^POST, OPTIONS$/],
      ['DELETE', '/subscribe/everyone', /\bGET\b.*\bOPTIONS\b/],
      ['POST', '/healthz', /\bGET\b/],
      ['POST', '/api/v1/events?room=a', /\bGET\b/],
      ['PATCH', '/api/v1/rooms', /\bGET\b/],
      ['DELETE', '/api/v1/rooms/a/messages', /\bGET\b.*\bPOST\b/],
    ];
    for (const [method, target, allow] of wrong) {
      const response = await request(server, method, target);
      assert.equal(response.status, 405, `expected 405 for ${method} ${target}, got ${response.status}`);
      assert.match(response.headers.allow, allow, `expected Allow for ${method} ${target}`);
    }
  });

  test('too large: 413, nothing stored', async () => {
    const room = freshRoom();
    const { id } = await publish(server, room, 'before');
    const long = 'x'.repeat(8193);
    const cases = [
      [`/${room}`, form, `message=${long}`],
      [`/${room}`, { 'Content-Type': 'text/plain' }, long],
      [`/${room}`, multipart, `${part('message', long)}--x--\r\n`],
      [`/${room}`, json, JSON.stringify({ message: long })],
      [messagesPath(room), json, JSON.stringify({ sender: 'm', text: long })],
      [`/${room}`, form, `message=${'x'.repeat(1_000_000)}`],
      [messagesPath(room), json, JSON.stringify({ sender: 'm', text: 'x'.repeat(500_000) })],
    ];
    for (const [target, headers, body] of cases) {
      const response = await request(server, 'POST', target, { headers, body });
      assert.equal(response.status, 413, `expected 413 for ${body.length} bytes, got ${response.status}`);
    }
    // Refused by its announced length, before a byte of it is there.
    const announced = await exchange(
      server,
      format('POST', `/${room}`, { headers: { ...form, 'Content-Length': 10_000_000 } }),
    );
    assert.deepEqual(
      announced.responses.map(({ status }) => status),
      [413],
    );
    // And as soon as the chunks are too many, though there is no end to them.
    const endless = await Connection.open(server);
    await endless.send(format('POST', `/${room}`, { headers: { ...form, 'Transfer-Encoding': 'chunked' } }));
    endless.send(`2000\r\n${'x'.repeat(8192)}\r\n`.repeat(16));
    assert.equal((await endless.response()).status, 413);
    await endless.closed();
    assert.deepEqual(
      (await history(server, room)).map((message) => message.id),
      [id],
      'expected the history unchanged',
    );
  });
});

test('a server that has seen it all is as it was', { timeout: deadline(60_000) }, async () => {
  await withServer({}, async (server) => {
    await publish(server, 'den', 'before');
    await history(server, 'den');
    await assertHealthy(server);
    const before = descriptors(server);

    // Slow heads: one that stops, one that trickles, one that never begins its body.
    const slowHeads = (async () => {
      const started = performance.now();
      const stopped = await Connection.open(server);
      await stopped.send('GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: ');
      const trickling = await Connection.open(server);
      await trickling.send('GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: ');
      const timer = setInterval(() => trickling.ended || trickling.send('x'), 200);
      const bodiless = await Connection.open(server);
      await bodiless.send(format('POST', '/den', { headers: { ...form, 'Content-Length': 20 } }));
      try {
        for (const connection of [stopped, trickling, bodiless]) {
          assert.equal((await connection.response({ ms: 14_000 })).status, 408);
          await connection.closed();
        }
        const took = performance.now() - started;
        assert.ok(took > 9000, `expected 10 s for a head, got ${took} ms`);
      } finally {
        clearInterval(timer);
        for (const connection of [stopped, trickling, bodiless]) connection.destroy();
      }
    })();

    // Meanwhile: broken off at every place, and never read.
    const bytes = format('POST', '/den', { headers: form, body: 'message=cut+off' });
    const brokenOff = (async () => {
      for (let round = 0; round < 3; ++round) {
        await Promise.all(
          [...Array(bytes.length - 1)].map(async (_, at) => {
            const connection = await Connection.open(server);
            await connection.send(bytes.subarray(0, at));
            if (at % 2) connection.socket.resetAndDestroy();
            else connection.destroy();
          }),
        );
      }
      await Promise.all(
        [...Array(50)].map(async (_, i) => {
          const connection = await Connection.open(server);
          connection.socket.pause();
          await connection.send(format('GET', i % 2 ? '/subscribe/den' : messagesPath('den')));
          connection.destroy();
        }),
      );
    })();
    await Promise.all([slowHeads, brokenOff]);
    await untilDescriptors(server, before);
    await assertHealthy(server);
    assert.deepEqual(
      (await history(server, 'den')).map(({ text }) => text),
      ['before'],
      'expected nothing of it stored',
    );
  });
});
