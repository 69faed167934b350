// Requests that two programs could read differently, and heads without measure: refused, the connection
// closed, nothing behind them looked at.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { freshRoom, history } from './chat.mjs';
import { sharedServer } from './server.mjs';
import { refused } from './smuggling_shapes.mjs';
import { exchange, format } from './wire.mjs';

const form = { 'Content-Type': 'application/x-www-form-urlencoded' };

describe('requests that are none', { concurrency: true }, () => {
  const server = sharedServer();

  for (const [name, build] of Object.entries(refused)) {
    test(`smuggling: ${name}: refused and closed`, async () => {
      const room = freshRoom();
      const next = format('POST', `/${room}`, { headers: form, body: 'message=second' });
      const bytes = Buffer.concat([Buffer.from(build(room), 'latin1'), next]);
      const { responses } = await exchange(server, bytes);
      assert.equal(responses.length, 1, 'expected one answer, and none to what comes behind');
      const allowed = /coding|chunked|identity/.test(name) ? [400, 501] : /version/.test(name) ? [400, 505] : [400];
      if (/beyond/.test(name)) allowed.push(413);
      assert.ok(
        allowed.includes(responses[0].status),
        `expected ${allowed}, got ${responses[0].status} ${responses[0].text}`,
      );
      assert.deepEqual(await history(server, room), [], 'expected nothing stored');
    });
  }

  test('huge heads: 431, long targets: 414, other versions: 505', async () => {
    const cases = [
      [431, format('GET', '/healthz', { headers: { 'X-Large': 'x'.repeat(20_000) } })],
      [431, format('GET', '/healthz', { headers: [...Array(300)].map((_, i) => [`X-${i}`, '1']) })],
      [431, format('GET', '/healthz', { headers: [['x'.repeat(20_000), '1']] })],
      [414, format('GET', `/subscribe/${'a'.repeat(9000)}`)],
      [505, format('GET', '/healthz', { version: '2.0' })],
    ];
    for (const [status, bytes] of cases) {
      const { responses } = await exchange(server, bytes);
      assert.deepEqual(
        responses.map((response) => response.status),
        [status],
      );
    }
    // Without an end in sight.
    const endless = await exchange(server, `GET /${'a'.repeat(100_000)}`);
    assert.ok(
      [414, 431].includes(endless.responses[0]?.status),
      `expected 414 or 431, got ${endless.responses[0]?.status}`,
    );
    const field = await exchange(server, `GET / HTTP/1.1\r\nHost: x\r\nX: ${'a'.repeat(100_000)}`);
    assert.equal(field.responses[0]?.status, 431);
  });
});
