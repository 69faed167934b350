// The distribution's Chromium, driven by playwright-core. One browser for all tests of a file, a fresh profile
// for each page; a page that throws, or that its Content-Security-Policy holds back, fails its test.
import assert from 'node:assert/strict';
import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import { after, afterEach, before } from 'node:test';

import { chromium } from 'playwright-core';

import { deadline } from '../system/until.mjs';

function findChromium() {
  if (process.env.CHROMIUM) return process.env.CHROMIUM;
  for (const directory of (process.env.PATH ?? '').split(path.delimiter)) {
    for (const name of ['chromium', 'chromium-browser']) {
      const file = path.join(directory, name);
      try {
        accessSync(file, constants.X_OK);
        return file;
      } catch {}
    }
  }
  throw new Error('expected chromium in PATH or its path in CHROMIUM');
}

// `browser.open(url, options)` opens a page of somebody new; the options are those of a playwright context, and
// `prepare(page)`, called before the page is loaded. `browser.person(options)` is somebody with as many pages
// as they `open(url, prepare)`. Pages have no service worker unless the options ask for it: what goes through one
// cannot be answered by a test. `policyHolds` is for tests that give the policy something to hold back.
export function sharedBrowser(...flags) {
  let browser;
  let contexts = [];
  let problems = [];
  before(async () => {
    browser = await chromium.launch({
      executablePath: findChromium(),
      args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', ...flags],
      timeout: deadline(30_000),
    });
  });
  afterEach(async () => {
    // Requests that a test answers may be on their way still; nobody waits for them.
    const pages = contexts.flatMap((context) => context.pages());
    await Promise.all(pages.map((page) => page.unrouteAll({ behavior: 'ignoreErrors' })));
    await Promise.all(contexts.map((context) => context.close()));
    const found = problems;
    contexts = [];
    problems = [];
    assert.deepEqual(found, [], 'expected no exception and nothing against the policy in any page');
  });
  after(() => browser?.close());

  async function person({ policyHolds = false, ...options } = {}) {
    const context = await browser.newContext({
      viewport: { width: 1280, height: 800 },
      locale: 'en-GB',
      serviceWorkers: 'block',
      ...options,
    });
    contexts.push(context);
    return {
      context,
      async open(url, prepare) {
        const page = await context.newPage();
        page.setDefaultTimeout(deadline(30_000));
        page.on('pageerror', (error) => problems.push(String(error)));
        page.on('console', (line) => {
          if (!policyHolds && /Content Security Policy|TrustedHTML|TrustedScript/i.test(line.text())) problems.push(line.text());
        });
        await prepare?.(page);
        await page.goto(url);
        return page;
      },
    };
  }
  return {
    person,
    open: async (url, { prepare, ...options } = {}) => (await person(options)).open(url, prepare),
  };
}
