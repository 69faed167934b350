// The sources keep the house rules: folders include only what lies below them, libraries stay in their homes.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { checkLayering, checkStyle, folders, readTree } from './source_rules.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const tree = (files) => new Map(Object.entries(files));
const header = (text) => `// For the test.\n#pragma once\n${text}`;

test('an include that points up is refused, with its place', () => {
  assert.deepEqual(
    checkLayering(tree({ 'src/room/room_log.h': header('#include "room/event.h"\n#include "hub/shard.h"\n') })),
    ['src/room/room_log.h:4: src/room must not include "hub/shard.h": it may include room, wire, base'],
  );
});

test('neighbours do not see each other', () => {
  assert.equal(checkLayering(tree({ 'src/net/listener.cc': '#include "journal/journal.h"\n' })).length, 1);
  assert.equal(checkLayering(tree({ 'src/journal/memory_journal.cc': '#include "net/http.h"\n' })).length, 1);
});

test('includes that point down or stay are fine', () => {
  assert.deepEqual(
    checkLayering(
      tree({
        'src/app/main.cc': '#include <CLI/CLI.hpp>\n#include "api/routes.h"\n#include "base/result.h"\n',
        'src/hub/shard.cc': '#include "hub/shard.h"\n\n#include <vector>\n\n#include "net/http.h"\n',
        'src/net/listener.cc': '#include <boost/asio/ip/tcp.hpp>\n#include "net/listener.h"\n',
      }),
    ),
    [],
  );
});

test('the table itself has no circle', () => {
  const order = Object.keys(folders);
  for (const [folder, below] of Object.entries(folders)) {
    for (const other of below) assert.ok(order.indexOf(other) < order.indexOf(folder), `${folder} -> ${other}`);
  }
});

for (const [path, include] of [
  ['src/hub/shard.cc', '<boost/asio/io_context.hpp>'],
  ['src/wire/http_head.cc', '<boost/beast/http/parser.hpp>'],
  ['src/api/tls.cc', '<openssl/ssl.h>'],
  ['src/app/main.cc', '<sqlite3.h>'],
  ['src/room/room_log.cc', '<SQLiteCpp/SQLiteCpp.h>'],
  ['src/api/messages.cc', '<boost/json.hpp>'],
  ['src/wire/json.h', '<boost/json/value.hpp>'],
  ['src/base/log.h', '<spdlog/spdlog.h>'],
  ['src/api/me.cc', '<sodium.h>'],
  ['src/room/rendered_event.cc', '<cmark-gfm.h>'],
  ['src/api/options.cc', '<CLI/App.hpp>'],
  ['src/net/listener.cc', '"listener.h"'],
  ['src/tools/thing.cc', '<vector>'],
]) {
  test(`${path} must not include ${include}`, () => {
    const text = `#include ${include}\n`;
    assert.equal(checkLayering(tree({ [path]: path.endsWith('.h') ? header(text) : text })).length, 1);
  });
}

test('long files, bare reminders and careless headers are found', () => {
  const reminder = 'TO' + 'DO';
  assert.deepEqual(checkStyle(tree({ 'src/base/a.cc': `// ${reminder}(perf): one copy less\n`, 'src/base/b.h': header('') })), []);
  assert.equal(checkStyle(tree({ 'src/base/a.cc': `// ${reminder}: later\n` })).length, 1);
  assert.equal(checkStyle(tree({ 'src/base/a.cc': `// ${reminder}(soon): x\n` })).length, 1);
  assert.equal(checkStyle(tree({ 'src/base/a.cc': 'int x;\n'.repeat(500) })).length, 0);
  assert.equal(checkStyle(tree({ 'src/base/a.cc': 'int x;\n'.repeat(501) })).length, 1);
  assert.equal(checkStyle(tree({ 'src/base/a.h': '#pragma once\n' })).length, 1);
  assert.equal(checkStyle(tree({ 'src/base/a.h': '// For the test.\n' })).length, 1);
});

test('a test has a namespace of its own', () => {
  const check = (text) => checkStyle(tree({ 'src/base/a_test.cc': text })).length;
  assert.equal(check('namespace tinychat::a_test {\n'), 0);
  assert.equal(check('namespace tinychat::base::a_test {\n'), 0);
  assert.equal(check('namespace tinychat::base {\nnamespace a_test {\n'), 0);
  assert.equal(check('namespace tinychat::base {\nnamespace {\n'), 1);
});

test('the sources of tinychat keep the rules', () => {
  const directories = ['src', 'tests', 'web', 'cmake', 'bench', 'fuzz'].filter((name) => existsSync(join(root, name)));
  const sources = readTree(root, directories);
  assert.ok(sources.has('src/base/result.h'), 'the sources were found');
  assert.deepEqual([...checkLayering(sources), ...checkStyle(sources)], []);
});
