// Whether a message is for somebody by name. The server marks names in the HTML, also those with spaces.
import { me } from '../state/me';
import type { Message } from '../types';
import { trustedHtml } from './trusted';

export const isMyName = (name: string | undefined): boolean =>
  name !== undefined && name.toLowerCase() === me.value?.name.toLowerCase();

const parser = new DOMParser();

export function mentionsMe({ html }: Message): boolean {
  if (!html?.includes('class="mention"')) return false;
  const marked = parser.parseFromString(trustedHtml(html) as string, 'text/html').querySelectorAll<HTMLElement>('.mention');
  return Array.from(marked).some(({ dataset }) => isMyName(dataset.name));
}

// As one writes it: in quotes if it holds what would end it.
export const mentionOf = (name: string): string =>
  /^[\p{L}\p{N}_.-]+$/u.test(name) ? `@${name}` : `@"${name}"`;
