// Runs clang-tidy over src/ without its tests, each folder as one translation unit: most of its time goes to the
// libraries' headers, once for each check, and so they are walked once for each folder. That names of one file do not
// collide with another's of the folder, as the builds need it, is checked on the way; that a file includes what it
// uses, by looking at each alone, with the few checks that only see the main file of a unit.
//
// What was clean is looked at again only when it, a header of ours that it includes, its flags, the checks or the
// tools have changed: its stamp in build/lint is named by a hash of all of these.
//
//   node script/tidy.mjs [folder of src…]
import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const lint = join(root, 'build/lint');
const stamps = join(lint, 'stamps');
const wanted = process.argv.slice(2);

const contents = new Map();
function read(path) {
  if (!contents.has(path)) contents.set(path, existsSync(path) ? readFileSync(path, 'utf8') : '');
  return contents.get(path);
}

// `path` and all of our headers below it, each once. A header that is generated is not in src/ and is left out.
function closure(path, seen = new Set()) {
  if (seen.has(path) || !existsSync(path)) return seen;
  seen.add(path);
  for (const [, header] of read(path).matchAll(/^\s*#\s*include\s*"([^"]+)"/gm)) closure(join(root, 'src', header), seen);
  return seen;
}

// Clang takes the newest GCC it finds, which need not be the one that compiles; its headers are what counts.
const gcc = dirname(execFileSync('g++', ['-print-libgcc-file-name'], { encoding: 'utf8' }).trim());

// What a folder is compiled with in the release build, as far as it changes what the text means.
const commands = JSON.parse(readFileSync(join(root, 'build/release/compile_commands.json'), 'utf8'));
function flagsOf(folder) {
  const entry = commands.find(({ command }) => command.includes(`/tinychat_${folder}.dir/`));
  const words = entry.command.match(/(?:\\.|\S)+/g).map((word) => word.replace(/\\(.)/g, '$1'));
  const flags = words.filter((word) => /^-(D|I|O|std=)/.test(word));
  words.forEach((word, i) => word === '-isystem' && flags.push('-isystem', words[i + 1]));
  return [...flags, `--gcc-install-dir=${gcc}`, '-Wno-deprecated-declarations']; // the latter: in libstdc++'s own headers
}

const tool = 'clang-tidy-19';
const quiet = ['--quiet', `--config-file=${join(root, '.clang-tidy')}`];
const mainFileChecks = 'misc-unused-using-decls,misc-unused-alias-decls,modernize-deprecated-headers,clang-diagnostic-unused-const-variable';
const setting = [execFileSync(tool, ['--version'], { encoding: 'utf8' }), ...['.clang-tidy', 'script/tidy.mjs'].map((path) => read(join(root, path)))];

function job(name, sources, folder, words) {
  const command = [...words, ...flagsOf(folder), '-Wall', '-Wextra', '-Wunused-const-variable'];
  const stamp = () => {
    const hash = createHash('sha256').update(JSON.stringify([name, setting, command]));
    const paths = new Set(sources.flatMap((source) => [...closure(source)]));
    for (const path of [...paths].sort()) hash.update(`\0${path}\0`).update(read(path));
    return hash.digest('hex');
  };
  return { name, command, stamp: stamp(), stampNow: stamp };
}

function jobsOf(folder) {
  const sources = readdirSync(join(root, 'src', folder))
    .filter((name) => name.endsWith('.cc') && !name.endsWith('_test.cc'))
    .map((name) => join(root, 'src', folder, name));
  if (sources.length === 0) return [];
  const unit = join(lint, `${folder}.cc`);
  writeFileSync(unit, sources.map((source) => `#include "${source}"\n`).join(''));
  return [
    job(`src/${folder}`, sources, folder, [...quiet, '--checks=-bugprone-suspicious-include', unit, '--']),
    ...sources.map((source) => job(relative(root, source), [source], folder, [...quiet, `--checks=-*,${mainFileChecks}`, source, '--'])),
  ];
}

function run(words) {
  return new Promise((resolve) => {
    const output = [];
    const errors = []; // of clang-tidy: how many warnings were suppressed; else what keeps it from working
    const child = spawn(tool, words, { cwd: root });
    child.stdout.on('data', (chunk) => output.push(chunk));
    child.stderr.on('data', (chunk) => errors.push(chunk));
    child.on('close', (code) => resolve({ code, text: String(Buffer.concat(output.length ? output : errors)) }));
  });
}

// What was printed, without what was said before: a finding in a header comes once for every folder that includes it.
const said = new Set();
function news(output) {
  return output
    .split(/^(?=\S+:\d+:\d+: (?:error|warning): )/m)
    .filter((finding) => !said.has(finding) && said.add(finding))
    .join('');
}

mkdirSync(stamps, { recursive: true });
const folders = readdirSync(join(root, 'src'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);
const unknown = wanted.find((name) => !folders.includes(name));
if (unknown !== undefined) {
  console.error(`clang-tidy: src has no folder ${unknown}; it has ${folders.join(', ')}`);
  process.exit(2);
}
const jobs = (wanted.length > 0 ? wanted : folders).flatMap(jobsOf);
const old = new Set(readdirSync(stamps));
// The longest first, so that the cores end together.
const weight = ({ name }) => (name.endsWith('.cc') ? 0 : 1);
const queue = jobs.filter(({ stamp }) => !old.has(stamp)).sort((a, b) => weight(b) - weight(a));
const total = queue.length;
let failures = 0;

async function worker() {
  for (let next = queue.shift(); next; next = queue.shift()) {
    const { code, text } = await run(next.command);
    if (code === 0) {
      // Of what was edited meanwhile it is not known which text was looked at.
      contents.clear();
      if (next.stampNow() === next.stamp) writeFileSync(join(stamps, next.stamp), `${next.name}\n`);
    } else {
      failures += 1;
      process.stdout.write(`${next.name}: findings\n${news(text)}`);
    }
  }
}

const began = Date.now();
await Promise.all(cpus().map(worker));
if (wanted.length === 0) {
  const current = new Set(jobs.map(({ stamp }) => stamp));
  for (const stamp of old) if (!current.has(stamp)) rmSync(join(stamps, stamp));
}
const seconds = Math.round((Date.now() - began) / 1000);
console.log(`clang-tidy: ${jobs.length} steps, ${total} of them done in ${seconds} s, ${failures} with findings`);
process.exit(failures === 0 ? 0 : 1);
