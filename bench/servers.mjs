// Starts the servers that are measured, each pinned to its cores, and ends them all, whatever happens.
import { spawn } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const root = join(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '..');
export const program = (name) => join(root, 'build/release', name);

// The cores this process may use: the first is the servers', the last the load's. A server of two shards has the
// first two; with two in all it shares one of them with the load.
function allowedCores() {
  const list = /^Cpus_allowed_list:\s*(.+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))[1];
  return list.split(',').flatMap((range) => {
    const [first, last = first] = range.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, i) => first + i);
  });
}
const cores = allowedCores();
export const coreCount = cores.length;
const loadCore = cores[Math.min(2, cores.length - 1)];
const serverCores = (shards) => cores.slice(0, shards).join(',');

const pinned = (cpus, command) => ['taskset', '-c', String(cpus), ...command];
export const onLoadCore = (command) => pinned(loadCore, command);
export const onServerCore = (command) => pinned(serverCores(1), command);

// On the disk of the build, which is what a server would write to; /tmp may be memory.
let scratch;
let directories = 0;
export function freshDirectory() {
  scratch ??= mkdtempSync(join(root, 'build/bench-'));
  const directory = join(scratch, String(++directories));
  mkdirSync(directory);
  return directory;
}

const children = new Set();

export function start(command, { stdout = 'ignore' } = {}) {
  const child = spawn(command[0], command.slice(1), { stdio: ['ignore', stdout, 'pipe'] });
  child.errors = '';
  child.stderr.on('data', (bytes) => (child.errors = (child.errors + bytes).slice(-4000)));
  child.ended = new Promise((resolve) => {
    child.on('error', (error) => {
      child.errors += error.message;
      resolve(127);
    });
    child.on('close', (code, signal) => resolve(code ?? signal));
  });
  children.add(child);
  child.ended.then(() => children.delete(child));
  return child;
}

async function stop(child) {
  child.kill('SIGTERM');
  const late = sleep(15_000, 'late', { ref: false });
  if ((await Promise.race([child.ended, late])) === 'late') {
    child.kill('SIGKILL');
    await child.ended;
  }
}

export async function stopEverything() {
  await Promise.all([...children].map(stop));
  if (scratch !== undefined) rmSync(scratch, { recursive: true, force: true });
}

export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

function canConnect(port) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const answer = (is) => {
      socket.destroy();
      resolve(is);
    };
    socket.on('connect', () => answer(true));
    socket.on('error', () => answer(false));
  });
}

const nginx = ['/usr/sbin/nginx', '/usr/local/sbin/nginx', '/usr/bin/nginx'].find(existsSync);
const nchanModule = ['/usr/lib/nginx/modules', '/usr/lib64/nginx/modules', '/usr/local/nginx/modules']
  .map((directory) => join(directory, 'ngx_nchan_module.so'))
  .find(existsSync);
export const hasNchan = nginx !== undefined && nchanModule !== undefined;

// One worker, as the other servers have one thread; messages are kept in its memory.
function nchanCommand(port) {
  const directory = freshDirectory();
  for (const name of ['body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']) mkdirSync(join(directory, name));
  if (process.getuid() === 0) chownSync(directory, 0, 0);
  writeFileSync(
    join(directory, 'nginx.conf'),
    `load_module ${nchanModule};
    ${process.getuid() === 0 ? 'user root;' : ''}
    daemon off; worker_processes 1; worker_rlimit_nofile 20000;
    pid ${directory}/pid; error_log stderr error;
    events { worker_connections 19900; }
    http {
      access_log off; keepalive_requests 1000000000; tcp_nodelay on;
      client_body_temp_path ${directory}/body; proxy_temp_path ${directory}/proxy;
      fastcgi_temp_path ${directory}/fastcgi; uwsgi_temp_path ${directory}/uwsgi; scgi_temp_path ${directory}/scgi;
      nchan_shared_memory_size 256M; nchan_message_buffer_length 1000; nchan_message_timeout 10m;
      server {
        listen 127.0.0.1:${port} backlog=4096;
        location ~ ^/publish/(.+)$ { nchan_publisher; nchan_channel_id $1; }
        location ~ ^/subscribe/(.+)$ {
          nchan_subscriber eventsource; nchan_channel_id $1; nchan_channel_id_split_delimiter ",";
          nchan_subscriber_first_message newest;
        }
      }
    }
`,
  );
  return [nginx, '-p', directory, '-c', join(directory, 'nginx.conf'), '-e', 'stderr'];
}

export function tinychatCommand(port, { shards, journal, directory, durability = 'fsync' }) {
  const stored = () => ['--data', directory ?? freshDirectory(), '--durability', durability];
  const where = journal === 'memory' ? ['--journal', 'memory'] : stored();
  const threads = shards === undefined ? [] : ['--shards', String(shards)];
  return [program('tinychat'), '--port', String(port), ...where, ...threads, '--log-level', 'error'];
}

// The two take turns where the cost of the door is what is measured.
const withDoor = (door) => (port, options) => [...tinychatCommand(port, { shards: 1, ...options }), door];

async function makeToken(directory) {
  const words = ['token', 'create', '--name', 'bench', '--can', 'publish,subscribe,read', '--data', directory];
  const child = start([program('tinychat'), ...words], { stdout: 'pipe' });
  let output = '';
  child.stdout.on('data', (bytes) => (output += bytes));
  if ((await child.ended) !== 0) throw new Error(`no token: ${child.errors}`);
  return output.split('\n')[0];
}

// What can be measured: how it is started, and what the load takes it for.
const kinds = {
  floor: { target: 'floor', cpus: 1, command: (port) => [program('bench_floor'), String(port)] },
  tinychat: { target: 'tinychat', cpus: 1, command: (port, options) => tinychatCommand(port, { shards: 1, ...options }) },
  tinychat2: { target: 'tinychat', cpus: 2, command: (port, options) => tinychatCommand(port, { shards: 2, ...options }) },
  open: { target: 'tinychat', cpus: 1, command: withDoor('--open') },
  closed: { target: 'tinychat', cpus: 1, command: withDoor('--closed'), makesToken: true },
  nchan: { target: 'nchan', cpus: 1, command: nchanCommand },
};

// A running server: { arguments for the load, stop() }.
export async function startServer(kind, { fault, ...options } = {}) {
  const { target, cpus, command, makesToken } = kinds[kind];
  if (makesToken) options.directory = freshDirectory();
  const port = await freePort();
  const child = start(pinned(serverCores(cpus), [...command(port, { journal: 'memory', ...options }), ...(fault ? [fault] : [])]));
  const deadline = Date.now() + 10_000;
  while (!(await canConnect(port))) {
    if (child.exitCode !== null || Date.now() > deadline) throw new Error(`${kind} does not start: ${child.errors}`);
    await sleep(10);
  }
  const token = makesToken ? ['--token', await makeToken(options.directory)] : [];
  return {
    arguments: ['--target', target, '--port', String(port), '--pid', String(child.pid), ...token],
    pid: child.pid,
    errors: () => child.errors,
    stop: () => stop(child),
  };
}

// Runs a program to its end and returns the JSON it prints.
export async function runForJson(command, timeoutSeconds) {
  const child = start(command, { stdout: 'pipe' });
  let output = '';
  child.stdout.on('data', (bytes) => (output += bytes));
  const timer = setTimeout(() => child.kill('SIGKILL'), timeoutSeconds * 1000);
  const code = await child.ended;
  clearTimeout(timer);
  if (code !== 0) throw new Error(child.errors.trim() || `${command[0]} ended with ${code}`);
  return JSON.parse(output);
}
