// script/cluster, with each of the shipped configurations in front.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { eventsPath, publish } from './chat.mjs';
import { binary, freePort, keepForExit } from './server.mjs';
import { EventStream } from './sse.mjs';
import { until } from './until.mjs';

const repository = fileURLToPath(new URL('../..', import.meta.url));
const installed = (name) => spawnSync('sh', ['-c', `PATH=$PATH:/usr/sbin command -v ${name}`]).status === 0;
const fronts = ['none', ...['haproxy', 'nginx'].filter(installed)];

describe('script/cluster', () => {
  for (const front of fronts) {
    test(`with ${front} in front`, async () => {
      const port = await freePort();
      const child = spawn('script/cluster', [String(port), front], {
        cwd: repository,
        env: { ...process.env, TINYCHAT_BIN: binary },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      keepForExit(child);
      let said = '';
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += text));
      const ended = new Promise((resolve) => child.once('close', resolve));
      await until(() => said.includes('Ctrl-C takes'), 20_000, () => `a cluster, got ${said}`);
      const at = (offset) => ({ host: '127.0.0.1', port: port + offset });
      const entrances = front === 'none' ? [at(1), at(2), at(3)] : [at(0), at(0), at(0)];
      const streams = [];
      for (const entrance of entrances) streams.push(await EventStream.open(entrance, eventsPath(['everyone'])));
      for (const stream of streams) await stream.hello();
      const ids = [];
      for (const entrance of entrances) ids.push((await publish(entrance, 'everyone', 'hello')).id);
      for (const stream of streams) {
        await stream.event('message', { n: 3 });
        assert.deepEqual(
          stream.messages.map(({ id }) => id),
          ids,
        );
        stream.drop();
      }
      const directory = /Logs: (\S+)\/\*/.exec(said)[1];
      child.kill('SIGINT');
      await ended;
      assert.ok(!existsSync(directory), 'expected it to clean up');
    });
  }
});
