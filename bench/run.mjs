// Measures tinychat beside the floor (and Nchan, and SQLite alone) and prints a table. script/bench builds what
// this needs and runs it.
import { existsSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

import { drawCurves } from './curves.mjs';
import { describeMachine } from './machine.mjs';
import * as servers from './servers.mjs';
import { evaluate, formatHeading, formatWorkload } from './table.mjs';
import { workloads } from './workloads.mjs';

const usage = `usage: script/bench [--quick] [--json FILE] [--only TEXT] [--rounds N]
       script/bench --curves | --cluster
  --quick       a look in a minute
  --json FILE   every number of every run, as well
  --only TEXT   the workloads whose title holds TEXT
  --rounds N    how often the servers take turns
  --curves      the tables of docs/performance.md instead: costs by subscribers, rooms and history
  --cluster     two nodes on one Redis instead, beside one node and the bare script`;

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        quick: { type: 'boolean', default: false },
        json: { type: 'string' },
        only: { type: 'string' },
        rounds: { type: 'string' },
        curves: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    if (!/^[1-9]\d?$/.test(values.rounds ?? '1')) throw new Error('--rounds takes a number from 1 to 99');
    return values;
  } catch (error) {
    console.error(`bench: ${error.message}\n${usage}`);
    process.exit(2);
  }
}

const options = readOptions();
if (options.help) {
  console.log(usage);
  process.exit(0);
}

const secondsPerRun = options.quick ? 1 : 1.5;
const runSecondsMax = 60;
// On a machine that is slow, or busy, what is left after this is measured once.
const patienceSeconds = 420;

function load(workload, server) {
  const seconds = secondsPerRun * (workload.longer ?? 1);
  const command = [servers.program('bench_load'), ...workload.load.map(String), '--seconds', String(seconds), ...server.arguments];
  return servers.runForJson(servers.onLoadCore(command), runSecondsMax);
}

async function measure(workload, kind) {
  if (kind === 'sqlite') {
    const file = `${servers.freshDirectory()}/floor.db`;
    const command = [servers.program('bench_sqlite'), file, String(workload.rowsPerCommit), String(secondsPerRun)];
    return servers.runForJson(servers.onServerCore(command), runSecondsMax);
  }
  if (workload.isColdStart) return measureColdStart(workload, kind);
  const server = await servers.startServer(kind, workload.journal ? { journal: workload.journal, durability: workload.durability } : {});
  try {
    return await load(workload, server);
  } catch (error) {
    const said = server.errors().trim();
    throw new Error(`${workload.title}, ${kind}: ${error.message}${said ? `\n${kind} says: ${said}` : ''}`);
  } finally {
    await server.stop();
  }
}

// As a user starts it: with its defaults, on all cores, on a data directory that is new at the first start.
async function measureColdStart(workload, kind) {
  const port = await servers.freePort();
  const command =
    kind === 'floor' ? [servers.program('bench_floor'), String(port)] : servers.tinychatCommand(port, { journal: 'sqlite' });
  return servers.runForJson(
    [servers.program('bench_load'), ...workload.load.map(String), '--target', kind, '--port', String(port), '--', ...command],
    runSecondsMax,
  );
}

// The load has to notice what a server does wrong, or none of its numbers is worth anything.
async function checkTheCheck() {
  const few = ['--subscribers', '20', '--publishers', '4', '--undelivered', '8', '--warmup', '200'];
  for (const fault of ['lose', 'double', 'swap']) {
    const server = await servers.startServer('floor', { fault });
    const command = [servers.program('bench_load'), 'fan-out', ...few, ...server.arguments];
    const noticed = await servers.runForJson(servers.onLoadCore(command), runSecondsMax).then(
      () => false,
      (error) => /was delivered/.test(error.message),
    );
    await server.stop();
    if (!noticed) throw new Error(`the check of deliveries is broken: nobody noticed a server told to ${fault} messages`);
  }
}

function printMachine(machine) {
  console.log(machine.text);
  if (machine.load_before > 0.5) console.log(`bench: the machine is busy (load ${machine.load_before.toFixed(1)}): expect noise`);
  if (!servers.hasNchan) console.log('bench: without Nchan; script/bootstrap --bench installs it');
  console.log('150-byte messages; medians of paired runs; ratios are medians of the ratios of pairs\n');
}

async function runMicro() {
  const program = servers.program('bench_micro');
  if (!existsSync(program)) {
    console.log('\nbench: no micro benchmarks; script/bootstrap --bench installs their library');
    return [];
  }
  const command = [program, '--benchmark_format=json', `--benchmark_min_time=${options.quick ? 0.02 : 0.1}`];
  const { benchmarks } = await servers.runForJson(servers.onLoadCore(command), 120);
  console.log('\nonce for each message, ns');
  for (const { name, cpu_time } of benchmarks) console.log(`  ${name.padEnd(40)} ${cpu_time.toFixed(0).padStart(10)}`);
  return benchmarks.map(({ name, cpu_time }) => ({ name, nanoseconds: cpu_time }));
}

function roundsOf(workload) {
  if (options.rounds !== undefined) return Number(options.rounds);
  const isLate = performance.now() > patienceSeconds * 1000;
  return options.quick || isLate ? 1 : (workload.rounds ?? 3);
}

async function main() {
  const chosen = workloads.filter(({ title, quick }) =>
    options.only !== undefined ? title.includes(options.only) : quick || !options.quick,
  );
  if (chosen.length === 0) throw new Error(`no title holds "${options.only}"; they are\n  ${workloads.map(({ title }) => title).join('\n  ')}`);
  const machine = describeMachine();
  printMachine(machine);
  await checkTheCheck();
  console.log(formatHeading());
  const results = [];
  for (const workload of chosen) {
    const rounds = [];
    const kinds = workload.servers.filter((kind) => kind !== 'nchan' || servers.hasNchan);
    const count = roundsOf(workload);
    for (let i = 0; i < count; ++i) {
      const round = {};
      for (const kind of kinds) round[kind] = await measure(workload, kind);
      rounds.push(round);
    }
    const rows = workload.rows.map((row) => evaluate(row, rounds));
    console.log(formatWorkload(workload, rows));
    results.push({ title: workload.title, rows, rounds });
  }
  const micro = options.only === undefined ? await runMicro() : [];
  const missed = results.flatMap(({ rows }) => rows).filter(({ goal }) => goal?.isMet === false).length;
  const judged = results.flatMap(({ rows }) => rows).filter(({ goal }) => goal?.isMet !== undefined).length;
  console.log(`\nevery delivery was checked; ${judged - missed} of ${judged} goals met, in ${Math.round(performance.now() / 1000)} s`);
  if (options.json !== undefined) writeFileSync(options.json, JSON.stringify({ machine, results, micro }, null, 1) + '\n');
}

let isStopping = false;
async function end(code) {
  if (isStopping) return;
  isStopping = true;
  await servers.stopEverything();
  process.exit(code);
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => end(130));

(options.curves ? drawCurves() : main()).then(
  () => end(0),
  (error) => {
    console.error(`bench: FAILED: ${error.message}`);
    return end(1);
  },
);
