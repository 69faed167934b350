// A real redis-server of the tests' own, which can be killed, restarted, frozen and asked.
import { spawn } from 'node:child_process';
import { createConnection } from 'node:net';

import { freePort, keepForExit, tempDir } from './server.mjs';
import { until } from './until.mjs';

// One command as Redis takes it.
const format = (words) =>
  `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(String(word))}\r\n${word}\r\n`).join('')}`;

// The first reply in `text`: [value, the rest], or null if it is not whole. Errors are values with `error`.
function parse(text) {
  const end = text.indexOf('\r\n');
  if (end < 0) return null;
  const line = text.slice(1, end);
  const rest = text.slice(end + 2);
  switch (text[0]) {
    case '+':
      return [line, rest];
    case '-':
      return [{ error: line }, rest];
    case ':':
      return [Number(line), rest];
    case '$': {
      const size = Number(line);
      if (size < 0) return [null, rest];
      const bytes = Buffer.from(rest, 'latin1');
      if (bytes.length < size + 2) return null;
      return [bytes.subarray(0, size).toString(), bytes.subarray(size + 2).toString('latin1')];
    }
    default: {
      let left = rest;
      const items = [];
      for (let i = 0; i < Number(line); ++i) {
        const next = parse(left);
        if (!next) return null;
        items.push(next[0]);
        left = next[1];
      }
      return [items, left];
    }
  }
}

// A connection of the test itself: what an outside program would do.
export class RedisClient {
  static async open(port) {
    const socket = createConnection(port, '127.0.0.1');
    await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject));
    return new RedisClient(socket);
  }

  constructor(socket) {
    Object.assign(this, { socket, text: '', waiting: [], pushed: [] });
    socket.setEncoding('latin1');
    socket.on('error', () => {});
    socket.on('close', () => this.waiting.splice(0).forEach(({ reject }) => reject(new Error('Redis closed'))));
    socket.on('data', (data) => {
      this.text += data;
      for (let next = parse(this.text); next; next = parse(this.text)) {
        this.text = next[1];
        const asker = this.waiting.shift();
        if (asker) asker.resolve(next[0]);
        else this.pushed.push(next[0]);
      }
    });
  }

  send(...words) {
    return new Promise((resolve, reject) => {
      this.waiting.push({ resolve, reject });
      this.socket.write(format(words));
    });
  }

  close() {
    this.socket.destroy();
  }
}

export class Redis {
  // With every write on disk before it is answered, unless `args` say otherwise.
  static async start({ args = [] } = {}) {
    const redis = new Redis(await freePort(), tempDir(), args);
    await redis.restart();
    return redis;
  }

  constructor(port, directory, args) {
    Object.assign(this, { port, directory, args, url: `redis://127.0.0.1:${port}` });
  }

  async restart() {
    const common = ['--bind', '127.0.0.1', '--save', '', '--loglevel', 'warning'];
    const files = ['--dir', this.directory, '--appendonly', 'yes', '--appendfsync', 'always'];
    const all = ['--port', String(this.port), ...common, ...files, ...this.args];
    this.child = spawn('redis-server', all, { stdio: 'ignore' });
    this.child.unref();
    keepForExit(this.child);
    this.exited = new Promise((resolve) => this.child.once('close', resolve).once('error', resolve));
    await until(() => this.isUp(), 15_000, 'redis-server to answer (script/bootstrap --test installs it)');
  }

  async isUp() {
    try {
      const reply = await this.call('PING');
      return !reply?.error || !reply.error.startsWith('LOADING');
    } catch {
      return false;
    }
  }

  async kill() {
    this.child.ref();
    this.child.kill('SIGKILL');
    await this.exited;
  }

  freeze() {
    this.child.kill('SIGSTOP');
  }

  thaw() {
    this.child.kill('SIGCONT');
  }

  async call(...words) {
    const client = await RedisClient.open(this.port);
    try {
      return await client.send(...words);
    } finally {
      client.close();
    }
  }
}
