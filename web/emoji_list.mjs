// From the emojibase package to what the picker and `:name:` completion need: for each group its emojis, each with
// the names people type between colons (the first is shown) and words to find it by.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const read = (file) => JSON.parse(readFileSync(require.resolve(`emojibase-data/en/${file}`), 'utf8'));

// Emojibase's numbers of groups; 2 holds skin tones and hair, which are no emojis by themselves.
const groups = [0, 1, 3, 4, 5, 6, 7, 8, 9];

export function emojiList() {
  const names = read('shortcodes/github.json');
  const lists = new Map(groups.map((group) => [group, []]));
  const entries = read('compact.json').sort((a, b) => a.order - b.order);
  for (const { hexcode, unicode, group, label, tags = [] } of entries) {
    if (!lists.has(group) || !(hexcode in names)) continue;
    const codes = [names[hexcode]].flat();
    const known = new Set(codes.flatMap((code) => code.split('_')));
    const words = [label, ...tags].flatMap((text) => text.toLowerCase().split(/[^\p{L}\p{N}]+/u));
    const more = [...new Set(words)].filter((word) => word.length > 1 && !known.has(word));
    lists.get(group).push([unicode, codes.join(' '), more.join(' ')]);
  }
  return [...lists.values()].filter((list) => list.length > 0);
}
