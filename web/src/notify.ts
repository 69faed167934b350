// Desktop notifications, for rooms where somebody wants them.
import { signal } from '@preact/signals';

import { go } from './state/route';
import { placeName, rooms } from './state/rooms';
import type { Message } from './types';

const shownFor = 12_000;
const bodyMax = 200; // characters

const supported = typeof Notification !== 'undefined';

export const permission = signal<NotificationPermission | 'unsupported'>(
  supported ? Notification.permission : 'unsupported',
);

// Browsers ask only when somebody has just clicked.
export async function askPermission(): Promise<void> {
  if (supported) permission.value = await Notification.requestPermission();
}

export function notifyOf(message: Message, mentioned: boolean): void {
  const room = rooms.peek().find((one) => one.room === message.room);
  const forMe = mentioned || room?.direct;
  const wanted = room?.notifications === 'all' || (room?.notifications === 'mentions' && forMe);
  if (!wanted || !supported || Notification.permission !== 'granted') return;
  const where = room?.direct ? '' : ` · ${placeName(message.room)}`;
  const notification = new Notification(message.sender + where, {
    body: message.text.slice(0, bodyMax),
    icon: '/assets/icon-192.png',
    tag: message.id,
  });
  notification.onclick = () => {
    window.focus();
    go(message.room, message.id);
    notification.close();
  };
  setTimeout(() => notification.close(), shownFor);
}
