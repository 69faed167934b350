// Requests that two programs could read differently, sent through a real proxy: on each connection to the server
// what the proxy passed on as one request is answered as one, never as two. And whoever shares these connections
// with the attacker gets the answers to their own questions.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { freshRoom, history, postForm } from './chat.mjs';
import { fronts, startFront } from './fronts.mjs';
import { sharedServer } from './server.mjs';
import { refused, within } from './smuggling_shapes.mjs';
import { deadline } from './until.mjs';
import { Connection, format, request } from './wire.mjs';

// What each shape does to the ones beside it shows only if some are under way at a time.
const atATime = 12;

async function inParallel(items, body) {
  const rest = [...items];
  await Promise.all(
    Array.from({ length: atATime }, async () => {
      for (let item; (item = rest.shift()); ) await body(...item);
    }),
  );
}

// Sends the bytes and a last request behind them; over when the proxy closes, or keeps waiting for more.
async function attack(front, bytes) {
  const connection = await Connection.open(front);
  try {
    await connection.send(Buffer.from(bytes, 'latin1'));
    await connection.send(format('GET', '/healthz', { headers: { Connection: 'close' } }));
    const end = performance.now() + deadline(700);
    while (!connection.ended && performance.now() < end) {
      await new Promise((resolve) => {
        connection.wake.add(resolve);
        setTimeout(resolve, 20);
      });
    }
  } finally {
    connection.destroy();
  }
}

for (const name of fronts) {
  describe(`smuggling through ${name}`, () => {
    const server = sharedServer();
    let front;
    before(async () => (front = await startFront(name, server)));
    after(() => front.stop());

    // What came out of it, connection by connection.
    function expectOneAnswerEach() {
      const connections = front.passedOn();
      assert.ok(connections.length > 0, 'expected the proxy to use the server');
      for (const { requests, answers, asked } of connections) {
        assert.ok(
          answers <= requests,
          `expected at most ${requests} answers, got ${answers} to ${JSON.stringify(asked.slice(-3000))}`,
        );
      }
      return connections.reduce((sum, { requests }) => sum + requests, 0);
    }

    test('the count tells one request from two', async () => {
      const room = freshRoom();
      const posted = await postForm(front, room, { message: 'hi' });
      assert.equal(posted.status, 200);
      const seen = front.passedOn().at(-1);
      assert.deepEqual([seen.requests, seen.answers], [1, 1]);
      const connection = await Connection.open(front);
      await connection.send(Buffer.concat([format('GET', '/healthz'), format('GET', '/readyz')]));
      await connection.response();
      await connection.response();
      connection.destroy();
      assert.equal(expectOneAnswerEach(), 3);
    });

    test('a request within a request is one to the server if it is one to the proxy', async () => {
      const shapes = Object.entries(within);
      let polite = 0;
      await inParallel(shapes, async (shape, build) => {
        const room = freshRoom('outer');
        await attack(front, build(room, freshRoom('inner')));
        // Somebody else, perhaps on the same connection.
        const mine = freshRoom('mine');
        const posted = await postForm(front, mine, { message: `mine ${shape}` });
        // A connection that the server has closed at that moment is the proxy's to explain.
        if (posted.status >= 500) return;
        polite += 1;
        assert.equal(posted.status, 200, `behind "${shape}": ${posted.text}`);
        assert.deepEqual(
          (await history(server, mine)).map(({ text }) => text),
          [`mine ${shape}`],
          `behind "${shape}"`,
        );
      });
      assert.ok(polite > shapes.length * 0.9, `expected others to be served, ${polite} of ${shapes.length} were`);
      expectOneAnswerEach();
    });

    test('what the server refuses stores nothing and answers nobody else', async () => {
      const rooms = [];
      await inParallel(Object.entries(refused), async (shape, build) => {
        const room = freshRoom();
        rooms.push([shape, room]);
        await attack(front, build(room));
      });
      expectOneAnswerEach();
      // Proxies mend some of them; then there is one message, and it is the one that was sent.
      for (const [shape, room] of rooms) {
        const texts = (await history(server, room)).map(({ text }) => text);
        assert.ok(texts.length <= 1, `expected at most one message of "${shape}", got ${texts}`);
      }
      const answer = await request(front, 'GET', '/healthz');
      assert.equal(answer.status, 200);
    });
  });
}
