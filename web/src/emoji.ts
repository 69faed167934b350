// Emojis by name. The list is fetched when the first one is asked for.

// The character, the names between colons, and more words to find it by.
export type Emoji = [character: string, names: string, words: string];
export type EmojiGroup = Emoji[];

let fetched: Promise<EmojiGroup[]> | null = null;

export function emojiGroups(): Promise<EmojiGroup[]> {
  fetched ??= import('/assets/emoji.js').then(
    ({ groups }) => groups,
    (error) => {
      fetched = null; // offline: ask again next time
      throw error;
    },
  );
  return fetched;
}

export const nameOf = ([, names]: Emoji): string => names.split(' ', 1)[0]!;

// How well it fits what was typed: 0 is best, -1 not at all.
function fit([, names, words]: Emoji, typed: string): number {
  const all = names.split(' ');
  if (all.includes(typed)) return 0;
  if (all.some((name) => name.startsWith(typed))) return 1;
  if (names.includes(typed)) return 2;
  return ` ${words}`.includes(` ${typed}`) ? 3 : -1;
}

export async function findEmojis(typed: string, max: number): Promise<Emoji[]> {
  const wanted = typed.toLowerCase();
  const found: Emoji[][] = [[], [], [], []];
  for (const emoji of (await emojiGroups()).flat()) found[fit(emoji, wanted)]?.push(emoji);
  return found.flat().slice(0, max);
}
