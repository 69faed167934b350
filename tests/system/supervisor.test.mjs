// Under a supervisor that speaks as systemd does: sockets it holds, notifications, a watchdog.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { describe, test } from 'node:test';

import { assertHealthy, eventsPath, history, messagesPath, postJson, publish } from './chat.mjs';
import { Holder } from './holder.mjs';
import { binary, freePort, tempDir, withServer } from './server.mjs';
import { EventStream, withStream } from './sse.mjs';
import { request } from './wire.mjs';

describe('under a supervisor', { concurrency: true }, () => {
  test('it is told of the start and of the end', async () => {
    const holder = await Holder.open(['--drain', '2']);
    await holder.start();
    assert.match(holder.told[0].text, /^EXTEND_TIMEOUT_USEC=\d+;STATUS=/, 'expected time to open the journal');
    const ready = holder.told.findIndex(({ text }) => /(^|;)READY=1(;|$)/.test(text));
    assert.match(holder.told[ready].text, new RegExp(`STATUS=.*${holder.port}`));
    assert.equal((await request(holder, 'GET', '/readyz')).status, 200, 'expected it to be ready when it says so');
    assert.equal(await holder.stop(), '0 0');
    const stopping = holder.told.find(({ text }) => /(^|;)STOPPING=1(;|$)/.test(text));
    const microseconds = /EXTEND_TIMEOUT_USEC=(\d+)/.exec(stopping.text)[1];
    assert.ok(microseconds > 2e6 && microseconds < 60e6, `expected the window and some, got ${microseconds}`);
    assert.ok(!holder.says(/WATCHDOG/), 'expected no beats without a watchdog');
    await holder.close();
  });

  test('the watchdog hears of a program that works, and not of one that hangs', async () => {
    const holder = await Holder.open([], { HOLDER_WATCHDOG_USEC: '2000000' });
    await holder.start();
    await holder.until(() => holder.count(/^WATCHDOG=1$/) >= 4, 'four beats');
    const beats = holder.told.filter(({ text }) => text === 'WATCHDOG=1').map(({ at }) => at);
    for (let i = 1; i < beats.length; ++i) {
      assert.ok(beats[i] - beats[i - 1] < 2000, `expected a beat in time, got one after ${beats[i] - beats[i - 1]} ms`);
    }
    holder.order('kill STOP');
    const before = holder.count(/^WATCHDOG=1$/);
    const began = performance.now();
    await holder.until(() => performance.now() - began > 2500, 'some time to pass');
    assert.ok(holder.count(/^WATCHDOG=1$/) <= before + 1, 'expected silence');
    holder.order('kill CONT');
    await holder.until(() => holder.count(/^WATCHDOG=1$/) > before + 1, 'it to go on');
    assert.equal(await holder.stop(), '0 0');
    await holder.close();
  });

  test('no connection is refused over restarts, nothing is lost, streams read on', async () => {
    const holder = await Holder.open(['--drain', '1']);
    await holder.start();
    const acknowledged = [];
    let goesOn = true;
    // A connection for each message; each has to be answered.
    const publishing = [...Array(4)].map(async (_, n) => {
      for (let i = 0; goesOn; ++i) {
        const key = `${n}-${i}`;
        const value = { sender: 'mason', text: key };
        const response = await postJson(holder, messagesPath('den'), value, { 'Idempotency-Key': key });
        if (response.status === 503) {
          i -= 1;
          continue;
        }
        assert.equal(response.status, 201, response.text);
        acknowledged.push(response.json().id);
      }
    });
    const seen = [];
    const following = (async () => {
      let lastEventId = '0-1';
      while (goesOn) {
        const stream = await EventStream.open(holder, eventsPath(['den']), { lastEventId, ms: 10_000 });
        await stream.until(() => stream.closed || !goesOn, 30_000, 'the stream to end');
        seen.push(...stream.messages.map(({ id }) => id));
        lastEventId = seen.at(-1) ?? lastEventId;
        stream.drop();
      }
    })();
    const working = Promise.all([...publishing, following]);
    // What goes wrong meanwhile is found at the end, too.
    working.catch(() => {});
    for (let round = 1; round <= 3; ++round) {
      const enough = acknowledged.length + 50;
      await Promise.race([holder.until(() => acknowledged.length >= enough, '50 more messages'), working]);
      assert.equal(await holder.stop(), '0 0');
      // In between nobody is there, and yet somebody connects.
      const waiting = request(holder, 'GET', '/healthz', { ms: 10_000 });
      await holder.start();
      assert.equal((await waiting).status, 200);
    }
    const enough = acknowledged.length + 50;
    await holder.until(() => acknowledged.length >= enough, '50 more messages');
    goesOn = false;
    await working;
    const stored = (await history(holder, 'den')).map(({ id }) => id);
    assert.deepEqual([...acknowledged].sort(), [...stored].sort(), 'expected each once');
    assert.deepEqual(seen, stored.slice(0, seen.length), 'expected no gap and nothing twice on the stream');
    assert.equal(await holder.stop(), '0 0');
    await holder.close();
  });

  test('all shards serve the one socket', async () => {
    const holder = await Holder.open(['--shards', '4']);
    await holder.start();
    for (let i = 0; i < 20; ++i) {
      await withStream(holder, eventsPath(['den']), {}, async (stream) => {
        const { id } = await publish(holder, 'den', `message ${i}`);
        assert.equal((await stream.event('message')).id, id);
      });
    }
    await holder.stop();
    await holder.close();
  });

  test('what is meant for another process is left alone, nonsense is refused in words', async () => {
    const port = String(await freePort());
    const data = tempDir();
    // The shell's process id is the program's once it is replaced by it.
    const shell = (text) =>
      new Promise((resolve) => {
        const child = spawn('sh', ['-c', text, 'sh', binary, '--data', data, '--port', port], {
          stdio: ['ignore', 'ignore', 'pipe'],
        });
        let stderr = '';
        child.stderr.on('data', (part) => (stderr += part));
        child.once('close', (code) => resolve({ code, stderr }));
      });
    const none = await shell('LISTEN_PID=$$ LISTEN_FDS=1 exec "$@" 3<&-');
    assert.equal(none.code, 2);
    assert.match(none.stderr, /LISTEN_FDS=1.*descriptor 3 is not open/);
    const file = await shell('LISTEN_PID=$$ LISTEN_FDS=1 exec "$@" 3</dev/null');
    assert.equal(file.code, 2);
    assert.match(file.stderr, /descriptor 3.*no listening TCP socket/);
    const many = await shell('LISTEN_PID=$$ LISTEN_FDS=65 exec "$@"');
    assert.equal(many.code, 2);
    assert.match(many.stderr, /at most 64/);
    await withServer({ env: { LISTEN_PID: '1', LISTEN_FDS: '7', NOTIFY_SOCKET: 'nonsense' } }, assertHealthy);
  });
});
