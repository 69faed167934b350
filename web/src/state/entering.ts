// What happens when the page comes to a room or to a message in it.
import { effect, untracked } from '@preact/signals';

import { ApiError } from '../api';
import { attends } from './attention';
import { askPresence, forgetPeople } from './people';
import { place } from './route';
import { askMembers, current, isOurs, isPrivate, members, newAfter, openRoom, read, rooms, roomsLoaded, timeline, timelineOf } from './rooms';

function show(room: string, message?: string): void {
  const log = timelineOf(room);
  log.marked.value = null;
  log.target.value = null;
  if (message) {
    log.follows = false;
    if (log.rows.peek().some(({ id }) => id === message)) log.target.value = message;
    else void log.open(message);
    return;
  }
  log.follows = true;
  if (!log.loaded.peek() || log.hasNewer.peek()) void log.open();
}

function markNew(room: string): void {
  const mine = rooms.peek().find((one) => one.room === room);
  newAfter.value = mine && mine.unread > 0 ? mine.read : null;
}

export function watchPlace(): void {
  let entered = '';
  effect(() => {
    const { room, message } = place.value;
    untracked(() => {
      if (room !== entered) {
        forgetPeople();
        members.value = null;
        if (entered) void askPresence(room);
        markNew(room);
      }
      entered = room;
      show(room, message);
    });
  });
  // A room one looks at is one of one's rooms.
  effect(() => {
    const room = current.value;
    if (!roomsLoaded.value) return;
    untracked(() => {
      markNew(room);
      openRoom(room).catch((error) => {
        const log = timelineOf(room);
        if (error instanceof ApiError && error.final && !log.loaded.peek()) log.failure.value = error;
      });
    });
  });
  effect(() => {
    const room = current.value;
    if (roomsLoaded.value && isPrivate(room) && isOurs(room)) untracked(() => askMembers(room).catch(() => undefined));
  });
  effect(() => {
    const log = timeline.value;
    const last = log.rows.value.at(-1);
    if (!last || !attends.value || !roomsLoaded.value || log.loading.value === 'first') return;
    // Also when the room's own state comes after its messages.
    if (rooms.value.some(({ room }) => room === log.room)) untracked(() => read(log.room, last.id));
  });
}
