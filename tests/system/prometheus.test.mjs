// The shipped alerts and the shipped dashboard in a real Prometheus that scrapes real servers under load. Skipped where
// Prometheus is not installed (script/bootstrap --test installs it).
import assert from 'node:assert/strict';
import { execFile, spawn, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { eventsPath, publish } from './chat.mjs';
import { adminOf, withAdmin } from './metrics.mjs';
import { Redis } from './redis.mjs';
import { freePort, keepForExit, startServer, tempDir } from './server.mjs';
import { EventStream, until } from './sse.mjs';

const packaging = fileURLToPath(new URL('../../packaging', import.meta.url));
const rules = path.join(packaging, 'prometheus/tinychat.rules.yml');
const dashboard = JSON.parse(readFileSync(path.join(packaging, 'grafana/tinychat.json'), 'utf8'));
const isInstalled = ['prometheus', 'promtool'].every((name) => spawnSync(name, ['--version']).status === 0);
const skip = isInstalled ? false : 'prometheus is not installed';

// What Grafana puts in for its variables.
const filledIn = (expr) => expr.replaceAll('$__rate_interval', '10s').replaceAll('$instance', '.*');

const panels = dashboard.panels.flatMap((panel) => [panel, ...(panel.panels ?? [])]);
const queries = panels.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => ({ title, expr })));

async function startPrometheus(targets) {
  const directory = tempDir();
  const config = {
    global: { scrape_interval: '500ms', scrape_timeout: '500ms', evaluation_interval: '500ms' },
    rule_files: [rules],
    scrape_configs: [{ job_name: 'tinychat', static_configs: [{ targets }] }],
  };
  // JSON is YAML, too.
  writeFileSync(path.join(directory, 'prometheus.yml'), JSON.stringify(config));
  const port = await freePort();
  const child = spawn(
    'prometheus',
    [
      `--config.file=${directory}/prometheus.yml`,
      `--storage.tsdb.path=${directory}/data`,
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    { cwd: directory, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  keepForExit(child);
  let said = '';
  child.stderr.setEncoding('utf8');
  child.stderr.on('data', (text) => (said += text));
  for (const handle of [child, child.stderr]) handle.unref();
  const url = `http://127.0.0.1:${port}`;
  const isReady = () => fetch(`${url}/-/ready`).then(({ ok }) => ok, () => false);
  await until(isReady, 20_000, () => `a Prometheus that is ready, got\n${said}`);
  const get = async (resource, parameters = {}) => {
    const response = await fetch(`${url}/api/v1/${resource}?${new URLSearchParams(parameters)}`);
    const { status, data, error } = await response.json();
    assert.equal(status, 'success', `${resource} ${JSON.stringify(parameters)}: ${error}`);
    return data;
  };
  return {
    get,
    query: async (expr) => (await get('query', { query: expr })).result,
    stop: () => child.kill('SIGKILL'),
  };
}

// Streams, messages and what goes wrong, until told to stop.
async function load(server) {
  const streams = [];
  for (const target of ['/subscribe/den', '/subscribe/den', eventsPath(['den', 'attic'])]) {
    streams.push(await EventStream.open(server, target));
  }
  let goesOn = true;
  const publishing = (async () => {
    for (let i = 0; goesOn; ++i) {
      await publish(server, i % 2 === 0 ? 'den' : 'attic', `message ${i}`);
      if (i % 20 === 0) (await EventStream.open(server, '/subscribe/den?lastEventId=1-0')).drop();
    }
  })();
  return async () => {
    goesOn = false;
    await publishing;
    for (const stream of streams) stream.drop();
  };
}

const promtool = (...args) =>
  promisify(execFile)('promtool', args, { cwd: path.join(packaging, 'prometheus') }).catch((error) => {
    throw new Error(`promtool ${args.join(' ')}:\n${error.stdout}${error.stderr}`);
  });

describe('Prometheus', { skip, concurrency: true }, () => {
  test('promtool takes the rules, their tests and the configuration', async () => {
    await promtool('check', 'rules', 'tinychat.rules.yml');
    await promtool('test', 'rules', 'tinychat.rules.test.yml');
    await promtool('check', 'config', 'prometheus.yml');
  });

  test('promtool takes the page', async () => {
    await withAdmin({}, async (server) => {
      const page = await (await fetch(`${adminOf(server).url}/metrics`)).text();
      const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], { input: page, encoding: 'utf8' });
      assert.equal(`${status}${stdout}${stderr}`, '0');
    });
  });

  test('under load every query of the dashboard has data, and every alert can be evaluated', async () => {
    const redis = await Redis.start();
    const alone = await startServer({ args: ['--admin', '127.0.0.1:0', '--data', tempDir()], env: { TINYCHAT_JOURNAL: 'sqlite' } });
    const shared = await startServer({ args: ['--admin', '127.0.0.1:0', '--redis', redis.url] });
    const servers = [alone, shared];
    const prometheus = await startPrometheus(servers.map((server) => `127.0.0.1:${adminOf(server).port}`));
    const stops = await Promise.all(servers.map(load));
    try {
      assert.ok(queries.length > 50, `expected the dashboard's queries, got ${queries.length}`);
      let without;
      await until(
        async () => {
          const answers = await Promise.all(queries.map(({ expr }) => prometheus.query(filledIn(expr))));
          without = queries.filter((_, i) => !answers[i].some(({ value }) => value[1] !== 'NaN'));
          return without.length === 0;
        },
        30_000,
        () => `data for every query, none for ${JSON.stringify(without, null, 1)}`,
      );
      for (const { expr } of dashboard.annotations.list) await prometheus.query(filledIn(expr));
      const nodes = await prometheus.get('label/instance/values', { 'match[]': 'tinychat_build_info{job="tinychat"}' });
      assert.equal(nodes.length, 2, 'expected the dashboard to offer both nodes');

      const alerts = async () => (await prometheus.get('rules')).groups.flatMap((group) => group.rules);
      await until(
        async () => (await alerts()).every(({ health }) => health !== 'unknown'),
        10_000,
        'every alert to be evaluated',
      );
      for (const { name, health, lastError } of await alerts()) {
        assert.equal(health, 'ok', `${name}: ${lastError}`);
      }
      const loud = (await alerts()).filter(({ state, labels }) => state !== 'inactive' && labels.severity === 'critical');
      // A laptop's disk may well be full.
      assert.deepEqual(loud.map(({ name }) => name).filter((name) => name !== 'TinychatDiskFull'), [], 'expected no alarm');
    } finally {
      await Promise.all(stops.map((stop) => stop()));
      await shared.stop();
    }
    const isPending = async () => {
      const { groups } = await prometheus.get('rules');
      const down = groups.flatMap((group) => group.rules).find(({ name }) => name === 'TinychatDown');
      return down.alerts.some(({ labels }) => labels.instance.endsWith(`:${adminOf(shared).port}`));
    };
    await until(isPending, 10_000, 'Prometheus to notice that a node has gone');
    prometheus.stop();
    await alone.stop();
    await redis.kill();
  });

  test('the dashboard names no metric that the page does not have', async () => {
    const described = readFileSync(path.join(packaging, '../docs/metrics.md'), 'utf8');
    const texts = [...queries.map(({ expr }) => expr), readFileSync(rules, 'utf8')].join('\n');
    for (const [name] of texts.matchAll(/\b(tinychat|process)_[a-z_]+/g)) {
      const family = name.replace(/_(bucket|sum|count)$/, '');
      assert.ok(described.includes(`\`${name}\``) || described.includes(`\`${family}\``), name);
    }
  });
});
