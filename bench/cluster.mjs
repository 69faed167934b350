// Two nodes on one Redis: how long a publish takes to all subscribers beside one node, and how many publishes a
// second go through Redis beside what the same script does there alone. Prints one table.
//
//   script/bench --cluster
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { eventsPath, messagesPath } from '../tests/system/chat.mjs';
import { Redis } from '../tests/system/redis.mjs';
import { startServer } from '../tests/system/server.mjs';
import { EventStream } from '../tests/system/sse.mjs';
import { Connection, format } from '../tests/system/wire.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const load = path.join(root, 'build/release/bench_load');
const subscribers = 100;
const messages = 500;
const text = 'x'.repeat(100);

const quantile = (sorted, q) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))];

// One message at a time to `subscribers`, spread over the nodes; until the last has it, in milliseconds.
async function latency(nodes) {
  const streams = [];
  let missing = 0;
  let done = () => {};
  const onEvent = ({ event }) => {
    if (event === 'message' && --missing === 0) done();
  };
  for (let i = 0; i < subscribers; ++i) {
    streams.push(await EventStream.open(nodes[i % nodes.length], eventsPath(['bench']), { onEvent }));
  }
  const publisher = await Connection.open(nodes[0]);
  const times = [];
  for (let i = 0; i < messages; ++i) {
    const body = JSON.stringify({ sender: 'bench', text: `${i} ${text}` });
    const headers = { 'Content-Type': 'application/json' };
    missing = subscribers;
    const told = new Promise((resolve) => (done = resolve));
    const began = performance.now();
    publisher.send(format('POST', messagesPath('bench'), { headers, body }));
    await Promise.all([publisher.response(), told]);
    times.push(performance.now() - began);
  }
  publisher.destroy();
  for (const stream of streams) stream.drop();
  return times.slice(messages / 10).sort((a, b) => a - b);
}

function publishesPerSecond(node, publishers) {
  const server = ['--target', 'tinychat', '--port', String(node.port), '--pid', String(node.pid)];
  const how = ['--publishers', String(publishers), '--seconds', '5'];
  return JSON.parse(execFileSync(load, ['publish', ...server, ...how])).publishes_per_second;
}

// The publish script by itself, with such arguments as a node sends.
async function scriptsPerSecond(redis, sync) {
  const source = readFileSync(path.join(root, 'src/journal/redis_scripts.cc'), 'utf8');
  const script = /kPublish = R"lua\(([\s\S]*?)\)lua"/.exec(source)[1];
  const digest = await redis.call('SCRIPT', 'LOAD', script);
  const key = (name) => `alone:{v1}:${name}`;
  await redis.call('SET', key('writer:node'), '1');
  const keys = ['log', 'room:bench', 'rooms', 'trimmed', 'key:', 'writer:node'].map(key);
  const outside = `{"sender":"bench","message":"${text}","id":"`;
  const head = ['0', '0'];
  const values = ['1', 'bench', 'bench', text, '', '86400000', '100000', '0', 'node.1', ...head, outside, '*'];
  const command = ['EVALSHA', digest, String(keys.length), ...keys, ...values];
  const how = ['-p', String(redis.port), '-P', '64', '-c', '50', '-n', sync === 'always' ? '50000' : '300000', '--csv'];
  const said = execFileSync('redis-benchmark', [...how, ...command], { maxBuffer: 1 << 26 }).toString();
  // Of "test","rps","avg","min","p50","p95","p99","max"; the test's name holds the arguments.
  return Number(said.trim().split('","').at(-7));
}

const row = (title, value) => console.log(`${title.padEnd(62)} ${value}`);

const redis = await Redis.start();
const alone = await startServer({ args: ['--journal', 'sqlite'] });
const nodes = [];
for (let i = 0; i < 2; ++i) nodes.push(await startServer({ args: ['--redis', redis.url] }));
try {
  for (const [title, servers] of [
    ['one node, SQLite', [alone]],
    ['one node, Redis', [nodes[0]]],
    ['two nodes, Redis', nodes],
  ]) {
    const times = await latency(servers);
    const shown = [0.5, 0.99].map((q) => quantile(times, q).toFixed(2));
    row(`${title}: until the last of ${subscribers} has it, p50 and p99, ms`, shown.join('  '));
  }
  // The log's memory, before it is full.
  const entries = await redis.call('XLEN', 'tinychat:{v1}:log');
  const bytes = async (name) =>
    Math.round((await redis.call('MEMORY', 'USAGE', `tinychat:{v1}:${name}`, 'SAMPLES', '0')) / entries);
  row(`memory of a message of ${text.length + 4} bytes, in the log and in its room`, `${await bytes('log')} + ${await bytes('room:bench')}`);
  for (const sync of ['no file', 'everysec', 'always']) {
    await redis.call('CONFIG', 'SET', 'appendonly', sync === 'no file' ? 'no' : 'yes');
    if (sync !== 'no file') await redis.call('CONFIG', 'SET', 'appendfsync', sync);
    const ours = publishesPerSecond(nodes[0], 256);
    const script = await scriptsPerSecond(redis, sync);
    row(`publishes/s from HTTP, 256 clients, append-only file: ${sync}`, Math.round(ours));
    row(`the script alone, redis-benchmark -P 64`, Math.round(script));
    row(`ratio (at least 0.3)`, (ours / script).toFixed(2));
  }
} finally {
  for (const node of [alone, ...nodes]) await node.stop();
  await redis.kill();
}
