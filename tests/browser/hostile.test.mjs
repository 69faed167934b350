// What strangers write cannot do anything to the page: it runs nothing, loads nothing and breaks no layout.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { sharedServer } from '../system/server.mjs';
import { sharedBrowser } from './browser.mjs';
import { chatAt, line, newRoom, ready, rename, write } from './chat_page.mjs';

const browser = sharedBrowser();
const server = sharedServer();
const { addressOf, post, user } = chatAt(() => server.url);

const phone = { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true };

const hostile = {
  'a script': '<script>window.hacked = 1</script>',
  'an event handler': '<img src=x onerror="window.hacked = 1"><svg onload="window.hacked = 1">',
  'a javascript: link': '[click](javascript:window.hacked=1) <javascript:window.hacked=1> [x](JaVaScRiPt:window.hacked=1)',
  'a data: link': '[click](data:text/html,<script>window.hacked=1</script>) ![x](data:image/svg+xml,<svg/>)',
  'a link out of its quotes': '[x](https://example.org/"onmouseover="window.hacked=1) <https://a.b/"onclick="x>',
  'an image of elsewhere': '![x](https://example.org/track.png)',
  'markup that never ends': '**bold _and `code [link](https://example.org "',
  'a form and a frame': '<form action="https://example.org"><input name=password></form><iframe src="//example.org"></iframe>',
  'a style': '<style>*{display:none}</style><p style="position:fixed;inset:0">over all</p>',
  'ids and classes of the page': '<div id="text" class="app">not mine</div>',
  'quotes 8,000 deep': '>'.repeat(8000) + ' deep',
  'emphasis 4,000 deep': '*'.repeat(4000) + 'deep' + '*'.repeat(4000),
  'brackets 4,000 deep': '['.repeat(4000) + 'x' + ']'.repeat(4000),
  'a list 200 deep': Array.from({ length: 80 }, (_, i) => `${' '.repeat(i)}- x`).join('\n'),
  'right-to-left overrides': 'safe\u202e\u2066txt.exe\u202etfel-ot-thgir',
  'piles of marks': 'z' + '\u0300\u0316\u0489'.repeat(600) + 'algo',
  'a line of 8 KiB without a space': 'W'.repeat(8000),
  'a word of 8 KiB as code': '`' + 'W'.repeat(7000) + '`',
  'a block of code 7 KiB wide': '```\n' + 'W'.repeat(7000) + '\n```',
  'a table 300 wide': `|${'W|'.repeat(300)}\n|${'-|'.repeat(300)}\n|${'w|'.repeat(300)}`,
  'a heading': '# THE END',
};

// What reaches out of the window or of the row it is in.
const overflows = () => {
  const wide = ['html', 'main', '#scroll', '#messages', '#composer', '#drawer'].filter((name) => {
    const it = document.querySelector(name);
    return it.scrollWidth > it.clientWidth + 1;
  });
  const out = [...document.querySelectorAll('#messages li')].filter((li) => li.getBoundingClientRect().right > innerWidth + 1);
  return [...wide, ...out.map((li) => li.innerText.slice(0, 40))];
};

async function isHarmless(page, count) {
  await page.locator('#messages li').nth(count - 1).waitFor();
  assert.equal(await page.evaluate(() => window.hacked), undefined);
  assert.equal(await page.locator('#messages :is(script, img, svg:not(.actions svg), style, form, input, iframe, [style], [onclick], [onerror])').count(), 0);
  const links = await page.$$eval('#messages .text a', (all) => all.map((a) => [a.protocol, a.rel, a.target]));
  for (const [protocol, rel, target] of links) {
    assert.ok(['http:', 'https:', 'mailto:'].includes(protocol), protocol);
    assert.match(rel, /noopener.*nofollow/);
    assert.equal(target, '_blank');
  }
  assert.deepEqual(await page.evaluate(overflows), []);
}

describe('hostile text', () => {
  test('is harmless, and breaks neither a wide page nor a phone’s', async () => {
    const room = newRoom();
    const mallory = await user('<b onclick=alert(1)>mallory</b>\u202e');
    for (const text of Object.values(hostile)) await mallory.post(room, text);
    await post(room, '<script>window.hacked = 1</script>', { sender: '<img src=x onerror="window.hacked = 1">' });
    const count = Object.keys(hostile).length + 1;
    for (const options of [{}, phone]) {
      const requests = [];
      const page = await browser.open(addressOf(room), {
        ...options,
        prepare: (opening) => opening.on('request', (request) => requests.push(request.url())),
      });
      await ready(page);
      await isHarmless(page, count);
      assert.deepEqual(requests.filter((url) => !url.startsWith(server.url) && !url.startsWith('data:')), []);
      // One row does not reach into the next.
      const piles = line(page, 'algo');
      assert.equal(await piles.evaluate((it) => getComputedStyle(it).overflowY), 'clip');
      // And it can still be written below all this.
      await write(page, 'still here');
      await line(page, 'still here').first().waitFor();
    }
  });

  test('as a name, a topic and a room breaks nothing', async () => {
    const room = `${newRoom()}-${'W'.repeat(90)}`;
    const page = await ready(await browser.open(addressOf(room), phone));
    await rename(page, `${'M'.repeat(100)}`);
    await write(page, `/topic ${'T'.repeat(200)}<script>`);
    await page.locator('#topic', { hasText: 'TTT' }).waitFor();
    await write(page, 'hi');
    await line(page, 'hi').waitFor();
    assert.deepEqual(await page.evaluate(overflows), []);
    await page.click('#menu');
    await page.locator('#drawer a.current').waitFor();
    assert.deepEqual(await page.evaluate(overflows), []);
    await page.keyboard.press('Escape');
    for (const opener of ['#about', '#people']) {
      await page.click(opener);
      const { width, inner } = await page.$eval('dialog', (it) => ({ width: it.scrollWidth - it.clientWidth, inner: it.getBoundingClientRect().right - innerWidth }));
      assert.ok(width <= 1 && inner <= 0, `${opener}: ${width} ${inner}`);
      await page.keyboard.press('Escape');
      await page.locator('dialog').waitFor({ state: 'detached' });
    }
  });

  test('that gets past the server is held back by the page', async () => {
    const room = newRoom();
    await post(room, 'first');
    const deep = '<div><blockquote>'.repeat(10_000) + 'deep' + '</blockquote></div>'.repeat(10_000);
    const html = [
      '<script>window.hacked = 1</script><img src=x onerror="window.hacked = 1">',
      '<a href="javascript:window.hacked = 1" onclick="window.hacked = 1">one</a><a href="data:text/html,x">two</a>',
      '<p style="position:fixed" class="app" id="text">styled</p><iframe srcdoc="<script>parent.hacked=1</script>"></iframe>',
      '<svg><script>window.hacked = 1</script></svg><math><mtext><style><img src=x onerror="window.hacked = 1"></style></mtext></math>',
      '<form action="/x"><button formaction="javascript:window.hacked=1">go</button></form><base href="//example.org">',
      deep,
    ];
    const page = await browser.open(addressOf(room), {
      policyHolds: true,
      prepare: (opening) =>
        opening.route('**/messages?*', async (route) => {
          const answer = await route.fetch();
          const body = await answer.json();
          const [message] = body.messages;
          body.messages = html.map((markup, i) => ({ ...message, id: `${1000 + i}-0`, text: `source ${i}`, html: markup }));
          await route.fulfill({ response: answer, json: body });
        }),
    });
    await ready(page);
    await isHarmless(page, html.length);
    assert.equal(await page.locator('#messages #text, #messages .app').count(), 0);
    await line(page, 'deep').waitFor();
    const depth = await line(page, 'deep').evaluate((it) => {
      let most = 0;
      for (const one of it.querySelectorAll('*')) {
        let own = 0;
        for (let up = one; up !== it; up = up.parentElement) own++;
        most = Math.max(most, own);
      }
      return most;
    });
    assert.ok(depth < 30, `${depth} levels`);
  });
});
