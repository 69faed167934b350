// What can be done with a message, by its buttons and by the keyboard.
import { say } from '../state/announcer';
import { permalinkOf } from '../state/route';
import type { Timeline } from '../state/timeline';
import { t } from '../texts';
import { insertAbove } from './composing';
import { openPerson } from './person_dialog';

async function copy(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    say(t().copied);
  } catch {
    say(t().notCopied);
  }
}

const quoted = (text: string): string => text.split('\n').map((line) => `> ${line}`).join('\n') + '\n\n';

export function actOn(event: MouseEvent, timeline: Timeline): void {
  const button = (event.target as Element).closest<HTMLElement>('[data-action]');
  const id = button?.closest<HTMLElement>('li[data-id]')?.dataset.id;
  const message = timeline.rows.peek().find((row) => row.id === id);
  if (!button || !message) return;
  if (button.dataset.action === 'person') return openPerson({ id: message.author!, name: message.sender });
  if (button.dataset.action === 'quote') return insertAbove(quoted(message.text));
  const text = button.dataset.action === 'copy' ? message.text : location.origin + permalinkOf(message.room, message.id);
  void copy(text);
  button.classList.add('done');
  setTimeout(() => button.classList.remove('done'), 1200);
}

// From message to message with the arrow keys, once one of them has the focus.
export function moveFocus(event: KeyboardEvent): void {
  if (event.altKey || event.ctrlKey || event.metaKey) return;
  const row = (event.target as Element).closest('li[data-id]');
  if (!row) return;
  const list = row.parentElement!;
  const next = {
    ArrowUp: row.previousElementSibling,
    ArrowDown: row.nextElementSibling,
    Home: list.firstElementChild,
    End: list.lastElementChild,
  }[event.key];
  if (!(next instanceof HTMLElement)) return;
  event.preventDefault();
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: 'nearest' });
}
