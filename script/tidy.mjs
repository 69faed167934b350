// Runs clang-tidy over the sources of src/ (not their tests), as the release build compiles them, on all cores.
// A file that was clean is looked at again only when it, a header of ours that it includes, its compile command,
// the checks or clang-tidy itself have changed: its stamp in build/lint is named by a hash of all of these.
//
//   node script/tidy.mjs [part of a path…]
import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const tool = 'clang-tidy-19';
const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const stamps = join(root, 'build/lint/stamps');
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

// Without the precompiled header, which is GCC's own and would hide an #include that is missing.
const database = join(root, 'build/lint');
const commands = JSON.parse(readFileSync(join(root, 'build/release/compile_commands.json'), 'utf8')).map((entry) => ({
  ...entry,
  command: entry.command.replace(/ -Winvalid-pch| -include \S*cmake_pch\.hxx/g, ''),
}));
mkdirSync(stamps, { recursive: true });
writeFileSync(join(database, 'compile_commands.json'), JSON.stringify(commands));

// Clang takes the newest GCC it finds, which need not be the one that compiles; its headers are what counts.
const gcc = dirname(execFileSync('g++', ['-print-libgcc-file-name'], { encoding: 'utf8' }).trim());
const common = [
  '--quiet',
  '-p',
  database,
  `--extra-arg=--gcc-install-dir=${gcc}`,
  '--extra-arg=-Wno-unknown-warning-option', // GCC's own warnings in the compile commands
  '--extra-arg=-Wno-deprecated-declarations', // in libstdc++'s own headers
];
const setting = [
  execFileSync(tool, ['--version'], { encoding: 'utf8' }),
  readFileSync(join(root, '.clang-tidy'), 'utf8'),
  ...common,
].join('\n');

const jobs = commands
  .map(({ file, command }) => ({ file, command, name: relative(root, file) }))
  .filter(({ name }) => name.startsWith('src/') && !name.endsWith('_test.cc'))
  .filter(({ name }) => wanted.length === 0 || wanted.some((part) => name.includes(part)))
  .map((job) => {
    const hash = createHash('sha256').update(setting).update(job.command);
    for (const path of [...closure(job.file)].sort()) hash.update(`\0${path}\0`).update(read(path));
    return { ...job, stamp: hash.digest('hex') };
  });

const old = new Set(readdirSync(stamps));
// The longest first, so that the cores end together: those that include Beast, in src/net.
const weight = ({ file, name }) => read(file).length + (name.startsWith('src/net/') ? 1e6 : 0);
const queue = jobs.filter(({ stamp }) => !old.has(stamp)).sort((a, b) => weight(b) - weight(a));
const total = queue.length;
let failures = 0;

// What clang-tidy printed, without what it has said before: a finding in a header comes once for every file
// that includes it.
const said = new Set();
function news(output) {
  return output
    .split(/^(?=\S+:\d+:\d+: (?:error|warning): )/m)
    .filter((finding) => !said.has(finding) && said.add(finding))
    .join('');
}

function run(file) {
  return new Promise((resolve) => {
    const output = [];
    const errors = []; // how many warnings were suppressed; else what keeps clang-tidy from working
    const child = spawn(tool, [...common, file], { cwd: root });
    child.stdout.on('data', (chunk) => output.push(chunk));
    child.stderr.on('data', (chunk) => errors.push(chunk));
    child.on('close', (code) => resolve({ code, text: String(Buffer.concat(output.length ? output : errors)) }));
  });
}

async function worker() {
  for (let job = queue.shift(); job; job = queue.shift()) {
    const { code, text } = await run(job.file);
    if (code === 0) {
      writeFileSync(join(stamps, job.stamp), `${job.name}\n`);
    } else {
      failures += 1;
      process.stdout.write(`${job.name}: findings\n${news(text)}`);
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
console.log(`clang-tidy: ${jobs.length} files, ${total} of them looked at in ${seconds} s, ${failures} with findings`);
process.exit(failures === 0 ? 0 : 1);
