// What is offered while somebody writes `@na`, `:smi` or, at the beginning, `/to`.
import { signal } from '@preact/signals';

import { commands } from '../commands';
import { findEmojis, nameOf } from '../emoji';
import { present } from '../state/people';
import { timeline } from '../state/rooms';
import { isMe } from '../state/me';
import { mentionOf } from '../text/mentions';
import { t } from '../texts';
import { insert } from './composing';

interface Offer {
  label: string;
  hint: string;
  text: string; // takes the place of what was typed
}

const offersMax = 8;

export const offers = signal<readonly Offer[]>([]);
export const chosen = signal(0);

let from = 0; // where what was typed begins
let asked = 0; // an answer to an earlier question is dropped

export function closeOffers(): void {
  asked++;
  if (offers.peek().length > 0) offers.value = [];
}

function peopleLike(typed: string): Offer[] {
  const names = new Set<string>();
  for (const person of present.peek()?.users ?? []) if (!isMe(person.id)) names.add(person.name);
  for (const { author, sender } of [...timeline.peek().rows.peek()].reverse()) {
    if (author && !isMe(author)) names.add(sender);
  }
  const wanted = typed.toLowerCase();
  return [...names]
    .filter((name) => name.toLowerCase().split(/\s/).some((word) => word.startsWith(wanted)))
    .map((name) => ({ label: name, hint: '', text: `${mentionOf(name)} ` }));
}

async function emojisLike(typed: string): Promise<Offer[]> {
  const found = await findEmojis(typed, offersMax).catch(() => []);
  return found.map((emoji) => ({ label: `${emoji[0]} :${nameOf(emoji)}:`, hint: '', text: `${emoji[0]} ` }));
}

function commandsLike(typed: string): Offer[] {
  return commands()
    .filter(({ name }) => name.startsWith(typed))
    .map(({ name, argument, means }) => ({ label: `/${name} ${argument}`.trim(), hint: means, text: `/${name} ` }));
}

// Looks at what stands before the caret.
export async function offer(field: HTMLTextAreaElement): Promise<void> {
  const before = field.value.slice(0, field.selectionEnd);
  const found = /(?:^|[\s(])([@:])([\p{L}\p{N}_+-]*)$/u.exec(before) ?? /^(\/)(\w*)$/.exec(before);
  const [, sign, typed = ''] = found ?? [];
  if (!sign || (sign === ':' && typed.length < 2)) return closeOffers();
  const question = ++asked;
  const list = sign === '@' ? peopleLike(typed) : sign === ':' ? await emojisLike(typed) : commandsLike(typed);
  if (question !== asked) return;
  from = before.length - typed.length - 1;
  chosen.value = 0;
  offers.value = list.slice(0, offersMax);
}

// `:smile:` typed to its end is the emoji.
export async function replaceName(field: HTMLTextAreaElement): Promise<void> {
  const before = field.value.slice(0, field.selectionEnd);
  const name = /(?:^|\s):([\w+-]{2,}):$/.exec(before)?.[1];
  if (!name) return;
  const [best] = await findEmojis(name, 1).catch(() => []);
  const isUnchanged = field.value.slice(0, field.selectionEnd) === before;
  if (best && isUnchanged && best[1].split(' ').includes(name)) insert(best[0], before.length - name.length - 2);
}

export function accept(index = chosen.peek()): void {
  const offered = offers.peek()[index];
  closeOffers();
  if (offered) insert(offered.text, from);
}

// Whether the key was for the list.
export function handleKey(event: KeyboardEvent): boolean {
  const count = offers.peek().length;
  if (count === 0 || event.isComposing) return false;
  if (event.key === 'ArrowDown') chosen.value = (chosen.peek() + 1) % count;
  else if (event.key === 'ArrowUp') chosen.value = (chosen.peek() + count - 1) % count;
  else if (event.key === 'Escape') closeOffers();
  else if (event.key === 'Tab' || (event.key === 'Enter' && !event.shiftKey)) accept();
  else return false;
  event.preventDefault();
  event.stopPropagation();
  return true;
}

export function Completion() {
  if (offers.value.length === 0) return null;
  return (
    <ul id="completion" role="listbox" aria-label={t().suggestions}>
      {offers.value.map(({ label, hint }, index) => (
        <li
          key={label}
          id={`offer-${index}`}
          role="option"
          aria-selected={index === chosen.value}
          onPointerDown={(event) => {
            event.preventDefault();
            accept(index);
          }}
        >
          <span dir="auto">{label}</span>
          {hint && <small>{hint}</small>}
        </li>
      ))}
    </ul>
  );
}
