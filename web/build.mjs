// Builds the page: bundles src/ and the style sheets, and puts everything the server carries into one folder.
//
//   node build.mjs --outdir=DIR      (npm run build -- --outdir=DIR; default: ../build/web)
//
// The names of the files are fixed, because cmake/embed_assets.cmake lists them; what changes with their
// content is the ETag that the server gives them.
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { emojiList } from './emoji_list.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const wanted = process.argv.find((argument) => argument.startsWith('--outdir='));
const outdir = path.resolve(wanted ? wanted.slice('--outdir='.length) : path.join(here, '../build/web'));

const esbuild = await import('esbuild').catch((error) => {
  console.error(`web: the npm packages are missing (${error.message}): run script/bootstrap, or "npm ci" in web/`);
  process.exit(1);
});

const options = {
  absWorkingDir: here,
  outdir,
  bundle: true,
  minify: true,
  format: 'esm',
  target: ['es2022', 'chrome111', 'firefox111', 'safari16.4'],
  charset: 'utf8',
  legalComments: 'none',
  logLevel: 'warning',
  jsx: 'automatic',
  jsxImportSource: 'preact',
};

// `import list from 'emoji:list'` is made from the emojibase package here, so that only what the picker needs
// is sent.
const emoji = {
  name: 'emoji',
  setup(build) {
    build.onResolve({ filter: /^emoji:list$/ }, () => ({ path: 'list', namespace: 'emoji' }));
    build.onLoad({ filter: /.*/, namespace: 'emoji' }, () => ({ contents: JSON.stringify(emojiList()), loader: 'json' }));
  },
};

mkdirSync(outdir, { recursive: true });
for (const file of ['index.html', 'favicon.svg', 'manifest.webmanifest', 'icon-192.png', 'icon-512.png']) {
  cpSync(path.join(here, 'page', file), path.join(outdir, file));
}

// What the first load needs is one style sheet and two scripts: what only owners need is a third one, and what it
// shares with the page is the second. The rest is fetched when somebody wants it, by its address, so that it
// stays out of the bundle.
await esbuild.build({
  ...options,
  entryPoints: { app: 'src/main.tsx', style: 'styles/style.css' },
  splitting: true,
  chunkNames: '[name]',
  external: ['/assets/*'],
});
await esbuild.build({
  ...options,
  entryPoints: { de: 'src/texts/de.ts', emoji: 'src/emoji_list.ts' },
  plugins: [emoji],
});

// The service worker keeps one version of the shell; a new version is another file to the browser.
const shell = createHash('sha256');
for (const file of ['index.html', 'app.js', 'chunk.js', 'style.css', 'de.js', 'favicon.svg']) {
  shell.update(readFileSync(path.join(outdir, file)));
}
await esbuild.build({
  ...options,
  entryPoints: { sw: 'src/service_worker.ts' },
  format: 'iife',
  define: { SHELL_VERSION: JSON.stringify(shell.digest('hex').slice(0, 12)) },
});
