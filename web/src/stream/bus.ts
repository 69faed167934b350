// What the tabs of one browser tell each other.
import type { Standing } from '../state/me';
import type { Connection, Message, StreamEvent } from '../types';

export interface TabMessages {
  // To the leader
  wants: { rooms: string[]; room: string; attends: boolean };
  gone: null; // this tab closes
  ping: null;
  wake: null; // try again at once: something speaks for it
  // From the leader
  pong: null;
  state: { connection: Connection; followed: string[]; stalled: boolean; cursor: string };
  event: StreamEvent;
  asks: null; // who is there, and what do you want?
  sent: { key: string; message: Message };
  // From anyone
  outbox: null; // has changed
  stranger: null; // this browser is somebody else now
  out: Standing; // it is not let in
}

export type TabMessage = {
  [Kind in keyof TabMessages]: { kind: Kind; tab: string; body: TabMessages[Kind] };
}[keyof TabMessages];

export const tab = crypto.getRandomValues(new Uint32Array(2)).join('-');

type Listener = (message: TabMessage) => void;

const channel = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel('tinychat');
const listeners = new Set<Listener>();

channel?.addEventListener('message', (event: MessageEvent<TabMessage>) => {
  for (const listener of listeners) listener(event.data);
});

// To the other tabs; never comes back to this one.
export function tell<Kind extends keyof TabMessages>(kind: Kind, body: TabMessages[Kind]): void {
  channel?.postMessage({ kind, tab, body });
}

export function listen(listener: Listener): void {
  listeners.add(listener);
}
