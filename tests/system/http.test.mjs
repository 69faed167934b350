// HTTP as programs speak it: kept-alive, pipelined, in pieces of any size, with Expect.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { assertHealthy, eventsPath, freshRoom, history, messagesPath, publish } from './chat.mjs';
import { sharedServer } from './server.mjs';
import { EventParser } from './sse.mjs';
import { Connection, exchange, format, parseHead, readChunk, request, until } from './wire.mjs';

const form = { 'Content-Type': 'application/x-www-form-urlencoded' };
const post = (room, message, headers = {}) =>
  format('POST', `/${room}`, { headers: { ...form, ...headers }, body: `sender=m&message=${message}` });
const chunked = (pieces) =>
  pieces.map((piece) => `${piece.length.toString(16)}\r\n${piece}\r\n`).join('') + '0\r\n\r\n';
const textsOf = async (server, room) => (await history(server, room)).map(({ text }) => text);

describe('HTTP/1.1 and 1.0', { concurrency: true }, () => {
  const server = sharedServer();

  test('a connection is kept alive over requests of every kind', async () => {
    const room = freshRoom();
    const connection = await Connection.open(server);
    const requests = [
      ['GET', format('GET', '/healthz'), 200],
      ['POST', post(room, '1'), 200],
      ['GET', format('GET', '/api/v1/nope'), 404],
      ['HEAD', format('HEAD', '/healthz'), 200],
      ['PUT', format('PUT', `/${room}`, { body: 'ignored' }), 405],
      ['POST', post(room, ''), 422],
      ['OPTIONS', format('OPTIONS', `/${room}`), null],
      ['POST', post(room, '2'), 200],
      ['GET', format('GET', messagesPath(room)), 200],
    ];
    for (const [method, bytes, status] of requests) {
      await connection.send(bytes);
      const response = await connection.response({ method });
      if (status)
        assert.equal(response.status, status, `expected ${status} for ${bytes.toString().split('\r\n')[0]}`);
      assert.notEqual(response.headers.connection?.toLowerCase(), 'close', 'expected the connection to stay');
    }
    assert.equal(connection.ended, false);
    connection.destroy();
    assert.deepEqual(await textsOf(server, room), ['1', '2']);
  });

  test('Connection: close and HTTP/1.0 are closed after the answer, keep-alive in 1.0 is not', async () => {
    for (const bytes of [
      format('GET', '/healthz', { headers: { Connection: 'close' } }),
      format('GET', '/healthz', { version: '1.0' }),
    ]) {
      const { responses, rest } = await exchange(server, bytes);
      assert.deepEqual([responses.length, rest], [1, '']);
      assert.equal(responses[0].status, 200);
    }
    const connection = await Connection.open(server);
    for (let i = 0; i < 2; ++i) {
      await connection.send(
        format('GET', '/healthz', { version: '1.0', headers: { Connection: 'keep-alive' } }),
      );
      const response = await connection.response();
      assert.equal(response.status, 200);
      if ((response.headers.connection ?? '').toLowerCase() !== 'keep-alive') {
        await connection.closed(); // also right: the offer was declined
        return;
      }
    }
    connection.destroy();
  });

  test('pipelined requests are answered in order', async () => {
    const room = freshRoom();
    const count = 50;
    const batch = [];
    for (let i = 0; i < count; ++i) {
      batch.push(
        post(room, `m${i}`, { Accept: 'application/json' }),
        format('GET', i % 2 ? '/healthz' : '/api/v1/nope'),
      );
    }
    const connection = await Connection.open(server);
    await connection.send(Buffer.concat(batch));
    const ids = [];
    for (let i = 0; i < count; ++i) {
      ids.push((await connection.response()).json().id);
      assert.equal((await connection.response()).status, i % 2 ? 200 : 404);
    }
    connection.destroy();
    const stored = await history(server, room);
    assert.deepEqual(
      stored.map(({ id }) => id),
      ids,
      'expected the order of the requests',
    );
    assert.deepEqual(
      stored.map(({ text }) => text),
      ids.map((_, i) => `m${i}`),
    );
  });

  test('pipelined POSTs and then a stream on the same connection', async () => {
    const room = freshRoom();
    const count = 20;
    const batch = [...Array(count)].map((_, i) => post(room, `m${i}`));
    const connection = await Connection.open(server);
    await connection.send(Buffer.concat([...batch, format('GET', eventsPath([room], '&since=0'))]));
    for (let i = 0; i < count; ++i) assert.equal((await connection.response()).status, 200);

    const parser = new EventParser();
    let offset = 0;
    const read = () => {
      if (offset === 0) {
        const parsed = parseHead(connection.buffer);
        if (!parsed) return false;
        assert.equal(parsed.head.status, 200);
        offset = parsed.next;
      }
      for (let chunk; (chunk = readChunk(connection.buffer, offset)); offset = chunk.next)
        parser.feed(chunk.data);
      return parser.events.filter(({ event }) => event === 'message').length === count + 1;
    };
    await publish(server, room, 'live');
    await until(read, 5000, `${count + 1} messages on the stream`);
    const texts = parser.events
      .filter(({ event }) => event === 'message')
      .map(({ data }) => JSON.parse(data).text);
    assert.deepEqual(texts, [...batch.map((_, i) => `m${i}`), 'live']);
    connection.destroy();
  });

  test('a client that keeps sending on its stream does no harm', async () => {
    const room = freshRoom();
    const connection = await Connection.open(server);
    await connection.send(
      Buffer.concat([format('GET', `/subscribe/${room}`), post(room, 'behind a stream')]),
    );
    await until(() => connection.buffer.includes('event: hello'), 5000, 'a hello');
    connection.send('x'.repeat(1_000_000));
    await until(() => connection.ended || connection.buffer.length > 0, 5000, 'the server to go on');
    connection.destroy();
    assert.deepEqual(await textsOf(server, room), [], 'expected what follows a stream request to be ignored');
    await assertHealthy(server);
  });

  test('Expect: 100-continue gets its 100, and then the answer', async () => {
    const room = freshRoom();
    const body = 'message=expected';
    const connection = await Connection.open(server);
    await connection.send(
      format('POST', `/${room}`, {
        headers: { ...form, Expect: '100-continue', 'Content-Length': body.length },
      }),
    );
    const interim = await connection.response({ interim: true });
    assert.equal(interim.status, 100, 'expected 100 before the body');
    await connection.send(body);
    assert.equal((await connection.response()).status, 200);
    // With the body sent at once a 100 may be left out; the answer may not.
    await connection.send(
      format('POST', `/${room}`, { headers: { ...form, Expect: '100-Continue' }, body: 'message=impatient' }),
    );
    assert.equal((await connection.response()).status, 200);
    connection.destroy();
    assert.deepEqual(await textsOf(server, room), ['expected', 'impatient']);

    const large = await Connection.open(server);
    await large.send(
      format('POST', `/${room}`, {
        headers: { ...form, Expect: '100-continue', 'Content-Length': 10_000_000 },
      }),
    );
    assert.equal(
      (await large.response({ interim: true })).status,
      413,
      'expected the refusal instead of a 100',
    );
    await large.closed();
    const other = await request(server, 'POST', `/${room}`, {
      headers: { ...form, Expect: 'the best' },
      body: 'message=x',
    });
    assert.equal(other.status, 417);
  });

  // All cuts at once, each on its own connection.
  async function sendCut(bytes, cuts) {
    const results = [];
    for (let from = 0; from < cuts.length; from += 40) {
      results.push(
        ...(await Promise.all(
          cuts.slice(from, from + 40).map(async (at) => {
            const connection = await Connection.open(server);
            await connection.sendInPieces([bytes.subarray(0, at), bytes.subarray(at)]);
            const response = await connection.response();
            connection.destroy();
            return response.status;
          }),
        )),
      );
    }
    return results;
  }
  const everyCut = (bytes) => [...Array(bytes.length - 1)].map((_, i) => i + 1);

  const requests = {
    'a form': (room) => post(room, 'cut'),
    'a chunked body': (room) =>
      format('POST', `/${room}`, {
        headers: { ...form, 'Transfer-Encoding': 'chunked' },
        body: chunked(['sender=m', '&mess', 'age=', 'cu', 't']),
      }),
    'a chunked body with extensions and a trailer': (room) =>
      format('POST', `/${room}`, {
        headers: { ...form, 'Transfer-Encoding': 'chunked' },
        body: '00B;a=b;c="d;e"\r\nmessage=cut\r\n0;last\r\nX-Trailer: 1\r\n\r\n',
      }),
    'a multipart body': (room) =>
      format('POST', `/${room}`, {
        headers: { 'Content-Type': 'multipart/form-data; boundary="--x y"' },
        body: '----x y\r\nContent-Disposition: form-data; name="message"\r\n\r\ncut\r\n----x y--\r\n',
      }),
  };
  for (const [name, build] of Object.entries(requests)) {
    test(`${name} cut at every byte`, async () => {
      const room = freshRoom();
      const bytes = build(room);
      const cuts = everyCut(bytes);
      const statuses = await sendCut(bytes, cuts);
      cuts.forEach((at, i) => assert.equal(statuses[i], 200, `expected 200 with a cut at byte ${at}`));
      assert.deepEqual(new Set(await textsOf(server, room)), new Set(['cut']));
      assert.equal((await textsOf(server, room)).length, cuts.length, 'expected each request once');
    });
  }

  test('two requests byte by byte', async () => {
    const room = freshRoom();
    const connection = await Connection.open(server);
    const all = Buffer.concat([post(room, 'one'), requests['a chunked body'](room)]);
    await connection.sendInPieces([...all].map((byte) => Buffer.from([byte])));
    assert.equal((await connection.response()).status, 200);
    assert.equal((await connection.response()).status, 200);
    connection.destroy();
    assert.deepEqual(await textsOf(server, room), ['one', 'cut']);
  });

  test('an empty line before a request and field names in any case are nothing special', async () => {
    const room = freshRoom();
    const connection = await Connection.open(server);
    await connection.send(
      `\r\nPOST /${room} HTTP/1.1\r\nhOST: x\r\ncontent-LENGTH: 9\r\nCONTENT-type: ${form['Content-Type']}\r\n\r\nmessage=a`,
    );
    assert.equal((await connection.response()).status, 200);
    connection.destroy();
    assert.deepEqual(await textsOf(server, room), ['a']);
  });
});
