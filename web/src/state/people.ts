// Who is in the room on the page, and who is writing there.
import { signal } from '@preact/signals';

import * as api from '../api';
import type { Person, Presence } from '../types';
import { current } from './rooms';
import { isMe, me } from './me';

const typingFor = 5000;
const noteFor = 6000;

export const present = signal<Presence | null>(null);
export const typing = signal<readonly { key: string; name: string }[]>([]);
// Who came, went or has a new name: words for a moment, each with a number of its own.
export const note = signal<{ kind: 'joined' | 'left' | 'renamed'; name: string; previous?: string } | null>(null);

const timers = new Map<string, number>();
let noteTimer = 0;

export async function askPresence(room: string): Promise<void> {
  const answer = await api.presence(room).catch(() => null);
  if (room === current.peek()) present.value = answer && withMe(answer);
}

// The stream that makes this user present may not have been counted yet.
function withMe(answer: Presence): Presence {
  const own = me.peek();
  if (!answer.users || !own || answer.users.some(({ id }) => id === own.id)) return answer;
  return { ...answer, count: answer.count + 1, users: [...answer.users, { id: own.id, name: own.name }] };
}

export function forgetPeople(): void {
  present.value = null;
  typing.value = [];
  note.value = null;
  for (const timer of timers.values()) clearTimeout(timer);
  timers.clear();
}

function say(next: NonNullable<typeof note.value>): void {
  note.value = next;
  clearTimeout(noteTimer);
  noteTimer = setTimeout(() => (note.value = null), noteFor);
}

const sameAs = (one: Person) => (other: Person) => (one.id ? one.id === other.id : !other.id && one.name === other.name);

export function joined(person: Person): void {
  const now = present.peek();
  if (!isMe(person.id)) say({ kind: 'joined', name: person.name });
  if (!now?.users || (person.id && now.users.some(sameAs(person)))) return;
  present.value = { ...now, count: now.count + 1, users: [...now.users, person] };
}

export function left(person: Person): void {
  const now = present.peek();
  if (!isMe(person.id)) say({ kind: 'left', name: person.name });
  stopped(person.id ?? person.name);
  const at = now?.users?.findIndex(sameAs(person)) ?? -1;
  if (!now?.users || at < 0) return;
  present.value = { ...now, count: now.count - 1, users: now.users.filter((_, index) => index !== at) };
}

export function renamed(id: string, name: string, previous: string): void {
  const now = present.peek();
  if (isMe(id)) me.value = { ...me.peek()!, name };
  else say({ kind: 'renamed', name, previous });
  if (now?.users) present.value = { ...now, users: now.users.map((one) => (one.id === id ? { id, name } : one)) };
}

export function startedTyping(key: string, name: string): void {
  if (isMe(key)) return;
  clearTimeout(timers.get(key));
  timers.set(key, setTimeout(() => stopped(key), typingFor));
  const others = typing.peek().filter((one) => one.key !== key);
  if (others.length === typing.peek().length) typing.value = [...others, { key, name }];
}

export function stopped(key: string): void {
  clearTimeout(timers.get(key));
  if (timers.delete(key)) typing.value = typing.peek().filter((one) => one.key !== key);
}
