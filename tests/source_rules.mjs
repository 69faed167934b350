// The house rules that a machine can check, as functions from a tree of sources to what breaks them. A tree is
// a Map from path ("src/base/clock.h") to text. Each finding is one line: "path:line: what is wrong".
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

// What each folder of src/ may include besides itself. Arrows only point down.
export const folders = {
  base: [],
  wire: ['base'],
  room: ['wire', 'base'],
  redis: ['wire', 'base'],
  journal: ['redis', 'room', 'wire', 'base'],
  net: ['wire', 'base'],
  hub: ['net', 'journal', 'room', 'wire', 'base'],
  api: ['hub', 'net', 'journal', 'room', 'wire', 'base'],
  app: ['api', 'hub', 'net', 'journal', 'redis', 'room', 'wire', 'base'],
};

// Libraries that have one home, so that they can be changed there.
const homes = [
  { library: 'epoll, io_uring, Asio and Beast', header: /^(sys\/epoll\.h|liburing\.h|boost\/(asio|beast))/, home: /^src\/net\//, where: 'in src/net' },
  { library: 'OpenSSL', header: /^openssl\//, home: /^src\/(net|redis)\//, where: 'in src/net and src/redis' },
  { library: 'hiredis', header: /^hiredis\//, home: /^src\/redis\/.*\.cc$/, where: 'in a .cc of src/redis' },
  { library: 'SQLite', header: /^(sqlite3|SQLiteCpp)/, home: /^src\/journal\//, where: 'in src/journal' },
  { library: 'Boost.JSON', header: /^boost\/json/, home: /^src\/wire\/.*\.cc$/, where: 'in a .cc of src/wire' },
  { library: 'spdlog', header: /^spdlog\//, home: /^src\/base\/log\.cc$/, where: 'in src/base/log.cc' },
  { library: 'libsodium', header: /^sodium/, home: /^src\/base\/secret\.cc$/, where: 'in src/base/secret.cc' },
  { library: 'cmark-gfm', header: /^cmark/, home: /^src\/wire\/markdown\.cc$/, where: 'in src/wire/markdown.cc' },
  { library: 'CLI11', header: /^CLI\//, home: /^src\/app\//, where: 'in src/app' },
];

const linesMax = 500;
const toDo = /\bTODO\b(?!\((perf|security|later)\))/; // the kinds a reader can sort by

function* lines(text) {
  let number = 0;
  for (const line of text.split('\n')) yield [++number, line];
}

function checkInclude(path, folder, quoted, header) {
  if (quoted) {
    const target = header.includes('/') ? header.slice(0, header.indexOf('/')) : '';
    if (!(target in folders)) return `"${header}" is not written from src/, as "<folder>/<file>"`;
    if (target !== folder && !folders[folder].includes(target)) {
      return `src/${folder} must not include "${header}": it may include ${[folder, ...folders[folder]].join(', ')}`;
    }
  }
  const rule = homes.find(({ header: pattern, home }) => pattern.test(header) && !home.test(path));
  return rule && `${rule.library} may be included only ${rule.where}`;
}

export function checkLayering(tree) {
  const findings = [];
  for (const [path, text] of tree) {
    const source = /^src\/([^/]+)\/.*\.(h|cc)$/.exec(path);
    if (!source) continue;
    const folder = source[1];
    if (!(folder in folders)) {
      findings.push(`${path}:1: src/${folder} is no folder of the house; they are ${Object.keys(folders).join(', ')}`);
      continue;
    }
    for (const [number, line] of lines(text)) {
      const include = /^\s*#\s*include\s*([<"])([^>"]+)[>"]/.exec(line);
      const wrong = include && checkInclude(path, folder, include[1] === '"', include[2]);
      if (wrong) findings.push(`${path}:${number}: ${wrong}`);
    }
  }
  return findings;
}

export function checkStyle(tree) {
  const findings = [];
  for (const [path, text] of tree) {
    const count = text.split('\n').length - 1;
    if (/^(src|tests)\//.test(path) && count > linesMax) findings.push(`${path}:${linesMax + 1}: ${count} lines; a file has at most ${linesMax}: split it`);
    if (path.endsWith('.h')) {
      if (!text.startsWith('//')) findings.push(`${path}:1: a header begins with what it is for`);
      if (!/^#pragma once$/m.test(text)) findings.push(`${path}:1: #pragma once is missing`);
    }
    // Several files are compiled as one, and helpers of tests have the same names in many.
    const test = /^src\/([^/]+)\/([^/]+_test)\.cc$/.exec(path);
    if (test && !new RegExp(`^namespace (tinychat(::\\w+)?::)?${test[2]} \\{$`, 'm').test(text)) {
      findings.push(`${path}:1: a test is in a namespace of its own, tinychat::${test[1]}::${test[2]}`);
    }
    for (const [number, line] of lines(text)) {
      if (toDo.test(line)) findings.push(`${path}:${number}: a reminder names its kind, (perf), (security) or (later), and its reason`);
    }
  }
  return findings;
}

// The sources below `root` in these folders, without what is installed or generated.
export function readTree(root, directories, extensions = /\.(h|cc|mjs|js|ts|css|html|cmake)$/) {
  const tree = new Map();
  const walk = (relative) => {
    for (const entry of readdirSync(join(root, relative), { withFileTypes: true })) {
      const path = `${relative}/${entry.name}`;
      if (entry.isDirectory()) {
        if (entry.name !== 'node_modules') walk(path);
      } else if (extensions.test(entry.name)) {
        tree.set(path, readFileSync(join(root, path), 'utf8'));
      }
    }
  };
  for (const directory of directories) walk(directory);
  return tree;
}
