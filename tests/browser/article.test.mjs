// A page as one wrote it in 2013 (scripts in the page, markup put together from strings) works unchanged, from
// the server's own origin and from another one on the allow-list.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, describe, test } from 'node:test';

import { startServer } from '../system/server.mjs';
import { sharedBrowser } from './browser.mjs';

const pageFor = (base) => `<!DOCTYPE html>
<html><head><meta charset="utf-8"><title>Chat</title></head>
<body>
<p id="visitors"></p>
<div id="talk"></div>
<form><input id="who"><input id="what"><button>Say it</button></form>
<script>
var talk = document.getElementById('talk'), posts = [];
var stream = new EventSource('${base}/subscribe/everyone');
stream.addEventListener('message', function(event) {
  var said = JSON.parse(event.data);
  talk.innerHTML += '<p><b>' + said.sender + '</b>: <span>' + said.message + '</span></p>';
});
stream.addEventListener('userJoined', function(event) {
  document.getElementById('visitors').textContent += JSON.parse(event.data).username + ' is here. ';
});
document.forms[0].onsubmit = function() {
  var request = new XMLHttpRequest();
  request.open('POST', '${base}/everyone');
  request.setRequestHeader('Content-Type', 'application/x-www-form-urlencoded; charset=UTF-8');
  request.onloadend = function() { posts.push(request.status + ':' + request.responseText); };
  request.send('sender=' + encodeURIComponent(document.getElementById('who').value) +
    '&message=' + encodeURIComponent(document.getElementById('what').value));
  document.getElementById('what').value = '';
  return false;
};
</script>
</body></html>`;

const browser = sharedBrowser();
let server;
let elsewhere; // serves the page from another origin
let port;

before(async () => {
  elsewhere = createServer((request, response) => {
    response.setHeader('Content-Type', 'text/html');
    response.end(pageFor(server.url));
  });
  await new Promise((resolve) => elsewhere.listen(0, '127.0.0.1', resolve));
  port = elsewhere.address().port;
  server = await startServer({ args: ['--allow-origin', `http://localhost:${port}`] });
});
after(async () => {
  elsewhere?.closeAllConnections();
  elsewhere?.close();
  await server?.stop();
});

const opened = (page) => page.waitForFunction(() => stream.readyState === EventSource.OPEN);

async function say(page, who, what) {
  const count = await page.evaluate(() => posts.length);
  await page.fill('#who', who);
  await page.fill('#what', what);
  await page.click('button');
  await page.waitForFunction((n) => posts.length > n, count);
  return page.evaluate(() => posts.at(-1));
}

async function chats(page) {
  await opened(page);
  assert.equal(await say(page, 'mason', 'hi & <b>'), '200:');
  await page.locator('#talk p').nth(0).waitFor();
  assert.equal(await page.locator('#talk p').nth(0).innerText(), 'mason: hi & <b>');

  const evil = '<img src=x onerror="window.hacked = 1">';
  assert.equal(await say(page, `<i>'eve'</i>`, evil), '200:');
  await page.locator('#talk p').nth(1).waitFor();
  assert.equal(await page.locator('#talk p').nth(1).innerText(), `<i>'eve'</i>: ${evil}`);
  assert.equal(await page.locator('#talk :is(img, i)').count(), 0);
  assert.equal(await page.evaluate(() => window.hacked), undefined);

  const visitor = new AbortController();
  await fetch(`${server.url}/subscribe/everyone?name=grace`, { signal: visitor.signal });
  await page.locator('#visitors', { hasText: 'grace is here.' }).waitFor();
  visitor.abort();
}

describe('a page of 2013', () => {
  test('chats from the same origin', async () => {
    const address = `${server.url}/chat-of-2013`;
    const page = await browser.open(address, {
      prepare: (opening) =>
        opening.route(address, (route) => route.fulfill({ contentType: 'text/html', body: pageFor('') })),
    });
    await chats(page);
  });

  test('chats from an origin on the allow-list', async () => {
    await chats(await browser.open(`http://localhost:${port}/`));
  });

  test('reads nothing from an origin that is not on it', async () => {
    const page = await browser.open(`http://127.0.0.1:${port}/`);
    await page.waitForFunction(() => stream.readyState === EventSource.CLOSED);
    assert.equal(await say(page, 'mallory', 'hello'), '0:');
    assert.equal(await page.locator('#talk p').count(), 0);
  });
});
