// Whom one can write to, or have in a private room: who is in, as far as the server says so, and whoever has been
// seen here.
import { signal } from '@preact/signals';

import * as api from '../api';
import { isMe, me } from './me';
import { present } from './people';
import { openTimelines } from './rooms';

export interface Somebody {
  id: string;
  name: string;
}

export const everyone = signal<readonly Somebody[]>([]);

export async function askEveryone(): Promise<void> {
  const found = new Map<string, string>();
  for (const timeline of openTimelines()) {
    for (const { author, sender } of timeline.rows.peek()) if (author) found.set(author, sender);
  }
  for (const { id, name } of present.peek()?.users ?? []) if (id) found.set(id, name);
  // Guests are not told who there is.
  if (me.peek()?.role !== 'guest') {
    for (const { id, name, role } of await api.allPeople().catch(() => [])) {
      if (role === 'removed') found.delete(id);
      else found.set(id, name);
    }
  }
  everyone.value = Array.from(found, ([id, name]) => ({ id, name }))
    .filter(({ id }) => !isMe(id))
    .sort((a, b) => a.name.localeCompare(b.name));
}

export const isLike = (name: string, typed: string): boolean => name.toLowerCase().includes(typed.trim().toLowerCase());
