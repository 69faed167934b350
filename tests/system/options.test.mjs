// Starting and ending: options from every source, one clear line when it cannot be, and a clean stop.
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { describe, test } from 'node:test';

import { assertHealthy, curl, curlStream, history, postForm, publish } from './chat.mjs';
import { freePort, run, startServer, tempDir, withServer } from './server.mjs';
import { EventStream, until, withStream } from './sse.mjs';
import { Connection, format, request } from './wire.mjs';

// It ends at once, says why in one line that holds `what`, and starts nothing.
async function refuses(args, what, env = {}) {
  const { code, signal, stdout, stderr } = await run(args, { env, cwd: tempDir() });
  assert.equal(signal, null);
  assert.notEqual(code, 0, `expected ${args.join(' ')} to be refused`);
  const lines = stderr.trimEnd().split('\n');
  assert.equal(lines.length, 1, `expected one line on stderr, got ${stderr}`);
  assert.match(lines[0], what);
  assert.equal(stdout, '', 'expected nothing on stdout');
}

// How many bytes of text this server takes: an option one can see from outside.
async function assertLimit(server, bytes) {
  assert.equal((await postForm(server, 'limit', { message: 'x'.repeat(bytes) })).status, 200, `expected ${bytes} bytes to be taken`);
  assert.equal((await postForm(server, 'limit', { message: 'x'.repeat(bytes + 1) })).status, 413, `expected ${bytes + 1} bytes to be refused`);
}

describe('options', { concurrency: true }, () => {
  test('--help names every option, --version the version', async () => {
    const help = await run(['--help']);
    assert.deepEqual([help.code, help.stderr], [0, '']);
    const names = ['port', 'host', 'data', 'journal', 'durability', 'shards', 'retain-messages', 'retain-days', 'allow-origin',
                   'max-message-bytes', 'max-streams', 'stream-lifetime', 'heartbeat', 'log-level', 'config', 'help', 'version'];
    for (const name of names) assert.match(help.stdout, new RegExp(`--${name}\\b`), `expected --${name} in the help`);
    assert.match(help.stdout, /-p\b/);
    const widest = Math.max(...help.stdout.split('\n').map((line) => line.length));
    assert.ok(widest <= 120, `expected lines that fit a terminal, got ${widest} characters`);
    const version = await run(['--version']);
    assert.equal(version.code, 0);
    assert.match(version.stdout, /^(tinychat )?\d+\.\d+\.\d+\n$/);
  });

  test('a wrong option: one line and an exit code', async () => {
    await refuses(['--colour', 'red'], /--colour/);
    await refuses(['extra'], /extra/);
    await refuses(['--port', 'x'], /port/);
    await refuses(['--port', '65536'], /port/);
    await refuses(['--port', '-1'], /port/);
    await refuses(['--port'], /port/);
    await refuses(['--journal', 'paper'], /journal/);
    await refuses(['--durability', 'none'], /durability/);
    await refuses(['--shards', '0.5'], /shards/);
    await refuses(['--retain-days', 'x'], /retain-days/);
    await refuses(['--heartbeat', '-1'], /heartbeat/);
    await refuses(['--max-message-bytes', '100000000'], /max-message-bytes/);
    await refuses(['--log-level', 'loud'], /log-level/);
    await refuses(['--host', 'not a host'], /host/);
    await refuses(['--config', '/nonexistent/tinychat.conf'], /tinychat\.conf/);
    await refuses([], /port/i, { PORT: 'x' });
    await refuses([], /heartbeat/i, { TINYCHAT_HEARTBEAT: 'x' });
  });

  test('an occupied port: one line, and it is not shared', async () => {
    const other = createServer();
    await new Promise((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address();
    await refuses(['--port', String(port), '--data', tempDir()], new RegExp(String(port)));
    other.close();
    await withServer({}, async (server) => {
      await refuses(['--port', String(server.port), '--data', tempDir()], new RegExp(String(server.port)));
      await refuses(['--port', String(server.port), '--journal', 'memory'], new RegExp(String(server.port)));
      await assertHealthy(server);
    });
  });

  test('a data directory that cannot be: one line', async () => {
    const directory = tempDir();
    const file = path.join(directory, 'file');
    writeFileSync(file, 'not a directory');
    await refuses(['--port', '0', '--data', file], /file/);
    await refuses(['--port', '0', '--data', path.join(file, 'below')], /below/);
    await refuses(['--port', '0', '--data', '/proc/tinychat'], /proc/);
    const damaged = path.join(directory, 'damaged');
    mkdirSync(damaged);
    writeFileSync(path.join(damaged, 'tinychat.db'), 'this is no database '.repeat(500));
    await refuses(['--port', '0', '--data', damaged], /damaged/);
  });

  test('a data directory in use is not shared', async () => {
    const data = tempDir();
    await withServer({ args: ['--data', data] }, async (server) => {
      await refuses(['--port', '0', '--data', data], /use/);
      await publish(server, 'den', 'still here');
    });
  });

  test('without --data it is ./data, and made', async () => {
    const cwd = tempDir();
    await withServer({ cwd, args: ['--config', '/dev/null', '--port', '0'] }, async (server) => {
      await publish(server, 'den', 'x');
      assert.deepEqual(readdirSync(cwd), ['data']);
    });
    // In memory there is nothing to make a directory for.
    const empty = tempDir();
    await withServer({ cwd: empty, args: ['--config', '/dev/null', '--port', '0', '--journal', 'memory'] }, async (server) => {
      await publish(server, 'den', 'x');
      assert.deepEqual(readdirSync(empty), []);
    });
  });

  test('from a file, the environment and flags, the flag first', async () => {
    const config = path.join(tempDir(), 'tinychat.conf');
    const port = await freePort();
    writeFileSync(config, `# as on the command line\nport=${port}\ndata="${tempDir()}"\nmax-message-bytes=20\nallow-origin=["https://a.example", "https://b.example"]\n`);
    await withServer({ args: ['--config', config] }, async (server) => {
      assert.equal(server.port, port);
      await assertLimit(server, 20);
      const { headers } = await request(server, 'GET', '/healthz', { headers: { Origin: 'https://b.example' } });
      assert.equal(headers['access-control-allow-origin'], 'https://b.example');
    });
    await withServer({ args: ['--config', config, '--max-message-bytes', '30'] }, (server) => assertLimit(server, 30));
    await withServer({ env: { TINYCHAT_MAX_MESSAGE_BYTES: '40' } }, (server) => assertLimit(server, 40));
    await withServer({ env: { TINYCHAT_MAX_MESSAGE_BYTES: '40' }, args: ['--max-message-bytes', '50'] }, (server) => assertLimit(server, 50));
    writeFileSync(config, 'colour=red\n');
    await refuses(['--config', config], /colour/);
    writeFileSync(config, 'heartbeat=x\n');
    await refuses(['--config', config], /heartbeat/);
  });

  test('-p chooses the port; only loopback is served unless PORT or --host say so', async () => {
    const everywhere = { host: '127.0.0.2' };
    const [one, two, three] = [await freePort(), await freePort(), await freePort()];
    await withServer({ args: ['-p', String(one)] }, async (server) => {
      assert.equal(server.port, one);
      await assert.rejects(request({ ...everywhere, port: one }, 'GET', '/healthz'), /ECONNREFUSED/);
    });
    await withServer({ env: { PORT: String(two) } }, async (server) => {
      assert.equal(server.port, two);
      assert.equal((await request({ ...everywhere, port: two }, 'GET', '/healthz')).status, 200, 'expected all interfaces');
    });
    await withServer({ args: ['--host', '127.0.0.2', '-p', String(three)] }, async (server) => {
      assert.equal((await request({ ...everywhere, port: three }, 'GET', '/healthz')).status, 200);
      await assert.rejects(request(server, 'GET', '/healthz'), /ECONNREFUSED/);
    });
  });

  test('--shards and --durability are taken', async () => {
    for (const args of [['--shards', '1'], ['--shards', '3', '--durability', 'os'], ['--durability', 'fsync']]) {
      await withServer({ args }, async (server) => {
        const streams = await Promise.all([...Array(6)].map(() => EventStream.open(server, '/subscribe/den')));
        await Promise.all(streams.map((stream) => stream.hello()));
        const { id } = await publish(server, 'den', 'x');
        for (const stream of streams) {
          assert.equal((await stream.event('message')).id, id);
          stream.drop();
        }
      });
    }
  });
});

describe('start and stop', { concurrency: true }, () => {
  test('start-up prints the address and curl lines that work', async () => {
    await withServer({}, async (server) => {
      const lines = server.stdout().split('\n').map((line) => line.trim().replace(/^\$ /, ''));
      assert.ok(lines.some((line) => line.includes(server.url)), `expected ${server.url} in ${server.stdout()}`);
      const curls = await until(() => {
        const found = server.stdout().split('\n').map((line) => line.trim().replace(/^\$ /, '')).filter((line) => line.startsWith('curl '));
        return found.length >= 2 && found;
      }, 2000, () => `two curl lines in ${server.stdout()}`);
      const follow = curls.find((line) => line.includes('-N'));
      const send = curls.find((line) => line.includes('-d'));
      assert.ok(follow && send, `expected a line with -N and one with -d, got ${curls}`);
      // A shell's words, as far as these lines need them.
      const words = (line) => line.match(/(?:[^\s'"]|'[^']*'|"[^"]*")+/g).slice(1).map((word) => word.replace(/['"]/g, ''));
      const follower = curlStream(words(follow));
      await until(() => follower.stdout.includes('event: hello'), 5000, 'a hello from the first line');
      const { code } = await curl(words(send));
      assert.equal(code, 0);
      await until(() => follower.stdout.includes('\ndata: {"sender":'), 5000, 'the event of the second line on the first');
      follower.kill();
    });
  });

  for (const signal of ['SIGTERM', 'SIGINT']) {
    test(`${signal}: bye, all acknowledged on disk, exit code 0`, async () => {
      const args = ['--data', tempDir()];
      const server = await startServer({ args });
      const streams = await Promise.all(['/subscribe/den', '/api/v1/events?room=den'].map((target) => EventStream.open(server, target)));
      await Promise.all(streams.map((stream) => stream.hello()));
      const acknowledged = [];
      const publishing = [...Array(8)].map(async (_, n) => {
        for (let i = 0; ; ++i) {
          const { id } = await publish(server, 'den', `${n}/${i}`);
          acknowledged.push(id);
        }
      });
      const ended = Promise.allSettled(publishing);
      await until(() => acknowledged.length >= 50, 10_000, '50 messages');
      const { code } = await server.stop(signal);
      assert.equal(code, 0);
      await ended;
      for (const stream of streams) {
        await stream.untilClosed();
        const bye = stream.events.at(-1);
        assert.equal(bye.event, 'bye', 'expected bye as the last event');
        assert.ok(Number(bye.retry ?? stream.retries.at(-1)) > 0 && stream.retries.length === 2, 'expected a retry with bye');
        assert.equal(stream.finalChunk, false, 'expected "come back": a close without the final chunk');
        stream.drop();
      }
      await withServer({ args }, async (again) => {
        const stored = new Set((await history(again, 'den')).map(({ id }) => id));
        for (const id of acknowledged) assert.ok(stored.has(id), `expected the acknowledged message ${id} to be on disk`);
        // The cursor of bye, if it had one, or the last one: what came between is there.
        await withStream(again, '/subscribe/den', { lastEventId: acknowledged[0] }, (stream) =>
          stream.until(() => stream.events.filter(({ event }) => event === 'message').length === stored.size - 1, 5000, 'the others'));
      });
    });
  }

  test('it stops with idle, half-sent and unread connections open', async () => {
    const server = await startServer();
    const open = await Promise.all([...Array(3)].map(() => Connection.open(server)));
    await open[1].send('POST /den HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n');
    open[2].socket.pause();
    await open[2].send(format('GET', '/subscribe/den'));
    await server.stop();
    for (const connection of open) connection.destroy();
  });
});
