// Options from every source, and one clear line when the program cannot start.
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { describe, test } from 'node:test';

import { assertHealthy, postForm, publish } from './chat.mjs';
import { freePort, run, tempDir, withServer } from './server.mjs';
import { EventStream } from './sse.mjs';
import { request } from './wire.mjs';

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
  assert.equal(
    (await postForm(server, 'limit', { message: 'x'.repeat(bytes) })).status,
    200,
    `expected ${bytes} bytes to be taken`,
  );
  assert.equal(
    (await postForm(server, 'limit', { message: 'x'.repeat(bytes + 1) })).status,
    413,
    `expected ${bytes + 1} bytes to be refused`,
  );
}

describe('options', { concurrency: true }, () => {
  test('--help names every option, --version the version', async () => {
    const help = await run(['--help']);
    assert.deepEqual([help.code, help.stderr], [0, '']);
    const names = [
      'port',
      'host',
      'open',
      'closed',
      'data',
      'journal',
      'durability',
      'redis',
      'redis-prefix',
      'shards',
      'retain-messages',
      'retain-days',
      'allow-origin',
      'max-message-bytes',
      'max-streams',
      'stream-lifetime',
      'heartbeat',
      'log-level',
      'log-format',
      'admin',
      'config',
      'help',
      'version',
    ];
    for (const name of names)
      assert.match(help.stdout, new RegExp(`--${name}\\b`), `expected --${name} in the help`);
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
    await refuses([], /port/i, { PORT: '70000' });
    await refuses([], /heartbeat/i, { TINYCHAT_HEARTBEAT: 'x' });
  });

  test('an occupied port: one line, and it is not shared', async () => {
    const other = createServer().unref();
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
    await withServer({ args: ['--data', data, '--journal', 'sqlite'] }, async (server) => {
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
    await withServer(
      { cwd: empty, args: ['--config', '/dev/null', '--port', '0', '--journal', 'memory'] },
      async (server) => {
        await publish(server, 'den', 'x');
        assert.deepEqual(readdirSync(empty), []);
      },
    );
  });

  test('from a file, the environment and flags, the flag first', async () => {
    const config = path.join(tempDir(), 'tinychat.conf');
    const port = await freePort();
    writeFileSync(
      config,
      `# as on the command line\nport=${port}\ndata="${tempDir()}"\nmax-message-bytes=20\nallow-origin=["https://a.example", "https://b.example"]\n`,
    );
    await withServer({ args: ['--config', config] }, async (server) => {
      assert.equal(server.port, port);
      await assertLimit(server, 20);
      const { headers } = await request(server, 'GET', '/healthz', {
        headers: { Origin: 'https://b.example' },
      });
      assert.equal(headers['access-control-allow-origin'], 'https://b.example');
    });
    await withServer({ args: ['--config', config, '--max-message-bytes', '30'] }, (server) =>
      assertLimit(server, 30),
    );
    await withServer({ env: { TINYCHAT_MAX_MESSAGE_BYTES: '40' } }, (server) => assertLimit(server, 40));
    await withServer(
      { env: { TINYCHAT_MAX_MESSAGE_BYTES: '40' }, args: ['--max-message-bytes', '50'] },
      (server) => assertLimit(server, 50),
    );
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
    await withServer({ env: { PORT: String(two), TINYCHAT_OPEN: '1' } }, async (server) => {
      assert.equal(server.port, two);
      assert.equal(
        (await request({ ...everywhere, port: two }, 'GET', '/healthz')).status,
        200,
        'expected all interfaces',
      );
    });
    await withServer({ args: ['--host', '127.0.0.2', '-p', String(three)] }, async (server) => {
      assert.equal((await request({ ...everywhere, port: three }, 'GET', '/healthz')).status, 200);
      await assert.rejects(request(server, 'GET', '/healthz'), /ECONNREFUSED/);
    });
  });

  test('--shards and --durability are taken', async () => {
    for (const args of [
      ['--shards', '1'],
      ['--shards', '3', '--durability', 'os'],
      ['--durability', 'fsync'],
    ]) {
      await withServer({ args }, async (server) => {
        const streams = await Promise.all(
          [...Array(6)].map(() => EventStream.open(server, '/subscribe/den')),
        );
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
