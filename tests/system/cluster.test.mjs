// script/cluster, with each of the shipped configurations in front.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { eventsPath, publish } from './chat.mjs';
import { Front, installedForNodes } from './front.mjs';
import { binary, freePort, keepForExit } from './server.mjs';
import { EventStream } from './sse.mjs';
import { until } from './until.mjs';
import { request } from './wire.mjs';

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

describe('in front of several nodes', { concurrency: true }, () => {
  for (const name of installedForNodes) {
    test(`${name}: with every node away, a stream is told when to come back`, async () => {
      const front = await Front.start(name, await freePort());
      for (const target of [eventsPath(['den']), '/subscribe/den']) {
        const stream = await EventStream.open(front, target, { ms: 15_000 });
        assert.equal(stream.status, 200);
        assert.match(stream.headers['content-type'], /^text\/event-stream/);
        await stream.until(() => stream.retries.length > 0, 5000, 'a time to come back');
        assert.ok(stream.retries[0] >= 2000 && stream.retries[0] <= 5000, `got ${stream.payload}`);
        stream.drop();
      }
      const { status } = await request(front, 'GET', '/api/v1/rooms', { ms: 15_000 });
      assert.ok(status >= 502 && status <= 504, `expected the rest not to look well, got ${status}`);
      await front.stop();
    });

    test(`${name}: the nodes learn of whom a request comes`, async () => {
      const seen = [];
      const upstream = createServer((incoming, response) => {
        if (incoming.url === '/') seen.push(incoming.headers);
        response.end('{}');
      });
      await new Promise((resolve) => upstream.listen(0, '127.0.0.1', resolve));
      const front = await Front.start(name, upstream.address().port);
      const headers = { Host: 'chat.example:81', 'X-Forwarded-For': '192.0.2.7', 'X-Forwarded-Proto': 'https' };
      await request(front, 'GET', '/', { headers });
      assert.equal(seen[0].host, headers.Host);
      assert.equal(seen[0]['x-forwarded-for'], '127.0.0.1', 'expected what a client says not to count');
      assert.equal(seen[0]['x-forwarded-proto'], 'http');
      await front.stop();
      upstream.close();
      upstream.closeAllConnections?.();
    });
  }
});
