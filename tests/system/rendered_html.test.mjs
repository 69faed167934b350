// The HTML that is made of messages, read again as browsers read HTML: nothing is in it but elements, attributes
// and addresses of a list, and reading it changes nothing. What pages of 2013 put into themselves is text alone.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { freshRoom, messagesPath } from './chat.mjs';
import { hostileMarkdown } from './hostile_markdown.mjs';
import { sharedServer } from './server.mjs';
import { EventStream } from './sse.mjs';
import { until } from './until.mjs';
import { Connection, format } from './wire.mjs';

const { parseFragment, serialize } = await import('parse5');

// Each element with its attributes, and what these may be.
const token = /^language-[^ \t\r\n\f\0]*$/;
const allowed = {
  ...Object.fromEntries(['p', 'br', 'hr', 'strong', 'em', 'del', 'pre', 'blockquote', 'ul', 'li'].map((name) => [name, {}])),
  ...Object.fromEntries([1, 2, 3, 4, 5, 6].map((level) => [`h${level}`, {}])),
  ol: { start: /^\d{1,9}$/ },
  code: { class: token },
  span: { class: /^mention$/, 'data-name': /^[^\0-\x1f]+$/ },
  a: { href: /^(https?:\/\/|mailto:)/i, rel: /^noopener nofollow ugc$/, target: /^_blank$/ },
};

// What is wrong with how it is written. (Controls and code points that are no characters are text like any other,
// and the standard calls them errors.)
const harmless = new Set(['control-character-in-input-stream', 'noncharacter-in-input-stream', 'missing-doctype']);
function parse(html) {
  const errors = [];
  const tree = parseFragment(html, {
    onParseError: ({ code }) => {
      if (!harmless.has(code)) errors.push(code);
    },
  });
  return { tree, errors };
}

function* nodes(parent) {
  for (const node of parent.childNodes ?? []) {
    yield node;
    yield* nodes(node);
  }
}

const depthOf = (node) => (node.parentNode ? 1 + depthOf(node.parentNode) : 0);

function checkTree(tree) {
  for (const node of nodes(tree)) {
    if (node.nodeName === '#text') continue;
    const attributes = allowed[node.tagName];
    assert.ok(attributes, `the element ${node.nodeName}`);
    assert.equal(node.namespaceURI, 'http://www.w3.org/1999/xhtml');
    assert.ok(depthOf(node) <= 40, 'elements nested without end');
    for (const { name, value } of node.attrs) {
      assert.match(value, attributes[name] ?? /[]/, `the attribute ${name} of ${node.tagName}`);
    }
    if (node.tagName !== 'a') continue;
    assert.equal(node.attrs.length, 3, 'a link with all its attributes');
    // As a browser would go there; what it cannot read it does not follow.
    let address = null;
    try {
      address = new URL(node.attrs.find(({ name }) => name === 'href').value);
    } catch {
      continue;
    }
    assert.ok(['http:', 'https:', 'mailto:'].includes(address.protocol), `the address ${address}`);
    for (let up = node.parentNode; up; up = up.parentNode) assert.notEqual(up.tagName, 'a', 'a link in a link');
  }
}

function checkHtml(html) {
  assert.ok(Buffer.byteLength(html) <= 32 * 1024, 'HTML within its bound');
  const { tree, errors } = parse(html);
  assert.deepEqual(errors, [], 'HTML that parses without errors');
  checkTree(tree);
  // Markup that means something else the second time is how a filter is led astray.
  const again = parse(serialize(tree));
  assert.equal(serialize(again.tree), serialize(tree), 'the same when it is read twice');
  checkTree(again.tree);
}

// A NUL, which the other dialect has as U+FFFD, is passed over here.
function checkText(html, what) {
  const { tree, errors } = parse(html);
  assert.deepEqual(
    errors.filter((code) => code !== 'unexpected-null-character'),
    [],
    `${what}: text without errors`,
  );
  for (const node of nodes(tree)) assert.equal(node.nodeName, '#text', what);
}

// Publishes them over one connection. The ids of those that were taken, in their order.
async function publishAll(server, room, texts) {
  const connection = await Connection.open(server);
  const ids = new Map();
  for (const [name, text] of texts) {
    const body = JSON.stringify({ sender: `<b>"'&${name.length}</b>`, text });
    const headers = { 'Content-Type': 'application/json' };
    await connection.send(format('POST', messagesPath(room), { headers, body }));
    const answer = await connection.response();
    assert.equal(answer.status, 201, `${name}: ${answer.text}`);
    ids.set(answer.json().id, name);
  }
  connection.destroy();
  return ids;
}

async function readAll(server, target, count) {
  const events = [];
  const stream = await EventStream.open(server, target, {
    onEvent: (event) => event.id !== undefined && event.event === 'message' && events.push(event),
  });
  await until(() => events.length >= count, 10_000, () => `${count} messages, got ${events.length}`, stream.wake);
  stream.drop();
  return events;
}

describe('HTML that is made of messages', () => {
  const server = sharedServer();
  const texts = [...hostileMarkdown()];

  test('holds nothing but what is on the list', async () => {
    assert.ok(texts.length > 1000);
    const room = freshRoom();
    const ids = await publishAll(server, room, texts);
    assert.equal(ids.size, texts.length);
    let rendered = 0;
    for (const { id, data } of await readAll(server, `/api/v1/events?room=${room}&since=1-0`, texts.length)) {
      const { html } = JSON.parse(data);
      if (html === undefined) continue;
      rendered += 1;
      try {
        checkHtml(html);
      } catch (error) {
        throw new Error(`${ids.get(id)}: ${error.message} in ${html.slice(0, 2000)}`);
      }
    }
    assert.ok(rendered > texts.length / 2, `expected most to be rendered, ${rendered} of ${texts.length} were`);
    for (const { id, data } of await readAll(server, `/subscribe/${room}?since=1-0`, texts.length)) {
      const { sender, message } = JSON.parse(data);
      checkText(sender, `the sender of ${ids.get(id)}`);
      checkText(message, ids.get(id));
    }
  });

  test('what is not UTF-8 is refused, and tells where', async () => {
    const room = freshRoom();
    for (const bytes of ['\xc3', '*\xff*', '\xc0\xbcscript\xc0\xbe', '\xed\xa0\x80', '\xf4\x90\x80\x80', '**a\xe2\x80**', '\x80<b>']) {
      for (const [type, before, behind] of [
        ['application/json', '{"sender":"x","text":"', '"}'],
        ['text/plain', '', ''],
      ]) {
        const target = type === 'text/plain' ? `/${room}` : messagesPath(room);
        const connection = await Connection.open(server);
        const body = Buffer.from(before + bytes + behind, 'latin1');
        await connection.send(format('POST', target, { headers: { 'Content-Type': type }, body }));
        const answer = await connection.response();
        assert.equal(answer.status, 400, JSON.stringify(bytes));
        assert.match(answer.text, /UTF-8/);
        connection.destroy();
      }
    }
  });
});
