// Ids are `<milliseconds>-<number>`, growing over all rooms. Each half fits a double exactly.

export function order(a: string, b: string): number {
  const [x = 0, m = 0] = a.split('-').map(Number);
  const [y = 0, n = 0] = b.split('-').map(Number);
  return x - y || m - n;
}

export const later = (a: string, b: string): string => (order(a, b) > 0 ? a : b);

export const isId = (text: string): boolean => /^\d{1,20}-\d{1,20}$/.test(text);

// crypto.randomUUID is there in secure contexts only; plain http from another machine is none.
export function randomKey(): string {
  return Array.from(crypto.getRandomValues(new Uint32Array(4)), (word) => word.toString(36)).join('-');
}
