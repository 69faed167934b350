// From room to room by typing: what matches among one's own rooms, all others and the people there are, and a new
// room by its name.
import { computed, signal, useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';

import { allRooms, directRoom } from '../api';
import { askEveryone, everyone } from '../state/everyone';
import { go } from '../state/route';
import { enterRoom, listed, openRoom } from '../state/rooms';
import { t } from '../texts';
import type { MyRoom } from '../types';
import { Problem, useAttempt } from './attempt';
import { Avatar } from './avatar';
import { Dialog } from './dialog';
import { dialog, openDialog } from './dialogs';
import { openPrivateDialog } from './private_dialog';
import { RoomSign } from './room_sign';
import { badgeOf } from './sidebar';

const shownMax = 12;

const others = signal<readonly string[]>([]);
const typed = signal('');
const onlyPeople = signal(false);

type Choice =
  | { kind: 'mine'; key: string; label: string; room: MyRoom }
  | { kind: 'other' | 'new'; key: string; label: string }
  | { kind: 'person'; key: string; label: string }
  | { kind: 'private'; key: string; label: string };

export function openSwitcher(people = false): void {
  onlyPeople.value = people;
  openDialog('switcher');
}

// Begins with it, then has a word that does, then has it anywhere.
function rank(label: string, wanted: string): number {
  const name = label.toLowerCase();
  if (name.startsWith(wanted)) return 0;
  if (name.split(/[^\p{L}\p{N}]+/u).some((word) => word.startsWith(wanted))) return 1;
  return name.includes(wanted) ? 2 : 3;
}

const rankOf = (choice: Choice, wanted: string): number =>
  Math.min(rank(choice.label, wanted), choice.kind === 'mine' && !choice.room.private ? rank(choice.key, wanted) : 3);

const exact = computed(() => typed.value.trim().replace(/^[#@]/, ''));

function roomChoices(): Choice[] {
  const mine: Choice[] = listed.value.map((room) => ({ kind: 'mine', key: room.room, label: room.title || room.room, room }));
  // Without a word: where something is waiting comes first.
  const isWaiting = (choice: Choice) => Number(choice.kind === 'mine' && choice.room.unread > 0);
  if (!exact.value) mine.sort((a, b) => isWaiting(b) - isWaiting(a));
  const known = new Set(mine.map(({ key }) => key));
  const rest = others.value.filter((room) => !known.has(room));
  return [...mine, ...rest.map((room): Choice => ({ kind: 'other', key: room, label: room }))];
}

const choices = computed<Choice[]>(() => {
  const wanted = exact.value.toLowerCase();
  const all = onlyPeople.value ? [] : roomChoices();
  // Whom there is a room with already is found by it; unless the name may mean another.
  const names = everyone.value.map(({ name }) => name);
  const isFound = (name: string) =>
    names.indexOf(name) === names.lastIndexOf(name) && listed.value.some(({ direct, title }) => direct && title === name);
  const people = everyone.value
    .filter(({ name }) => onlyPeople.value || !isFound(name))
    .map(({ id, name }): Choice => ({ kind: 'person', key: id, label: name }));
  const candidates = onlyPeople.value || wanted ? [...all, ...people] : all;
  const found = candidates.filter((choice) => rankOf(choice, wanted) < 3);
  if (wanted) found.sort((a, b) => rankOf(a, wanted) - rankOf(b, wanted));
  const shown = found.slice(0, shownMax);
  if (onlyPeople.value) return shown;
  if (exact.value && !all.some(({ key }) => key === exact.value)) {
    shown.push({ kind: 'new', key: exact.value, label: t().createRoom(exact.value) });
  }
  shown.push({ kind: 'private', key: exact.value, label: t().newPrivateRoom(exact.value) });
  return shown;
});

function Sign({ choice }: { choice: Choice }) {
  switch (choice.kind) {
    case 'mine':
      return <RoomSign room={choice.room} />;
    case 'person':
      return <Avatar name={choice.label} id={choice.key} />;
    case 'private':
      return <RoomSign room={{ private: true }} />;
    default:
      return <span class="hash" aria-hidden="true">{choice.kind === 'new' ? '+' : '#'}</span>;
  }
}

function noteOf({ kind }: Choice): string {
  if (kind === 'other') return t().notOpened;
  return kind === 'person' && !onlyPeople.value ? t().person : '';
}

export function Switcher() {
  const at = useSignal(0);
  const attempt = useAttempt();
  const asked = useRef<Promise<unknown>>(Promise.resolve());
  useEffect(() => {
    const rooms = allRooms().then((list) => (others.value = list.map(({ room }) => room)), () => undefined);
    asked.current = Promise.all([rooms, askEveryone()]);
    // For the next time: at its beginning it would take what somebody types at once.
    return () => {
      typed.value = '';
      onlyPeople.value = false;
    };
  }, []);

  // Whoever types a name faster than the lists come does not mean a new room.
  const enter = async () => {
    if (choices.peek()[at.peek()]?.kind === 'new') await asked.current;
    await open(choices.peek()[at.peek()]);
  };
  const open = async (choice: Choice | undefined) => {
    if (!choice) return;
    if (choice.kind === 'private') return openPrivateDialog(choice.key);
    const done = await attempt.run(async () => {
      if (choice.kind === 'person') return enterRoom(directRoom(choice.key));
      // The server knows what may be a room's name.
      await openRoom(choice.key);
      go(choice.key);
    });
    if (done) dialog.value = null;
  };

  const list = choices.value;
  const title = onlyPeople.value ? t().findPerson : t().findRoom;
  return (
    <Dialog title={title} class="switcher" plain>
      <input
        id="room-name"
        role="combobox"
        aria-expanded="true"
        aria-controls="choices"
        aria-activedescendant={list.length > 0 ? `choice-${at.value}` : undefined}
        aria-autocomplete="list"
        aria-label={title}
        aria-describedby="room-error"
        placeholder={onlyPeople.value ? t().findPersonHint : t().findRoomHint}
        dir="auto"
        autocapitalize="none"
        autocomplete="off"
        spellcheck={false}
        enterkeyhint="go"
        onInput={(event) => {
          typed.value = event.currentTarget.value;
          at.value = 0;
          attempt.problem.value = '';
        }}
        onKeyDown={(event) => {
          const count = list.length;
          if (event.key === 'ArrowDown' && count > 0) at.value = (at.value + 1) % count;
          else if (event.key === 'ArrowUp' && count > 0) at.value = (at.value + count - 1) % count;
          else if (event.key === 'Enter' && !event.isComposing) void enter();
          else return;
          event.preventDefault();
        }}
      />
      <ul id="choices" role="listbox" aria-label={onlyPeople.value ? t().people : t().rooms}>
        {list.map((choice, index) => (
          <li
            key={`${choice.kind} ${choice.key}`}
            id={`choice-${index}`}
            role="option"
            aria-selected={index === at.value}
            onClick={() => void open(choice)}
            onPointerMove={() => (at.value = index)}
          >
            <Sign choice={choice} />
            <span class="name" dir="auto">{choice.label}</span>
            {noteOf(choice) && <small>{noteOf(choice)}</small>}
            {choice.kind === 'mine' && choice.room.unread > 0 && <span class="badge">{badgeOf(choice.room.unread)}</span>}
          </li>
        ))}
      </ul>
      {onlyPeople.value && list.length === 0 && <p class="quiet">{t().nobodyToAdd}</p>}
      <Problem of={attempt} id="room-error" />
    </Dialog>
  );
}
