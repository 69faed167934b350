// Runs the program on a socket that outlives it, and hears what it tells its supervisor: see socket_holder.pl.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import { binary, keepForExit, tempDir } from './server.mjs';
import { notify, until } from './until.mjs';

const program = fileURLToPath(new URL('socket_holder.pl', import.meta.url));

export class Holder {
  static async open(args = [], env = {}) {
    const holder = new Holder(['--data', tempDir(), ...args], env);
    await holder.until(() => holder.port, 'a socket');
    return holder;
  }

  constructor(args, env) {
    Object.assign(this, { host: '127.0.0.1', told: [], starts: 0, ends: [], said: '', wake: new Set() });
    const environment = { ...process.env, ...env };
    for (const name of Object.keys(environment)) if (/^(TINYCHAT_|REDIS|PORT$)/.test(name)) delete environment[name];
    this.child = spawn('perl', [program, binary, ...args], { env: environment, stdio: ['pipe', 'pipe', 'pipe'] });
    keepForExit(this.child);
    this.closed = new Promise((resolve) => this.child.once('close', resolve));
    let rest = '';
    this.child.stdout.setEncoding('utf8');
    this.child.stdout.on('data', (text) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop();
      for (const line of lines) this.take(line);
      notify(this.wake);
    });
    this.child.stderr.on('data', (text) => (this.said += text));
  }

  take(line) {
    const [, event, text] = /^(\w+) (.*)$/.exec(line);
    if (event === 'listening') this.port = Number(text);
    if (event === 'started') this.starts += 1;
    if (event === 'told') this.told.push({ at: performance.now(), text });
    if (event === 'ended') this.ends.push(text);
  }

  until(predicate, what, ms = 10_000) {
    return until(predicate, ms, () => `${what}; the server said ${this.said.slice(-2000)}`, this.wake);
  }

  order(line) {
    this.child.stdin.write(`${line}\n`);
  }

  says(pattern) {
    return this.told.some(({ text }) => pattern.test(text));
  }

  count(pattern) {
    return this.told.filter(({ text }) => pattern.test(text)).length;
  }

  async start() {
    const ready = this.count(/READY=1/);
    this.order('start');
    await this.until(() => this.count(/READY=1/) > ready, 'READY=1');
  }

  async stop(signal = 'TERM') {
    const ends = this.ends.length;
    this.order(`kill ${signal}`);
    await this.until(() => this.ends.length > ends, 'the server to end');
    return this.ends.at(-1);
  }

  async close() {
    this.child.stdin.end();
    await this.closed;
  }
}
