// Requests that two programs could read differently, and heads without measure: refused, the connection
// closed, nothing behind them looked at.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { freshRoom, history } from './chat.mjs';
import { sharedServer } from './server.mjs';
import { exchange, format } from './wire.mjs';

const form = { 'Content-Type': 'application/x-www-form-urlencoded' };

describe('requests that are none', { concurrency: true }, () => {
  const server = sharedServer();

  const body = 'message=smuggled';
  const head = (room, ...lines) =>
    [`POST /${room} HTTP/1.1`, 'Host: x', `Content-Type: ${form['Content-Type']}`, ...lines, '', ''].join(
      '\r\n',
    );
  const length = `Content-Length: ${body.length}`;
  const chunk = `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;
  const shapes = {
    'length and chunked': (room) => head(room, length, 'Transfer-Encoding: chunked') + chunk,
    'chunked and length': (room) => head(room, 'Transfer-Encoding: chunked', length) + chunk,
    'another coding and length': (room) => head(room, 'Transfer-Encoding: gzip', length) + body,
    'identity and length': (room) => head(room, 'Transfer-Encoding: identity', length) + body,
    'chunked twice': (room) => head(room, 'Transfer-Encoding: chunked, chunked') + chunk,
    'chunked in two fields': (room) =>
      head(room, 'Transfer-Encoding: chunked', 'Transfer-Encoding: chunked') + chunk,
    'chunked not last': (room) => head(room, 'Transfer-Encoding: chunked, gzip') + chunk,
    'almost chunked': (room) => head(room, 'Transfer-Encoding: xchunked') + chunk,
    'chunked behind a vertical tab': (room) => head(room, 'Transfer-Encoding: \x0bchunked') + chunk,
    'an empty coding': (room) => head(room, 'Transfer-Encoding:', length) + body,
    'chunked in HTTP/1.0': (room) => head(room, 'Transfer-Encoding: chunked').replace('1.1', '1.0') + chunk,
    'two lengths': (room) => head(room, length, 'Content-Length: 3') + body,
    'a list of lengths': (room) => head(room, `Content-Length: ${body.length}, 3`) + body,
    'a length with a sign': (room) => head(room, `Content-Length: +${body.length}`) + body,
    'a negative length': (room) => head(room, 'Content-Length: -1') + body,
    'a length in hexadecimal': (room) => head(room, 'Content-Length: 0x10') + body,
    'a length with a blank in it': (room) => head(room, 'Content-Length: 1 6') + body,
    'an empty length': (room) => head(room, 'Content-Length:') + body,
    'a length beyond 64 bits': (room) => head(room, 'Content-Length: 18446744073709551632') + body,
    'two hosts': (room) => head(room, 'Host: y', length) + body,
    'no host': (room) => head(room, length).replace('Host: x\r\n', '') + body,
    'a bare LF in the head': (room) => head(room, length, 'X: 1\nY: 2') + body,
    'bare LFs only': (room) => head(room, length).replaceAll('\r\n', '\n') + body,
    'a bare CR in a value': (room) => head(room, length, 'X: 1\rY: 2') + body,
    'a NUL in a value': (room) => head(room, length, 'X: 1\0') + body,
    'a blank before the colon': (room) => head(room, `Content-Length : ${body.length}`) + body,
    'a blank before a name': (room) => head(room, ' X: 1', length) + body,
    'a folded value': (room) => head(room, length, 'X: 1', ' 2') + body,
    'a line without a colon': (room) => head(room, length, 'nonsense') + body,
    'an empty name': (room) => head(room, length, ': 1') + body,
    'a name with a character not allowed': (room) => head(room, length, 'X(: 1') + body,
    'no version': (room) => head(room, length).replace(' HTTP/1.1', '') + body,
    'a version that is none': (room) => head(room, length).replace('HTTP/1.1', 'HTTP/1.1x') + body,
    'two blanks in the request line': (room) => head(room, length).replace(' HTTP', '  HTTP') + body,
    'a tab in the request line': (room) => head(room, length).replace(' HTTP', '\tHTTP') + body,
    'a method with a character not allowed': (room) => head(room, length).replace('POST', 'PO(ST') + body,
    'a control character in the target': (room) => head(room, length).replace(' HTTP', '\x01 HTTP') + body,
    TLS: () => Buffer.from('16030100c8010000c40303', 'hex').toString('latin1').padEnd(220, 'x') + '\r\n\r\n',
  };
  const chunkings = {
    'a size that is no number': `g\r\n${body}\r\n0\r\n\r\n`,
    'a size in 0x': `0x10\r\n${body}\r\n0\r\n\r\n`,
    'a negative size': `-1\r\n${body}\r\n0\r\n\r\n`,
    'a size with a blank before it': ` 10\r\n${body}\r\n0\r\n\r\n`,
    'no size': `\r\n${body}\r\n0\r\n\r\n`,
    'a size beyond 64 bits': `10000000000000010\r\n${body}\r\n0\r\n\r\n`,
    'a bare LF behind the size': `10\n${body}\r\n0\r\n\r\n`,
    'a bare CR behind the size': `10\r${body}\r\n0\r\n\r\n`,
    'no CRLF behind the data': `10\r\n${body}0\r\n\r\n`,
    'a bare LF behind the data': `10\r\n${body}\n0\r\n\r\n`,
    'a bare LF in an extension': `10;a\nb\r\n${body}\r\n0\r\n\r\n`,
    'a trailer without a colon': `10\r\n${body}\r\n0\r\nnonsense\r\n\r\n`,
  };
  for (const [name, bytes] of Object.entries(chunkings)) {
    shapes[`chunks: ${name}`] = (room) => head(room, 'Transfer-Encoding: chunked') + bytes;
  }
  for (const [name, build] of Object.entries(shapes)) {
    test(`smuggling: ${name}: refused and closed`, async () => {
      const room = freshRoom();
      const next = format('POST', `/${room}`, { headers: form, body: 'message=second' });
      const bytes = Buffer.concat([Buffer.from(build(room), 'latin1'), next]);
      const { responses } = await exchange(server, bytes);
      assert.equal(responses.length, 1, 'expected one answer, and none to what comes behind');
      const allowed = /coding|chunked/.test(name) ? [400, 501] : /version/.test(name) ? [400, 505] : [400];
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
