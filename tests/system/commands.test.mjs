// tinychat check, backup and restore, as an operator uses them; and a data directory that is somebody else's.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';

import { eventsPath, history, publish } from './chat.mjs';
import { becomeGuest } from './guest.mjs';
import { engine, freePort, run, startServer, tempDir, withServer } from './server.mjs';
import { EventStream, until } from './sse.mjs';

const texts = async (server, room) => (await history(server, room)).map(({ text }) => text);

// Runs a command that is to end with `code`; its one text.
async function command(args, code = 0) {
  const { code: got, stdout, stderr } = await run(args);
  assert.equal(got, code, `expected code ${code} of tinychat ${args.join(' ')}, got ${got}: ${stdout}${stderr}`);
  assert.equal(code === 2 ? stdout : stderr, '', 'expected one of the two');
  if (code === 2) assert.equal(stderr.trimEnd().split('\n').length, 1, `expected one line, got ${stderr}`);
  return code === 2 ? stderr : stdout;
}

describe('commands', { concurrency: true, skip: engine === 'redis' && 'they are for a data directory' }, () => {
  test('backup of a running server, then restore: the rest is told apart', async () => {
    const [data, elsewhere] = [tempDir(), tempDir()];
    const backup = path.join(elsewhere, 'monday.db');
    const args = ['--data', data];
    const options = { args, port: await freePort() };
    const server = await startServer(options);
    const ada = await becomeGuest(server, 'ada');
    await ada.publish('den', 'one');
    const { id: before } = await publish(server, 'den', 'two');
    const publishing = { stopped: false, count: 0 };
    const publisher = (async () => {
      for (; !publishing.stopped; ++publishing.count) await publish(server, 'busy', `${publishing.count}`);
    })();
    try {
      await until(() => publishing.count > 10, 5000, 'messages');
      assert.match(await command(['backup', backup, ...args]), /messages in 2 rooms, 1 user, checked/);
    } finally {
      publishing.stopped = true;
      await publisher;
    }
    assert.deepEqual(readdirSync(elsewhere), ['monday.db']);
    const { id: after } = await publish(server, 'den', 'three');
    assert.match(await command(['check', ...args]), /tinychat\.db is whole/);
    assert.match(await command(['backup', backup, ...args], 2), /monday\.db is there already/);
    assert.match(await command(['restore', backup, '--replace', ...args], 2), /in use by another process \(pid \d+\)/);
    await server.stop();

    assert.match(await command(['restore', backup, ...args], 2), /add --replace/);
    const said = await command(['restore', backup, '--replace', ...args]);
    const [, kept] = /What was there is kept as (\S+)\n/.exec(said);
    assert.ok(existsSync(kept));
    await withServer(options, async (again) => {
      assert.deepEqual(await texts(again, 'den'), ['one', 'two']);
      assert.equal((await ada.at(again).json('GET', '/api/v1/me')).name, 'ada', 'expected the people, too');
      const { id: next } = await publish(again, 'den', 'four');
      // Who has seen what is gone, and who has not: the log is another one, and what is new comes once.
      for (const [cursor, expected] of [
        [after, ['four']],
        [before, ['four']],
        ['0-0', ['one', 'two', 'four']],
      ]) {
        const stream = await EventStream.open(again, eventsPath(['den']), { lastEventId: cursor });
        await stream.until(() => stream.events.some(({ id }) => id === next), 5000, 'the new message');
        assert.deepEqual(
          stream.events.filter(({ event }) => event === 'reset').length,
          cursor === '0-0' ? 0 : 1,
          `expected a reset for ${cursor}`,
        );
        assert.deepEqual(stream.messages.map(({ text }) => text), expected);
        stream.drop();
      }
    });
    // What was replaced is a journal like any other.
    await command(['restore', kept, '--replace', ...args]);
    await withServer(options, async (again) => {
      assert.deepEqual(await texts(again, 'den'), ['one', 'two', 'three']);
    });
  });

  test('restore into a new directory is a move', async () => {
    const [data, elsewhere] = [tempDir(), tempDir()];
    await withServer({ args: ['--data', data] }, (server) => publish(server, 'den', 'x'));
    const backup = path.join(elsewhere, 'b.db');
    await command(['backup', backup], 2).then((said) => assert.match(said, /no .*\/data\/tinychat\.db to back up/));
    await command(['backup', '--data', data, backup]);
    await command(['restore', backup, '--data', path.join(elsewhere, 'new')]);
    await withServer({ args: ['--data', path.join(elsewhere, 'new')] }, async (server) => {
      assert.deepEqual(await texts(server, 'den'), ['x']);
    });
  });

  test('the directory can come from the environment or a file; nothing else is taken', async () => {
    const data = tempDir();
    await withServer({ args: ['--data', data] }, (server) => publish(server, 'den', 'x'));
    const config = path.join(tempDir(), 'tinychat.conf');
    writeFileSync(config, `port = 9000\ndata = ${data}\n`);
    assert.match(await command(['check', '--config', config]), /1 message in 1 room/);
    const { code, stdout } = await run(['check'], { env: { TINYCHAT_DATA: data } });
    assert.deepEqual([code, /is whole/.test(stdout)], [0, true]);
    const help = await command(['backup', '--help']);
    assert.match(help, /FILE/);
    assert.match(help, /--data DIR/);
    for (const args of [['backup'], ['restore'], ['check', 'x'], ['check', 'backup'], ['backup', 'a', 'b'], ['check', '--replace']]) {
      await command([...args, '--data', data], 2);
    }
    assert.match(await command(['check', '--journal', 'memory'], 2), /data directory/);
    assert.match(await command(['check', '--config', data], 2), /is a directory/);
  });

  test('nothing is looked for in ./data that is said to be elsewhere', async () => {
    const cwd = tempDir();
    const data = path.join(cwd, 'data');
    const backup = path.join(cwd, 'b.db');
    await withServer({ args: ['--data', data] }, (server) => publish(server, 'den', 'x'));
    for (const name of ['REDIS_URL', 'REDISTOGO_URL']) {
      const env = { [name]: 'redis://127.0.0.1:1' };
      for (const args of [['check'], ['backup', backup], ['restore', backup]]) {
        const { code, stderr } = await run(args, { cwd, env });
        assert.deepEqual([code, stderr.includes(name), stderr.includes('Redis')], [2, true, true], stderr);
      }
      const { code, stdout } = await run(['check', '--journal', 'sqlite'], { cwd, env });
      assert.deepEqual([code, /is whole/.test(stdout)], [0, true]);
    }
    assert.equal((await run(['backup', backup], { cwd })).code, 0);
    // Where nobody says which directory, none is made.
    const empty = tempDir();
    const lost = await run(['restore', backup, '--replace'], { cwd: empty });
    assert.equal(lost.code, 2);
    assert.match(lost.stderr, /there is no \.\/data here.*--data or --config/);
    assert.deepEqual(readdirSync(empty), []);
    const { code } = await run(['restore', backup], { cwd: empty, env: { TINYCHAT_DATA: './data' } });
    assert.equal(code, 0);
    const again = await run(['restore', backup, '--replace'], { cwd: empty });
    assert.equal(again.code, 0, again.stderr);
  });

  test('a damaged file: no start, and what to do does help', async () => {
    const data = tempDir();
    const backup = path.join(tempDir(), 'b.db');
    const file = path.join(data, 'tinychat.db');
    const args = ['--data', data];
    await withServer({ args }, async (server) => {
      for (let i = 0; i < 200; ++i) await publish(server, 'den', `${i} ${'x'.repeat(500)}`);
      await command(['backup', backup, ...args]);
    });
    const whole = readFileSync(file);
    const damaged = (change) => {
      const bytes = Buffer.from(whole);
      change(bytes);
      return bytes;
    };
    for (const [what, bytes] of Object.entries({
      head: damaged((all) => all.fill(0xa5, 0, 100)),
      schema: damaged((all) => all.fill(0xa5, 100, 2000)),
      'cut off': whole.subarray(0, 20_000),
      empty: Buffer.alloc(0),
      'no database': Buffer.from('hello\n'.repeat(1000)),
    })) {
      writeFileSync(file, bytes);
      const { code, stdout, stderr } = await run(args);
      assert.deepEqual([code, stdout], [2, ''], `expected no start: ${what}`);
      assert.equal(stderr.trimEnd().split('\n').length, 1, `expected one line, got ${stderr}`);
      assert.ok(stderr.includes(file), stderr);
      assert.ok(stderr.includes(`tinychat restore FILE --replace --data ${data}`), stderr);
      assert.ok(readFileSync(file).equals(bytes), 'expected it to be left as it is');
      const checked = await run(['check', ...args]);
      assert.ok(checked.code > 0, `expected the check to find it: ${what}: ${checked.stdout}`);
    }
    // A page of messages: what is on the others can be saved.
    const page = Math.floor(whole.lastIndexOf('x'.repeat(500)) / 4096);
    writeFileSync(file, damaged((all) => all.fill(0xa5, page * 4096, (page + 1) * 4096)));
    assert.match(await command(['check', ...args], 1), /backup FILE --salvage --data /);
    const left = path.join(tempDir(), 'left.db');
    assert.match(await command(['backup', left, ...args], 2), /damaged.*--salvage/);
    await command(['backup', left, '--salvage', ...args]);
    await command(['restore', left, '--replace', ...args]);
    await withServer({ args }, async (server) => {
      const saved = (await history(server, 'den')).length;
      assert.ok(saved > 180 && saved < 200, `expected most of 200 messages, got ${saved}`);
      await publish(server, 'den', 'on');
    });
    assert.match(await command(['check', ...args]), /is whole/);
    await command(['restore', backup, '--replace', ...args]);
    await withServer({ args }, async (server) => {
      assert.equal((await history(server, 'den')).length, 200);
    });
  });

  test('two servers on one directory: the second says so and ends; after kill -9 the next one starts', async () => {
    const args = ['--data', tempDir()];
    const first = await startServer({ args });
    const { id } = await publish(first, 'den', 'x');
    const { code, stdout, stderr } = await run([...args, '--port', '0']);
    assert.deepEqual([code, stdout], [2, '']);
    assert.equal(
      stderr,
      `tinychat: the data directory ${args[1]} is in use by another process (pid ${first.pid}); ` +
        'stop that one or choose another directory\n',
    );
    assert.equal((await publish(first, 'den', 'y')).id > id, true, 'expected the first to go on');
    await first.kill();
    assert.equal(readFileSync(path.join(args[1], 'tinychat.lock'), 'utf8'), `${first.pid}\n`);
    await withServer({ args }, async (second) => {
      assert.deepEqual(await texts(second, 'den'), ['x', 'y']);
    });
  });
});
