// What numbers were measured on.
import { execFileSync } from 'node:child_process';
import { cpus, loadavg, release, totalmem } from 'node:os';

import { coreCount } from './servers.mjs';

export function describeMachine() {
  const git = (...words) => execFileSync('git', words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  let commit = 'unknown';
  try {
    commit = git('rev-parse', '--short', 'HEAD') + (git('status', '--porcelain') === '' ? '' : ' with changes');
  } catch {
    // No git, or no repository: a tarball.
  }
  const machine = {
    date: new Date().toISOString().slice(0, 10),
    commit,
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: coreCount,
    memory_gib: Math.round(totalmem() / 2 ** 30),
    kernel: release(),
    load_before: loadavg()[0],
  };
  const { date, cpu, cores, memory_gib: memory, kernel } = machine;
  return { ...machine, text: `${date}, commit ${commit}; ${cpu}, ${cores} cores, ${memory} GiB, Linux ${kernel}` };
}
