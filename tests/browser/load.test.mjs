// The first load: few bytes, soon usable on a cheap phone, installable; and what there is without scripts.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { sharedServer } from '../system/server.mjs';
import { until } from '../system/until.mjs';
import { sharedBrowser } from './browser.mjs';
import { chatAt, newRoom, ready } from './chat_page.mjs';

const browser = sharedBrowser();
const server = sharedServer();
const { addressOf, post, postMany } = chatAt(() => server.url);
const phone = { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true };

const firstLoadMax = 60 * 1024; // bytes, over the network, answers of the interface and all

describe('the first load', () => {
  test('is small, and fetches nothing it does not need', async () => {
    const room = newRoom();
    await postMany(room, 100, (i) => `message ${i} of a room with some history`);
    let bytes = 0;
    const paths = new Set();
    const person = await browser.person({ serviceWorkers: 'allow' });
    const page = await person.open(addressOf(room), async (opening) => {
      const control = await person.context.newCDPSession(opening);
      await control.send('Network.enable');
      control.on('Network.requestWillBeSent', ({ request }) => paths.add(new URL(request.url).pathname));
      control.on('Network.loadingFinished', ({ encodedDataLength }) => (bytes += encodedDataLength));
    });
    await ready(page);
    await page.locator('#messages li').nth(70).waitFor();
    await page.evaluate(() => navigator.serviceWorker.ready);
    await until(() => paths.has('/favicon.svg'), 5000, 'the icon');
    assert.ok(bytes > 10_000, `${bytes} bytes: measured`);
    assert.ok(bytes <= firstLoadMax, `${bytes} bytes`);
    assert.ok(!paths.has('/assets/emoji.js') && !paths.has('/assets/de.js'), [...paths].join(' '));
    console.log(`first load: ${bytes} bytes, ${paths.size} requests`);
  });

  test('is usable before the server has said anything but the page, its script and its style', async () => {
    const room = newRoom();
    await postMany(room, 80, (i) => `message ${i}`);
    let release;
    const held = new Promise((resolve) => (release = resolve));
    const assets = new Set();
    const person = await browser.person(phone);
    const page = await person.open(addressOf(room), async (opening) => {
      opening.on('request', (request) => {
        const { pathname } = new URL(request.url());
        if (pathname.startsWith('/assets/')) assets.add(pathname);
      });
      await opening.route('**/api/**', async (route) => {
        await held;
        await route.continue();
      });
    });
    await page.fill('#text', 'it takes letters');
    assert.deepEqual([...assets].sort(), ['/assets/app.js', '/assets/chunk.js', '/assets/style.css']);
    release();
    await page.locator('#messages li').nth(60).waitFor();
    assert.equal(await page.inputValue('#text'), 'it takes letters');
  });

  test('can be installed, and opens again without a network', async () => {
    const manifest = await (await fetch(`${server.url}/manifest.webmanifest`)).json();
    assert.equal(manifest.display, 'standalone');
    for (const { src, type } of manifest.icons) {
      const answer = await fetch(server.url + src);
      assert.equal(answer.status, 200);
      assert.ok(answer.headers.get('content-type').startsWith(type), src);
      await answer.arrayBuffer();
    }
    const person = await browser.person({ serviceWorkers: 'allow' });
    const page = await ready(await person.open(addressOf(newRoom())));
    await page.evaluate(() => navigator.serviceWorker.ready);
    await person.context.setOffline(true);
    await page.reload();
    await page.locator('#text').waitFor();
    await page.locator('#status[data-state=offline]').waitFor();
  });
});

describe('the page', () => {
  test('fits a phone', async () => {
    const room = newRoom();
    await post(room, 'W'.repeat(300), { sender: 'M'.repeat(100) });
    await post(room, 'https://example.com/' + 'a/'.repeat(200));
    const page = await ready(await browser.open(addressOf(room), phone));
    const overflow = () =>
      page.evaluate(() =>
        ['html', 'main', '#scroll', '#composer'].filter((name) => {
          const it = document.querySelector(name);
          return it.scrollWidth > it.clientWidth || it.getBoundingClientRect().right > innerWidth;
        }));
    assert.deepEqual(await overflow(), []);
    const size = await page.$eval('#text', (field) => parseFloat(getComputedStyle(field).fontSize));
    assert.ok(size >= 16, `phones zoom in on a field of ${size} px`);
    assert.ok(await page.locator('#send').isVisible());
    const targets = await page.$$eval('button:not(.skip)', (all) =>
      all.filter((it) => it.checkVisibility() && it.getBoundingClientRect().height < 24).map((it) => it.outerHTML.slice(0, 60)));
    assert.deepEqual(targets, []);

    await page.click('#menu');
    await page.locator('#rooms a', { hasText: room }).click();
    await page.locator('#drawer').waitFor({ state: 'hidden' });
    assert.deepEqual(await overflow(), []);
  });

  for (const colorScheme of ['light', 'dark']) {
    test(`can be read in ${colorScheme} colours, by the system’s choice and by one’s own`, async () => {
      const other = colorScheme === 'light' ? 'dark' : 'light';
      const page = await ready(await browser.open(server.url, { colorScheme: other }));
      const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor.match(/\d+/g).map(Number).reduce((a, b) => a + b));
      const isDark = async () => (await ground()) < 200;
      assert.equal(await isDark(), other === 'dark');
      await page.click('#me');
      await page.locator('.choices label', { hasText: colorScheme === 'dark' ? 'Dark' : 'Light' }).click();
      assert.equal(await isDark(), colorScheme === 'dark');
      await page.reload();
      await ready(page);
      assert.equal(await isDark(), colorScheme === 'dark');
      const names = ['--ink', '--quiet', '--accent', '--error', ...Array.from({ length: 12 }, (_, i) => `--c${i}`)];
      const [surface, ...colours] = await page.evaluate((all) => {
        const probe = document.body.appendChild(document.createElement('i'));
        return all.map((name) => {
          probe.style.color = `var(${name})`;
          return getComputedStyle(probe).color.match(/\d+/g).map(Number);
        });
      }, ['--surface', ...names]);
      const luminance = (colour) => {
        const [r, g, b] = colour.map((value) => {
          const part = value / 255;
          return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
        });
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
      };
      const back = luminance(surface);
      const pale = names.filter((_, i) => {
        const ink = luminance(colours[i]);
        return (Math.max(ink, back) + 0.05) / (Math.min(ink, back) + 0.05) < 4.5;
      });
      assert.deepEqual(pale, [], 'expected a contrast of 4.5 and more');
    });
  }

  test('moves nothing for those who want it so', async () => {
    const page = await ready(await browser.open(server.url, { reducedMotion: 'reduce' }));
    const moving = await page.evaluate(() => [...document.querySelectorAll('*')].filter((it) => {
      const { animationName, transitionDuration } = getComputedStyle(it);
      return animationName !== 'none' || parseFloat(transitionDuration) > 0;
    }).length);
    assert.equal(moving, 0);
  });

  test('says without scripts how to chat from a terminal', async () => {
    const page = await browser.open(server.url, { javaScriptEnabled: false });
    assert.match(await page.locator('noscript').innerText(), /curl -N .*\/subscribe\/everyone/);
  });

  test('is served with its policy', async () => {
    for (const path of ['/', '/r/anything', '/r/anything/1361572294000-0']) {
      const answer = await fetch(server.url + path);
      const policy = answer.headers.get('content-security-policy');
      assert.match(policy, /default-src 'none'/);
      assert.match(policy, /require-trusted-types-for 'script'/);
      assert.doesNotMatch(policy, /unsafe/);
      await answer.text();
    }
  });
});
