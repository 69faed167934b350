// What script/restart_trial runs: many streams, a restart, and what became of each of them.
import net from 'node:net';

import { eventsPath, messagesPath, postJson } from './chat.mjs';
import { Holder } from './holder.mjs';
import { freePort, startServer, tempDir } from './server.mjs';
import { until } from './until.mjs';
import { format } from './wire.mjs';

const count = Number(process.argv[2] ?? 10_000);
const room = 'everyone';
const restartMs = 3000;
const pauseMs = 250;
const openAtOnce = 500;

// A browser's EventSource, as far as coming back goes, for very little memory each.
class Client {
  constructor(server, world) {
    Object.assign(this, { server, world, lastId: null, retry: 3000, ids: [], isLive: false, connects: 0 });
    this.connect();
  }

  connect() {
    this.connects += 1;
    this.rest = '';
    this.fields = {};
    const headers = this.lastId === null ? {} : { 'Last-Event-ID': this.lastId };
    this.socket = net.connect({ host: this.server.host, port: this.server.port });
    this.socket.setEncoding('latin1');
    this.socket.on('connect', () => this.socket.write(format('GET', eventsPath([room]), { headers })));
    this.socket.on('data', (text) => this.take(text));
    this.socket.on('error', (error) => this.world.errors.set(error.code, (this.world.errors.get(error.code) ?? 0) + 1));
    this.socket.on('close', () => this.closed());
  }

  // Lines of chunk heads and of the answer's head name no field that counts here.
  take(text) {
    const lines = (this.rest + text).split('\n');
    this.rest = lines.pop();
    for (const line of lines) {
      if (line === '') this.dispatch();
      const field = /^(id|event|retry): (.*)$/.exec(line);
      if (field) this.fields[field[1]] = field[2];
    }
  }

  dispatch() {
    const { id, event, retry } = this.fields;
    this.fields = {};
    if (retry !== undefined) this.retry = Number(retry);
    if (event === 'reset') this.world.resets += 1;
    if (event === 'bye') this.world.byes += 1;
    if (id === undefined) return;
    if (event === 'hello') {
      // Only now: whoever is sent away by a full or a leaving server has not come back.
      if (this.lastId === null) this.begin = id;
      this.isLive = true;
      this.world.live += 1;
      if (this.world.restartedAt !== null) this.world.returns.push(performance.now());
    } else {
      this.ids.push(id);
    }
    this.lastId = id;
  }

  closed() {
    if (this.isLive) this.world.live -= 1;
    this.isLive = false;
    if (!this.world.isOver) setTimeout(() => this.connect(), this.retry);
  }
}

const newWorld = () => ({ live: 0, byes: 0, resets: 0, errors: new Map(), returns: [], restartedAt: null, isOver: false });

// Publishes all the time; what is not acknowledged is sent again under its key.
function publishAllTheTime(server, world) {
  const acknowledged = [];
  const ended = (async () => {
    for (let n = 1; !world.isOver; ++n) {
      await until(
        async () => {
          const value = { sender: 'trial', text: `message ${n}` };
          const response = await postJson(server, messagesPath(room), value, { 'Idempotency-Key': `${n}` }).catch(() => null);
          if (response?.status === 200 || response?.status === 201) acknowledged.push(response.json().id);
          return response?.status === 200 || response?.status === 201;
        },
        30_000,
        'a message to be stored',
      );
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  })();
  return { acknowledged, ended };
}

// The median, and what few exceed.
function quantiles(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share) => Math.round(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]);
  return `${at(0)} / ${at(0.5)} / ${at(0.99)} / ${at(1)} ms`;
}

async function trial(name, server, restart) {
  const world = newWorld();
  const clients = [];
  while (clients.length < count) {
    for (let i = 0; i < openAtOnce && clients.length < count; ++i) clients.push(new Client(server, world));
    await until(() => world.live === clients.length, 60_000, () => `${clients.length} streams, got ${world.live}`);
  }
  world.errors.clear();
  const publisher = publishAllTheTime(server, world);
  await until(() => publisher.acknowledged.length >= 5, 30_000, 'some messages');

  const began = performance.now();
  world.restartedAt = began;
  const { end, ready } = await restart();
  await until(() => world.live === count, 120_000, () => `all of them back, got ${world.live}`);
  const enough = publisher.acknowledged.length + 5;
  await until(() => publisher.acknowledged.length >= enough, 30_000, 'some more messages');
  world.isOver = true;
  await publisher.ended;
  const last = publisher.acknowledged.at(-1);
  await until(() => clients.every(({ lastId }) => lastId === last), 60_000, 'the last message everywhere');
  for (const { socket } of clients) socket.destroy();

  const complaints = [];
  for (const [i, { ids }] of clients.entries()) {
    if (ids.join() !== publisher.acknowledged.join()) {
      complaints.push(`client ${i} has ${ids.length} of ${publisher.acknowledged.length} messages, or in another order`);
    }
  }
  if (world.resets > 0) complaints.push(`${world.resets} streams were told of a reset`);
  if (ready - began > restartMs) complaints.push('the restart took more than three seconds');
  const perSecond = new Map();
  for (const at of world.returns) {
    const second = Math.floor((at - began) / 1000);
    perSecond.set(second, (perSecond.get(second) ?? 0) + 1);
  }
  console.log(`\n${name}: ${count} streams, ${publisher.acknowledged.length} messages`);
  console.log(`  told to end, and gone           ${Math.round(end - began)} ms`);
  console.log(`  told to end, and ready again    ${Math.round(ready - began)} ms`);
  console.log(`  said bye                        ${world.byes}`);
  console.log(`  back (first, median, p99, last) ${quantiles(world.returns.map((at) => at - began))}`);
  console.log(`  back in each second             ${[...perSecond].sort(([a], [b]) => a - b).map(([, n]) => n).join(' ')}`);
  console.log(`  failed attempts to connect      ${[...world.errors].map(([code, n]) => `${code} ${n}`).join(', ') || 'none'}`);
  console.log(`  clients with a gap or a repeat  ${complaints.length === 0 ? 'none' : complaints.slice(0, 5).join('; ')}`);
  return complaints.length === 0;
}

async function onAPort() {
  const args = ['--data', tempDir()];
  const port = await freePort();
  let server = await startServer({ args, port });
  const isGood = await trial('On a port', server, async () => {
    await server.stop();
    const end = performance.now();
    server = await startServer({ args, port });
    return { end, ready: performance.now() };
  });
  await server.stop();
  return isGood;
}

async function onAHeldSocket() {
  const holder = await Holder.open();
  await holder.start();
  const isGood = await trial('On a socket that outlives the server', holder, async () => {
    await holder.stop();
    const end = performance.now();
    await holder.start();
    return { end, ready: performance.now() };
  });
  await holder.stop();
  await holder.close();
  return isGood;
}

const outcomes = [await onAPort(), await onAHeldSocket()];
process.exit(outcomes.every(Boolean) ? 0 : 1);
