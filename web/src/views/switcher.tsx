// From room to room by typing: what matches among one's own rooms and all others, and a new one by its name.
import { computed, signal, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

import { allRooms, ApiError } from '../api';
import { go } from '../state/route';
import { openRoom, rooms } from '../state/rooms';
import { t } from '../texts';
import { Dialog } from './dialog';
import { dialog } from './dialogs';
import { badgeOf } from './sidebar';

const shownMax = 12;

const others = signal<readonly string[]>([]);
const typed = signal('');

interface Choice {
  room: string;
  unread: number;
  kind: 'mine' | 'other' | 'new';
}

// Begins with it, then has a word that does, then has it anywhere.
function rank(room: string, wanted: string): number {
  const name = room.toLowerCase();
  if (name.startsWith(wanted)) return 0;
  if (name.split(/[^\p{L}\p{N}]+/u).some((word) => word.startsWith(wanted))) return 1;
  return name.includes(wanted) ? 2 : 3;
}

const choices = computed<Choice[]>(() => {
  const wanted = typed.value.trim().replace(/^#/, '').toLowerCase();
  const mine = rooms.value.map(({ room, unread }) => ({ room, unread, kind: 'mine' as const }));
  const known = new Set(mine.map(({ room }) => room));
  const rest = others.value.filter((room) => !known.has(room)).map((room) => ({ room, unread: 0, kind: 'other' as const }));
  // Without a word: where something is waiting comes first.
  const all: Choice[] = wanted ? [...mine, ...rest] : [...mine].sort((a, b) => Number(b.unread > 0) - Number(a.unread > 0)).concat(rest as never[]);
  const found = all.filter(({ room }) => rank(room, wanted) < 3);
  if (wanted) found.sort((a, b) => rank(a.room, wanted) - rank(b.room, wanted));
  const shown = found.slice(0, shownMax);
  const exact = typed.value.trim().replace(/^#/, '');
  if (exact && !all.some(({ room }) => room === exact)) shown.push({ room: exact, unread: 0, kind: 'new' });
  return shown;
});

export function Switcher() {
  const at = useSignal(0);
  const problem = useSignal('');
  const busy = useSignal(false);
  useEffect(() => {
    typed.value = '';
    allRooms().then((list) => (others.value = list.map(({ room }) => room)), () => undefined);
  }, []);

  const open = async (choice: Choice | undefined) => {
    if (!choice || busy.value) return;
    busy.value = true;
    problem.value = '';
    try {
      // The server knows what may be a room's name.
      await openRoom(choice.room);
      dialog.value = null;
      go(choice.room);
    } catch (error) {
      problem.value = (error instanceof ApiError && error.message) || t().unreachable;
    }
    busy.value = false;
  };

  const list = choices.value;
  return (
    <Dialog title={t().findRoom} class="switcher" plain>
      <input
        id="room-name"
        role="combobox"
        aria-expanded="true"
        aria-controls="choices"
        aria-activedescendant={list.length > 0 ? `choice-${at.value}` : undefined}
        aria-autocomplete="list"
        aria-label={t().findRoom}
        aria-describedby="room-error"
        placeholder={t().findRoomHint}
        dir="auto"
        autocapitalize="none"
        autocomplete="off"
        spellcheck={false}
        enterkeyhint="go"
        onInput={(event) => {
          typed.value = event.currentTarget.value;
          at.value = 0;
          problem.value = '';
        }}
        onKeyDown={(event) => {
          const count = list.length;
          if (event.key === 'ArrowDown' && count > 0) at.value = (at.value + 1) % count;
          else if (event.key === 'ArrowUp' && count > 0) at.value = (at.value + count - 1) % count;
          else if (event.key === 'Enter' && !event.isComposing) void open(list[at.value]);
          else return;
          event.preventDefault();
        }}
      />
      <ul id="choices" role="listbox" aria-label={t().rooms}>
        {list.map((choice, index) => (
          <li
            key={`${choice.kind} ${choice.room}`}
            id={`choice-${index}`}
            role="option"
            aria-selected={index === at.value}
            onClick={() => void open(choice)}
            onPointerMove={() => (at.value = index)}
          >
            <span class="hash" aria-hidden="true">{choice.kind === 'new' ? '+' : '#'}</span>
            <span class="name" dir="auto">{choice.kind === 'new' ? t().createRoom(choice.room) : choice.room}</span>
            {choice.kind === 'other' && <small>{t().notOpened}</small>}
            {choice.unread > 0 && <span class="badge">{badgeOf(choice.unread)}</span>}
          </li>
        ))}
      </ul>
      <p id="room-error" class="error" role="alert">{problem.value}</p>
    </Dialog>
  );
}
