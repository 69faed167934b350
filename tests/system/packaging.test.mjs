// What is installed beside the program fits the program.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { assertHealthy } from './chat.mjs';
import { run, tempDir, withServer } from './server.mjs';

const packaging = fileURLToPath(new URL('../../packaging', import.meta.url));
const sample = readFileSync(path.join(packaging, 'tinychat.conf.in'), 'utf8');
const options = [...sample.matchAll(/^(?:# )?([a-z-]+) = (.*)$/gm)].map(([, name, value]) => ({ name, value }));

describe('packaging', () => {
  test('each line of the sample configuration can be used', async () => {
    assert.ok(options.length >= 8, `expected options in it, got ${options.length}`);
    const directory = tempDir();
    const own = { data: directory, port: 0 };
    const lines = options
      .filter(({ name }) => name !== 'redis') // there is none
      .map(({ name, value }) => `${name} = ${own[name] ?? value}`);
    const file = path.join(directory, 'tinychat.conf');
    writeFileSync(file, lines.join('\n'));
    await withServer({ args: ['--config', file] }, assertHealthy);
  });

  test('what is commented out there is the default, where there is one', async () => {
    const { stdout } = await run(['--help']);
    const help = stdout.replace(/\s+/g, ' ');
    for (const { name, value } of options) {
      const about = new RegExp(`--${name} .*?(?= --|$)`).exec(help)?.[0];
      assert.ok(about, `expected --${name} in the help`);
      if (['host', 'port', 'drain', 'log-level'].includes(name)) {
        assert.ok(about.includes(`[${value}]`), `expected ${name} = ${value} to be the default, got ${about}`);
      }
    }
  });

  test('the page of the manual has every command, and what it ends with', async () => {
    const manual = readFileSync(path.join(packaging, 'tinychat.1.in'), 'utf8');
    const { stdout } = await run(['--help']);
    const commands = [...stdout.split('\nSubcommands:\n')[1].matchAll(/^ {2}([a-z-]+) /gm)].map(([, name]) => name);
    assert.ok(commands.length >= 3, `expected commands in the help, got ${commands}`);
    for (const command of commands) {
      const word = command.replaceAll('-', '\\\\-');
      assert.match(manual, new RegExp(`^\\.B tinychat ${word}$`, 'm'));
      assert.match(manual, new RegExp(`^\\.BI? ${word}( .*)?$`, 'm'));
      for (const [flag] of (await run([command, '--help'])).stdout.matchAll(/--[a-z]+(?=\s{2})/g)) {
        assert.ok(flag === '--help' || manual.includes(flag.replaceAll('-', '\\-')), `expected ${flag} of ${command}`);
      }
    }
    // Each exit status that src/app/main.cc knows.
    const main = readFileSync(path.join(packaging, '../src/app/main.cc'), 'utf8');
    const status = /\.SH EXIT STATUS\n([^]*?)\.SH/.exec(manual)[1];
    for (const [, code] of main.matchAll(/kExit\w+ = (\d+);/g)) assert.match(status, new RegExp(`\\b${code} `));
  });

  test('the socket is where the program would listen', () => {
    const socket = readFileSync(path.join(packaging, 'systemd/tinychat.socket'), 'utf8');
    const at = (name) => options.find((option) => option.name === name).value;
    assert.match(socket, new RegExp(`^ListenStream=${at('host')}:${at('port')}$`, 'm'));
  });
});
