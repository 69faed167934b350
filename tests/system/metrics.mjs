// The operator's side of a server: its own listener, and the numbers there.
import assert from 'node:assert/strict';

import { withServer } from './server.mjs';
import { request, until } from './wire.mjs';

// What a page in Prometheus' text format holds: families by name, each with kind, help and samples by their labels
// as written. Strict, as far as our pages go.
export function parseMetrics(text) {
  const families = new Map();
  let family;
  assert.ok(text.endsWith('\n'), 'expected the last line to be whole');
  for (const line of text.trimEnd().split('\n')) {
    const comment = /^# (HELP|TYPE) (\S+) (.+)$/.exec(line);
    if (comment?.[1] === 'HELP') {
      assert.ok(!families.has(comment[2]), `expected ${comment[2]} once`);
      family = { help: comment[3], samples: new Map() };
      families.set(comment[2], family);
      family.name = comment[2];
    } else if (comment) {
      assert.equal(comment[2], family.name);
      family.kind = comment[3];
    } else {
      const sample = /^([a-z_]+)(\{.*\})? (\S+)$/.exec(line);
      assert.ok(sample, `expected a sample, got ${line}`);
      const [, name, labels = '', value] = sample;
      const base = family.kind === 'histogram' ? name.replace(/_(bucket|sum|count)$/, '') : name;
      assert.equal(base, family.name, `expected ${line} in its own family`);
      const key = name.slice(base.length) + labels;
      assert.ok(!family.samples.has(key), `expected ${line} once`);
      assert.ok(value === '+Inf' || !Number.isNaN(Number(value)), line);
      family.samples.set(key, Number(value));
    }
  }
  return families;
}

export function adminOf(server) {
  const found = /health at http:\/\/[^\s/]+:(\d+)\n/.exec(server.stdout());
  assert.ok(found, `expected the operator's address in ${server.stdout()}`);
  const port = Number(found[1]);
  return { host: '127.0.0.1', port, url: `http://127.0.0.1:${port}` };
}

export async function metrics(server) {
  const response = await request(adminOf(server), 'GET', '/metrics');
  assert.equal(response.status, 200);
  assert.equal(response.headers['content-type'], 'text/plain; version=0.0.4; charset=utf-8');
  return parseMetrics(response.text);
}

// `key` as a page has it after the family's name: `{state="live"}`, `_count`, or nothing.
export const sampleOf = (families, name, key = '') => {
  const value = families.get(name)?.samples.get(key);
  assert.notEqual(value, undefined, `expected ${name}${key} on the page`);
  return value;
};

export async function untilSample(server, name, key, is, what = `${name}${key} to be as told`) {
  let last;
  await until(
    async () => is((last = sampleOf(await metrics(server), name, key))),
    10_000,
    () => `${what}, got ${last}`,
  );
  return last;
}

export const withAdmin = ({ args = [], ...options }, body) =>
  withServer({ args: ['--admin', '127.0.0.1:0', ...args], ...options }, body);
