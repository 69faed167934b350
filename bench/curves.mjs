// Whether costs grow as they should: with subscribers, with rooms, with history. Prints Markdown tables; those in
// docs/performance.md were made by this. script/bench --curves builds what it needs and runs it.
import { readFileSync } from 'node:fs';

import { describeMachine } from './machine.mjs';
import * as servers from './servers.mjs';
import { median } from './table.mjs';

const runSecondsMax = 300;

const load = (server, ...words) =>
  servers.runForJson(servers.onLoadCore([servers.program('bench_load'), ...words.map(String), ...server.arguments]), runSecondsMax);

async function serve(kind, options, work) {
  const server = await servers.startServer(kind, options);
  try {
    return await work(server);
  } finally {
    await server.stop();
  }
}

function printTable(title, heading, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  console.log(`\n${title}\n\n${line(heading)}\n${line(heading.map(() => '---:'))}\n${rows.map(line).join('\n')}`);
}

const count = (number) => number.toLocaleString('en');

async function subscribers() {
  const rows = [];
  let first;
  for (const subscribers of [1000, 2000, 4500, 9000, 18_000]) {
    const rounds = [];
    for (let i = 0; i < 3; ++i) {
      const cost = {};
      for (const kind of ['floor', 'tinychat']) {
        const words = ['fan-out', '--subscribers', subscribers, '--warmup', 3, '--seconds', 2];
        cost[kind] = (await serve(kind, {}, (server) => load(server, ...words))).cpu_us_per_delivery;
      }
      rounds.push(cost);
    }
    const cost = (kind) => median(rounds.map((round) => round[kind]));
    first ??= { floor: cost('floor'), tinychat: cost('tinychat') };
    const growth = (kind) => `${(cost(kind) / first[kind]).toFixed(2)} ×`;
    const ratio = median(rounds.map(({ floor, tinychat }) => tinychat / floor));
    rows.push([
      count(subscribers), cost('floor').toFixed(2), growth('floor'), cost('tinychat').toFixed(2), growth('tinychat'), `${ratio.toFixed(2)} ×`,
    ]);
  }
  printTable(
    'CPU per delivery, one message at a time, one shard, by subscribers of the room (µs; growth over the first row)',
    ['subscribers', 'floor', 'growth', 'tinychat', 'growth', 'tinychat ÷ floor'],
    rows,
  );
}

// Memory of the process's own: pages of the database that are mapped or cached by the kernel are not in it.
const anonymousKib = (pid) => Number(/^RssAnon:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]);

async function rooms() {
  const rows = [];
  for (const rooms of [1, 1000, 10_000, 50_000]) {
    await serve('tinychat', { journal: 'sqlite', durability: 'os' }, async (server) => {
      await load(server, 'fill', '--messages', 50_000);
      const before = anonymousKib(server.pid);
      const { publishes_per_second: rate } = await load(server, 'fill', '--messages', 50_000, '--rooms', rooms);
      const after = anonymousKib(server.pid);
      rows.push([count(rooms), count(before), count(after), (((after - before) * 1024) / rooms).toFixed(1), count(Math.round(rate))]);
    });
  }
  printTable(
    '50,000 messages to rooms that nobody follows, by rooms (memory of the process, KiB; `--durability os`)',
    ['rooms', 'before', 'after', 'bytes a room', 'publishes/s'],
    rows,
  );
}

async function history() {
  const rows = [];
  const directory = servers.freshDirectory();
  const open = { journal: 'sqlite', directory };
  let stored = 0;
  for (const messages of [10_000, 100_000, 1_000_000]) {
    await serve('tinychat', { ...open, durability: 'os' }, (server) => load(server, 'fill', '--messages', messages - stored));
    stored = messages;
    const begin = performance.now();
    await serve('tinychat', open, async (server) => {
      const start = performance.now() - begin;
      const publish = await load(server, 'publish', '--publishers', 16, '--seconds', 3);
      const pages = await load(server, 'history', '--messages', 64, '--clients', 16, '--seconds', 3);
      rows.push([
        count(messages), start.toFixed(0), publish.cpu_us_per_publish.toFixed(1), count(Math.round(publish.publishes_per_second)),
        pages.cpu_us_per_page.toFixed(0), count(Math.round(pages.pages_per_second)),
      ]);
    });
  }
  printTable(
    'By messages in one room: start to the first connection; 16 clients that publish (`fsync`); 16 that read it page by page from its end',
    ['messages', 'start, ms', 'CPU per publish, µs', 'publishes/s', 'CPU per page, µs', 'pages/s'],
    rows,
  );
}

export async function drawCurves() {
  const machine = describeMachine();
  console.log(`${machine.text}; \`script/bench --curves\``);
  await subscribers();
  await rooms();
  await history();
}
