// What has happened to the reader, said for a while.
import { signal } from '@preact/signals';

const shownFor = 8000;

export const notice = signal('');

let timer = 0;

export function notify(words: string): void {
  notice.value = words;
  clearTimeout(timer);
  timer = setTimeout(() => (notice.value = ''), shownFor);
}
