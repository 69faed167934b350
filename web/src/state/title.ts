// The page's title: the room, and how much is unread.
import { computed, effect } from '@preact/signals';

import { standing } from './me';
import { current, labelOf, rooms } from './rooms';

export const unreadInAll = computed(() =>
  rooms.value.reduce((sum, room) => sum + (room.notifications === 'nothing' ? 0 : room.unread), 0),
);

export function keepTitle(): void {
  effect(() => {
    const count = unreadInAll.value;
    const badge = count > 0 ? `(${count >= 100 ? '99+' : count}) ` : '';
    if (standing.value !== 'in') return void (document.title = 'tinychat');
    document.title = `${badge}${labelOf(current.value)} · tinychat`;
  });
}
