// The helpers themselves: a checker or a parser that cannot say no makes every test above it worthless.
import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { describe, test } from 'node:test';

import { check } from './checker.mjs';
import { Follower } from './follower.mjs';
import { EventParser, EventStream } from './sse.mjs';
import { Connection, format } from './wire.mjs';

function parse(...pieces) {
  const parser = new EventParser();
  for (const piece of pieces) parser.feed(Buffer.from(piece));
  return parser;
}

// A server that answers each connection with what `answer(socket, number)` does.
async function withMock(answer, body) {
  let count = 0;
  const sockets = new Set();
  const mock = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.once('data', () => answer(socket, ++count));
  });
  await new Promise((resolve) => mock.listen(0, '127.0.0.1', resolve));
  try {
    await body({ host: '127.0.0.1', port: mock.address().port });
  } finally {
    for (const socket of sockets) socket.destroy();
    mock.close();
  }
}

const streamHead = 'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n';
const chunk = (text) => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;

describe('the event parser', () => {
  test('reads events in one piece and byte by byte', () => {
    const text = 'retry: 2500\n\nevent: hello\nid: 1-2\ndata: {"cursor":"1-2"}\n\n:\ndata: é\ndata: b\n\n';
    const whole = parse(text);
    assert.deepEqual(
      whole.events.map(({ id, event, data }) => [id, event, data]),
      [
        ['1-2', 'hello', '{"cursor":"1-2"}'],
        [undefined, 'message', 'é\nb'],
      ],
    );
    assert.deepEqual(whole.retries, [2500]);
    assert.deepEqual(whole.comments, ['']);
    const bytes = [...Buffer.from(text)].map((byte) => Buffer.from([byte]));
    assert.deepEqual(parse(...bytes).events, whole.events);
  });

  const wrong = {
    CR: 'data: a\r\n\n',
    'no space': 'data:a\n\n',
    'an id without data': 'id: 1-1\n\n',
    'an event name without data': 'event: hello\n\n',
    'an unknown field': 'colour: red\n\n',
    'an empty line after a comment': ':\n\n',
    'two ids': 'id: 1-1\nid: 1-2\ndata: a\n\n',
    'an id that is none': 'id: now\ndata: a\n\n',
    'letters in retry': 'retry: soon\n\n',
  };
  for (const [name, text] of Object.entries(wrong)) {
    test(`refuses ${name}`, () => assert.throws(() => parse(text)));
  }
});

describe('the checker', () => {
  const good = () => ({
    acks: [
      { room: 'a', id: '1-0', text: 'x' },
      { room: 'b', id: '1-1', text: 'y' },
    ],
    attempted: new Set(['x', 'y', 'z']),
    histories: new Map([
      [
        'a',
        [
          { id: '1-0', text: 'x' },
          { id: '2-0', text: 'z' },
        ],
      ],
      ['b', [{ id: '1-1', text: 'y' }]],
    ]),
    followers: [
      {
        name: 'f',
        rooms: ['a', 'b'],
        start: '1-0',
        resets: 0,
        seen: [
          { id: '1-1', text: 'y' },
          { id: '2-0', text: 'z' },
        ],
      },
    ],
  });

  test('passes what is right', () => assert.deepEqual(check(good()), []));

  const faults = {
    'a lost message': (all) => all.histories.get('b').pop(),
    'a message stored twice': (all) => all.histories.get('a').push({ id: '3-0', text: 'x' }),
    'another id than acknowledged': (all) => (all.acks[1].id = '1-2'),
    'a history out of order': (all) => all.histories.get('a').reverse(),
    'a message nobody sent': (all) => all.histories.get('a').push({ id: '3-0', text: 'ghost' }),
    'a missed event': (all) => all.followers[0].seen.shift(),
    'an event seen twice': (all) => all.followers[0].seen.push({ id: '2-0', text: 'z' }),
    'events out of order': (all) => all.followers[0].seen.reverse(),
    'an event from before the start': (all) => all.followers[0].seen.unshift({ id: '1-0', text: 'x' }),
    'a reset': (all) => (all.followers[0].resets = 1),
  };
  for (const [name, spoil] of Object.entries(faults)) {
    test(`sees ${name}`, () => {
      const all = good();
      spoil(all);
      assert.notDeepEqual(check(all), []);
    });
  }
});

describe('the clients', () => {
  test('a connection takes pipelined responses and skips interim ones', async () => {
    const answers =
      'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi' +
      'HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n2\r\nbc\r\n0\r\n\r\n' +
      'HTTP/1.1 400 Bad Request\r\n\r\nto the end';
    await withMock(
      (socket) => socket.end(answers),
      async (server) => {
        const connection = await Connection.open(server);
        await connection.send(format('GET', '/'));
        const all = [await connection.response(), await connection.response(), await connection.response()];
        assert.deepEqual(
          all.map(({ status, text }) => [status, text]),
          [
            [200, 'hi'],
            [201, 'abc'],
            [400, 'to the end'],
          ],
        );
        await connection.closed();
      },
    );
  });

  test('a stream tells a final chunk from a close', async () => {
    const hello = chunk('event: hello\nid: 1-0\ndata: {}\n\n');
    await withMock(
      (socket, n) => socket.end(streamHead + hello + (n === 1 ? '0\r\n\r\n' : '')),
      async (server) => {
        for (const finalChunk of [true, false]) {
          const stream = await EventStream.open(server, '/');
          await stream.hello();
          await stream.untilClosed();
          assert.equal(stream.finalChunk, finalChunk);
        }
      },
    );
  });

  test('a stream that breaks a rule fails the wait for it', async () => {
    await withMock(
      (socket) => socket.write(streamHead + chunk('data:x\n\n')),
      async (server) => {
        const stream = await EventStream.open(server, '/');
        await assert.rejects(stream.hello(), /field: value/);
        assert.throws(() => stream.drop(), /field: value/);
      },
    );
  });

  test('a follower comes back with its cursor', async () => {
    const answer = (socket, n) =>
      socket.end(
        streamHead + chunk(`event: hello\nid: ${n}-0\ndata: {}\n\n`) + chunk(`id: ${n}-1\ndata: {}\n\n`),
      );
    await withMock(answer, async (server) => {
      const follower = new Follower(server, '/');
      await follower.until(() => follower.seen.length >= 3, 5000, 'three events');
      follower.stop();
      assert.equal(follower.start, '1-0');
      assert.deepEqual(
        follower.seen.slice(0, 3).map(({ id }) => id),
        ['1-1', '2-1', '3-1'],
      );
    });
  });
});
