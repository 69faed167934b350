// What a message that begins with a slash does. `/me` and `/topic` are the server's; these are the page's.
import { rename } from './state/me';
import { go } from './state/route';
import { current, leaveRoom } from './state/rooms';
import { t } from './texts';
import { openDialog } from './views/dialogs';

interface Command {
  name: string;
  argument: string;
  means: string;
  run?: (argument: string) => Promise<void> | void; // without it the server does it
}

export function commands(): Command[] {
  const words = t().commands;
  return [
    { name: 'me', ...words.me },
    { name: 'nick', ...words.nick, run: (name) => (name ? rename(name) : openDialog('settings')) },
    { name: 'topic', ...words.topic },
    { name: 'join', ...words.join, run: (room) => (room ? go(room) : openDialog('switcher')) },
    { name: 'leave', ...words.leave, run: () => leaveRoom(current.peek()) },
    { name: 'keys', ...words.keys, run: () => openDialog('keys') },
  ];
}

// What to do instead of sending the text; null if it is to be sent.
export function commandOf(text: string): (() => Promise<void> | void) | null {
  const [, name, argument = ''] = /^\/(\w+)(?:\s+([^]*))?$/.exec(text) ?? [];
  const run = commands().find((command) => command.name === name)?.run;
  return run ? () => run(argument.trim()) : null;
}
