// A file system of a few megabytes, for tests that fill it: a tmpfs in a mount namespace of its own, which is gone
// with the process that holds it.
import { spawn, spawnSync } from 'node:child_process';
import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import path from 'node:path';

import { keepForExit, tempDir } from './server.mjs';
import { until } from './until.mjs';

// Why there can be none here, or false.
export function whyNoSmallDisk() {
  const tried = spawnSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt'], { encoding: 'utf8' });
  if (tried.status === 0) return false;
  return `no file system can be mounted here: ${(tried.error?.message ?? tried.stderr).trim()}`;
}

export class SmallDisk {
  static async mount(megabytes) {
    const disk = new SmallDisk();
    disk.path = tempDir();
    const script = 'mount -t tmpfs -o size="$1"m,mode=700 tmpfs "$2" && echo mounted && exec cat';
    disk.holder = spawn('unshare', ['-m', 'sh', '-c', script, 'sh', String(megabytes), disk.path], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    keepForExit(disk.holder);
    let said = '';
    disk.holder.stdout.on('data', (text) => (said += text));
    await until(() => said === 'mounted\n', 5000, 'a small file system');
    for (const handle of [disk.holder, disk.holder.stdin, disk.holder.stdout]) handle.unref();
    return disk;
  }

  // What a program is started with that is to see it.
  get wrap() {
    return ['nsenter', '--mount', `--target=${this.holder.pid}`, '--'];
  }

  // A path on it, as this process sees it.
  seen(name) {
    return path.join(`/proc/${this.holder.pid}/root`, this.path, name);
  }

  // To the last byte.
  fill() {
    const fd = openSync(this.seen('ballast'), 'a');
    try {
      for (const bytes of [65_536, 4096, 1]) {
        for (const block = Buffer.alloc(bytes, 1); writeSync(fd, block) === bytes; );
      }
    } catch (error) {
      if (error.code !== 'ENOSPC') throw error;
    } finally {
      closeSync(fd);
    }
  }

  makeRoom() {
    rmSync(this.seen('ballast'), { force: true });
  }

  unmount() {
    this.holder.kill('SIGKILL');
  }
}
