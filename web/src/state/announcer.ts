// What a screen reader is told. One message is read out; of many at once only how many and by whom, or the reader
// would still be at it when the next ones come.
import { signal } from '@preact/signals';

import { t } from '../texts';
import type { Message } from '../types';
import { looking } from './attention';

const gatherFor = 800;
const spokenMax = 200; // characters of one message

export const announcement = signal('');

let gathered: Message[] = [];
let timer = 0;

export function announce(message: Message): void {
  if (!looking.peek()) return;
  gathered.push(message);
  timer ||= setTimeout(speak, gatherFor);
}

function speak(): void {
  timer = 0;
  const messages = gathered;
  gathered = [];
  const [first] = messages;
  if (!first) return;
  const names = [...new Set(messages.map(({ sender }) => sender))];
  announcement.value =
    messages.length === 1
      ? `${first.sender}: ${first.text.slice(0, spokenMax)}`
      : t().announceMany(messages.length, names.slice(0, 3).join(', '));
}

export function say(words: string): void {
  announcement.value = words;
}
