// A real proxy with its shipped configuration, on a port of its own: a child without privileges, in a directory
// of its own.
import { spawn, spawnSync } from 'node:child_process';
import { chownSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { freePort, keepForExit, tempDir } from './server.mjs';
import { until } from './until.mjs';
import { request } from './wire.mjs';

const configurations = fileURLToPath(new URL('../../packaging/proxy', import.meta.url));
const nobody = 65_534;

const proxies = {
  nginx: {
    file: 'nginx.conf',
    listen: [
      [/listen 80;/, (port) => `listen 127.0.0.1:${port};`],
      [/listen \[::\]:80;/, () => ''],
    ],
    command: (directory) => ['nginx', '-p', directory, '-c', 'nginx.conf', '-e', 'stderr', '-g', 'daemon off;'],
  },
  haproxy: {
    file: 'haproxy.cfg',
    listen: [
      [/bind :80\n/, (port) => `bind 127.0.0.1:${port}\n`],
      [/bind :::80 v6only\n/, () => ''],
    ],
    command: () => ['haproxy', '-db', '-f', 'haproxy.cfg'],
  },
  'nginx-nodes': {
    file: 'nginx-nodes.conf',
    listen: [[/listen 127\.0\.0\.1:8080;/, (port) => `listen 127.0.0.1:${port};`]],
    command: (directory) => ['nginx', '-p', directory, '-c', 'nginx-nodes.conf', '-e', 'stderr', '-g', 'daemon off;'],
    isForNodes: true,
  },
  'haproxy-nodes': {
    file: 'haproxy-nodes.cfg',
    listen: [[/bind 127\.0\.0\.1:8080\n/, (port) => `bind 127.0.0.1:${port}\n`]],
    command: () => ['haproxy', '-db', '-f', 'haproxy-nodes.cfg'],
    isForNodes: true,
  },
  caddy: {
    file: 'Caddyfile',
    listen: [[/^:80 \{/m, (port) => `:${port} {\n\tbind 127.0.0.1`]],
    command: () => ['caddy', 'run', '--config', 'Caddyfile', '--adapter', 'caddyfile'],
  },
};

// Where those who are not root have no PATH to.
const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` };
const isInstalled = (name) => {
  const [program] = proxies[name].command('');
  return spawnSync('sh', ['-c', `command -v ${program}`], { env }).status === 0;
};
export const installed = Object.keys(proxies).filter((name) => !proxies[name].isForNodes && isInstalled(name));
// Their configurations for several nodes.
export const installedForNodes = Object.keys(proxies).filter((name) => proxies[name].isForNodes && isInstalled(name));

function replaceOnce(text, pattern, replacement) {
  if (!pattern.test(text)) throw new Error(`expected ${pattern} in the shipped configuration`);
  return text.replace(pattern, replacement);
}

export class Front {
  // In front of a server on that port, which is all of the nodes where the configuration has several.
  static async start(name, upstream) {
    const front = new Front(name, await freePort());
    const { file, listen } = proxies[name];
    let text = readFileSync(path.join(configurations, file), 'utf8');
    for (const [pattern, line] of listen) text = replaceOnce(text, pattern, line(front.port));
    const servers = proxies[name].isForNodes ? /127\.0\.0\.1:808[123]/g : /127\.0\.0\.1:8080/g;
    if (!servers.test(text)) throw new Error('expected the server in the shipped configuration');
    text = text.replaceAll(servers, `127.0.0.1:${upstream}`);
    writeFileSync(path.join(front.directory, file), text);
    front.run();
    await until(() => front.answers(), 15_000, () => `${name} to listen, it said ${front.said}`);
    return front;
  }

  constructor(name, port) {
    Object.assign(this, { name, port, host: '127.0.0.1', directory: tempDir(), said: '' });
    if (process.getuid() === 0) chownSync(this.directory, nobody, nobody);
  }

  run() {
    const [command, ...args] = proxies[this.name].command(this.directory);
    const user = process.getuid() === 0 ? { uid: nobody, gid: nobody } : {};
    this.child = spawn(command, args, {
      cwd: this.directory,
      env: { ...env, HOME: this.directory, XDG_DATA_HOME: this.directory, XDG_CONFIG_HOME: this.directory },
      stdio: ['ignore', 'pipe', 'pipe'],
      ...user,
    });
    keepForExit(this.child);
    this.ended = new Promise((resolve) => this.child.once('close', resolve));
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream.on('data', (text) => (this.said += text));
      stream.unref();
    }
    this.child.unref();
  }

  async answers() {
    if (this.child.exitCode !== null) throw new Error(`expected ${this.name} to run, it said ${this.said}`);
    return request(this, 'GET', '/healthz', { ms: 3000 }).catch(() => null);
  }

  async stop() {
    this.child.ref();
    this.child.kill('SIGTERM');
    await until(() => this.child.exitCode !== null || this.child.signalCode, 5000, `${this.name} to end`).catch(
      () => this.child.kill('SIGKILL'),
    );
    await this.ended;
  }
}
