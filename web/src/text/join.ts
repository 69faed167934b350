// Join links, as people paste them.

// The part of it that this server knows; null if it is none. The host in it does not count: a server may have more
// names than it knows.
export function joinPathOf(pasted: string): string | null {
  const code = /^(?:.*\/join\/)?([\w-]{16,})\/?$/.exec(pasted.trim())?.[1];
  return code ? `/join/${code}` : null;
}
