// Runs the program under test as a child process, and notices when it ends badly.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before } from 'node:test';
import { fileURLToPath } from 'node:url';

import { deadline, until } from './until.mjs';

const repository = fileURLToPath(new URL('../..', import.meta.url));
export const binary = path.resolve(
  process.env.TINYCHAT_BIN ?? path.join(repository, 'build/release/tinychat'),
);

const sanitizerReport = /ERROR: (Address|Leak)Sanitizer|runtime error:|WARNING: ThreadSanitizer/;

// What this process leaves behind if it is cut short.
const children = new Set();
const directories = new Set();
process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL');
  for (const directory of directories) rmSync(directory, { recursive: true, force: true });
});

// A process that is not to outlive this one.
export const keepForExit = (child) => {
  children.add(child);
  child.once('close', () => children.delete(child));
};

// A directory that is gone when the test process ends.
export function tempDir() {
  const directory = mkdtempSync(path.join(tmpdir(), 'tinychat-test-'));
  directories.add(directory);
  return directory;
}

// A port nobody listens on, below the range from which the system takes ports for outgoing
// connections: a client that retries cannot be given the port a server is to come back on.
export async function freePort() {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    const free = await new Promise((resolve) => {
      const probe = createServer();
      probe.once('error', () => resolve(false));
      probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
    });
    if (free) return port;
  }
}

// The environment without anything the program would take for an option.
function cleanEnvironment(env) {
  const inherited = Object.entries(process.env).filter(
    ([name]) => name !== 'PORT' && !name.startsWith('TINYCHAT_') && !name.startsWith('REDIS'),
  );
  return { ...Object.fromEntries(inherited), ...env };
}

// TINYCHAT_ENGINE=redis lets the same tests run over a Redis of the test process' own, in which a data
// directory is a prefix.
export const engine = process.env.TINYCHAT_ENGINE ?? 'embedded';
const chooses = (args, env) =>
  has(args, '--journal', '--redis') || Object.keys(env).some((name) => /REDIS|JOURNAL/.test(name));
let sharedRedis;
async function inRedis(args) {
  sharedRedis ??= import('./redis.mjs').then(({ Redis }) => Redis.start());
  const { url } = await sharedRedis;
  const data = args[args.indexOf('--data') + 1];
  const prefix = args.includes('--data') ? data : tempDir();
  return ['--redis', url, '--redis-prefix', `${prefix}:`];
}

const has = (args, ...names) =>
  args.some((arg) => names.some((name) => arg === name || arg.startsWith(`${name}=`)));

// `wrap`: a command that runs it and becomes it.
function launch(args, env, cwd, wrap = []) {
  const [command, ...all] = [...wrap, binary, ...args];
  const child = spawn(command, all, { cwd, env: cleanEnvironment(env), stdio: ['ignore', 'pipe', 'pipe'] });
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr']) {
    child[name].setEncoding('utf8');
    child[name].on('data', (text) => (output[name] += text));
  }
  // A test that has failed must not be kept waiting for a server that nobody stopped.
  for (const handle of [child, child.stdout, child.stderr]) handle.unref();
  children.add(child);
  const exited = new Promise((resolve) => {
    child.once('error', (error) => resolve({ code: null, signal: null, error, ...output }));
    child.once('close', (code, signal) => resolve({ code, signal, ...output }));
  }).then((end) => {
    children.delete(child);
    return end;
  });
  return { child, output, exited };
}

async function within(promise, ms, what) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`expected ${what} within ${deadline(ms)} ms`)), deadline(ms));
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

function refuseSanitizerReports(stderr) {
  if (sanitizerReport.test(stderr)) throw new Error(`expected no sanitizer report, got:\n${stderr}`);
}

// Runs the program until it ends by itself: for options, wrong ones and occupied resources.
export async function run(args, { env = {}, cwd, wrap } = {}) {
  const { child, exited } = launch(args, env, cwd, wrap);
  try {
    const end = await within(exited, 10_000, `tinychat ${args.join(' ')} to end by itself`);
    if (end.error) throw end.error;
    refuseSanitizerReports(end.stderr);
    return end;
  } finally {
    child.kill('SIGKILL');
  }
}

// Starts the program and learns its address from what it prints. Without `--port` it gets a port of
// the system's choice, without `--data` a fresh directory.
export async function startServer({ args = [], env = {}, port, cwd, wrap } = {}) {
  const all = [...args];
  const configured = has(args, '--config');
  if (port !== undefined) all.push('--port', String(port));
  else if (!configured && !has(args, '--port', '-p') && !('PORT' in env) && !('TINYCHAT_PORT' in env)) {
    all.push('--port', '0');
  }
  if (engine === 'redis' && !configured && !chooses(args, env)) all.push(...(await inRedis(args)));
  if (!configured && !has(args, '--data') && !('TINYCHAT_DATA' in env)) all.push('--data', tempDir());

  const { child, output, exited } = launch(all, env, cwd, wrap);
  let end;
  exited.then((value) => (end = value));
  const address = await until(
    () => {
      const found = /https?:\/\/[^\s/]+:(\d+)/.exec(output.stdout);
      // The line must be whole, or the port could be half of itself.
      if (found && output.stdout.indexOf('\n', found.index) >= 0) return found;
      if (end) throw new Error(`expected a running server, but ${describeEnd(end)}`);
      return null;
    },
    15_000,
    () => `an address in the start-up text, got ${JSON.stringify(output)}`,
  ).catch((error) => {
    child.kill('SIGKILL');
    throw error;
  });

  const server = {
    host: '127.0.0.1',
    port: Number(address[1]),
    url: `http://127.0.0.1:${address[1]}`,
    pid: child.pid,
    exited,
    stdout: () => output.stdout,
    stderr: () => output.stderr,
    killed: false,
  };
  // Asks the server to end and fails if it does not end well.
  server.stop = async (signal = 'SIGTERM') => {
    if (server.killed) return exited;
    if (end) throw new Error(`expected a running server, but ${describeEnd(end)}`);
    child.kill(signal);
    let result;
    try {
      result = await within(exited, 15_000, `the server to end after ${signal}`);
    } catch (error) {
      child.kill('SIGKILL');
      throw error;
    }
    server.killed = true;
    refuseSanitizerReports(result.stderr);
    if (result.code !== 0)
      throw new Error(`expected exit code 0 after ${signal}, but ${describeEnd(result)}`);
    return result;
  };
  server.kill = async () => {
    if (end && !server.killed) throw new Error(`expected a running server, but ${describeEnd(end)}`);
    server.killed = true;
    child.kill('SIGKILL');
    const result = await within(exited, 5000, 'the killed server to be gone');
    refuseSanitizerReports(result.stderr);
    return result;
  };
  return server;
}

function describeEnd({ code, signal, error, stdout, stderr }) {
  if (error) return `it did not start: ${error.message}`;
  return `it ended with code ${code}, signal ${signal}\n--- stdout\n${stdout}\n--- stderr\n${stderr}`;
}

// One server for one test: stopped, and its end checked, whatever the test does.
export async function withServer(options, body) {
  const server = await startServer(options);
  try {
    await body(server);
  } catch (error) {
    await server.stop().catch((second) => console.error(`and the server: ${second.message}`));
    const said = server.stderr();
    if (said) console.error(`the server's stderr:\n${said.slice(-4000)}`);
    throw error;
  }
  await server.stop();
}

// One server for all tests of a `describe`.
export function sharedServer(options) {
  const shared = {};
  before(async () => {
    Object.assign(shared, await startServer(options));
  });
  after(async () => {
    if (shared.stop) await shared.stop();
  });
  return shared;
}

export const descriptors = (server) => readdirSync(`/proc/${server.pid}/fd`).length;

// A line of /proc/PID/status in bytes, `RssAnon` for instance.
export function memory(server, field) {
  const status = readFileSync(`/proc/${server.pid}/status`, 'utf8');
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)[1]) * 1024;
}

// Shadow memory takes terabytes of address space; resident memory says nothing in such a build.
export const isSanitized = (server) => memory(server, 'VmSize') > 2 ** 40;
