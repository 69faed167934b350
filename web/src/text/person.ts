// How a person looks: a letter and one of twelve colours (styles/colours.css).

// By the author's id, which nobody else can have; by the name for those without one.
export function hueOf(key: string): number {
  let hash = 2166136261; // FNV-1a
  for (const character of key) hash = Math.imul(hash ^ character.codePointAt(0)!, 16777619);
  return ((hash ^ (hash >>> 15)) >>> 0) % 12;
}

const segmenter = 'Segmenter' in Intl ? new Intl.Segmenter() : null;

// The first letter as people see it, with what combines with it but not a pile of it.
export function initialOf(name: string): string {
  const text = name.trim();
  const first = segmenter ? segmenter.segment(text)[Symbol.iterator]().next().value?.segment : Array.from(text)[0];
  return (first && first.length <= 8 ? first : Array.from(text)[0] ?? '?').toUpperCase();
}
