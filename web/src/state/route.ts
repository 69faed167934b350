// Which room the page shows, and the addresses of rooms and messages.
import { signal } from '@preact/signals';

import { isId } from '../text/ids';

export const home = 'everyone';

export interface Place {
  room: string;
  message?: string;
}

// Slashes in a room's name stay slashes, so that addresses can be read.
export const encoded = (room: string): string => encodeURIComponent(room).replaceAll('%2F', '/');

export const addressOf = (room: string): string => (room === home ? '/' : `/r/${encoded(room)}`);
export const permalinkOf = (room: string, id: string): string => `/r/${encoded(room)}/${id}`;

export function placeOf(url: URL): Place {
  let path: string;
  try {
    path = decodeURIComponent(url.pathname);
  } catch {
    path = '/';
  }
  if (!path.startsWith('/r/')) return { room: url.searchParams.get('room') || home };
  const parts = path.slice('/r/'.length).split('/');
  const last = parts.at(-1) ?? '';
  if (parts.length > 1 && isId(last)) return { room: parts.slice(0, -1).join('/'), message: last };
  return { room: parts.join('/') || home };
}

export const place = signal<Place>(placeOf(new URL(location.href)));

export function go(room: string, message?: string): void {
  const address = message ? permalinkOf(room, message) : addressOf(room);
  if (address !== location.pathname) window.history.pushState(null, '', address);
  place.value = message ? { room, message } : { room };
}

export function watchAddress(): void {
  addEventListener('popstate', () => {
    place.value = placeOf(new URL(location.href));
  });
  // Links to places of this page, wherever they are, also in messages.
  document.addEventListener('click', (event) => {
    const link = (event.target as Element).closest?.('a[href]');
    if (!(link instanceof HTMLAnchorElement) || event.defaultPrevented || event.button) return;
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const url = new URL(link.href);
    if (url.origin !== location.origin || !(url.pathname === '/' || url.pathname.startsWith('/r/'))) return;
    event.preventDefault();
    const { room, message } = placeOf(url);
    go(room, message);
  });
}
