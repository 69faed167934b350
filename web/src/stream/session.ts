// From the stream to what the page shows. All tabs run this; the one that leads has the stream, hears it first and
// passes on what it hears.
import { batch, computed, effect, signal, untracked } from '@preact/signals';

import * as api from '../api';
import { notifyOf } from '../notify';
import { outbox, stalled } from '../send/outbox';
import { announce } from '../state/announcer';
import { attends, looking } from '../state/attention';
import { introduceMe, isMe, me, standing } from '../state/me';
import * as people from '../state/people';
import * as rooms from '../state/rooms';
import { mentionsMe } from '../text/mentions';
import type { Connection, Message, MyRoom, RoomNature, StreamEvent } from '../types';
import { listen, tab, tell } from './bus';
import { Leader } from './leader';
import { Supervisor } from './supervisor';

export const connection = signal<Connection>('connecting');
// The rooms the stream brings, as far as it is open.
const followed = signal<readonly string[]>([]);

interface Wish {
  rooms: string[];
  room: string;
  attends: boolean;
}
interface MyRooms {
  rooms: MyRoom[];
  asked: number; // ms
}
const wishes = new Map<string, Wish>(); // of all tabs, for the leader
const roomsMax = 100; // on one stream

// --- For the tab that leads ----------------------------------------------------------------------

let following = '';
// Up to here this tab has heard; where it begins should it come to lead.
let cursor = '';
const supervisor = new Supervisor(
  (event) => {
    tell('event', event);
    take(event);
  },
  (state) => setConnection(state, following ? following.split('\n') : []),
  askRooms,
);

const leader = new Leader({
  lead() {
    tell('asks', null);
    supervisor.since(cursor);
    follow();
    outbox.lead(true);
  },
  resign() {
    supervisor.close();
    following = '';
    outbox.lead(false);
  },
});

function follow(): void {
  if (!leader.leads || !rooms.roomsLoaded.peek()) return;
  const wanted = new Set<string>();
  for (const wish of wishes.values()) if (wish.room) wanted.add(wish.room);
  for (const wish of wishes.values()) for (const room of wish.rooms) wanted.add(room);
  const list = [...wanted].slice(0, roomsMax).sort().join('\n');
  if (list === following) return;
  following = list;
  supervisor.follow(list ? list.split('\n') : []);
}

function setConnection(state: Connection, list: string[]): void {
  const isNew = state === 'live';
  heard(state, isNew ? list : []);
  tellState();
  if (!isNew) return;
  outbox.wake();
  // What was counted while the stream was away.
  askRooms();
}

// Which rooms are ours; and if none can be, whether we are let in at all.
function askRooms(): void {
  const asked = Date.now();
  api.myRooms().then(
    (rooms) => {
      const event = { type: 'myRooms', id: '', data: { rooms, asked } };
      tell('event', event);
      take(event);
    },
    (error) => {
      if (error instanceof api.ApiError && error.status === 403) introduceMe().catch(() => undefined);
    },
  );
}

const tellState = () =>
  tell('state', {
    connection: connection.peek(),
    followed: [...followed.peek()],
    stalled: stalled.peek(),
    cursor: supervisor.cursor,
  });

// --- For every tab -------------------------------------------------------------------------------

function heard(state: Connection, list: readonly string[]): void {
  batch(() => {
    const before = new Set(followed.peek());
    connection.value = state;
    followed.value = list;
    // Between the page of history and the stream something may have been said.
    for (const timeline of rooms.openTimelines()) {
      if (list.includes(timeline.room) && !before.has(timeline.room)) void timeline.catchUp();
    }
    const room = rooms.current.peek();
    if (list.includes(room) && !before.has(room)) void people.askPresence(room);
  });
}

function take(event: StreamEvent): void {
  cursor = event.id || cursor;
  batch(() => {
    const data = event.data as Record<string, string> & MyRoom;
    const here = data.room === rooms.current.peek();
    switch (event.type) {
      case 'message':
      case 'topic':
        return takeMessage(event.data as Message);
      case 'myRooms':
        return rooms.setRooms((event.data as MyRooms).rooms, (event.data as MyRooms).asked);
      case 'roomOpened':
        return rooms.setRoom(data);
      case 'readPosition':
        return rooms.setRead(data);
      case 'roomChanged':
        return rooms.setNature(data.room, event.data as RoomNature);
      case 'roomLeft':
        return rooms.dropRoom(data.room);
      case 'userJoined':
        return here ? people.joined({ id: data.user, name: data.username! }) : undefined;
      case 'userLeft':
        return here ? people.left({ id: data.user, name: data.username! }) : undefined;
      case 'userRenamed':
        return here || isMe(data.user) ? people.renamed(data.user!, data.username!, data.previous!) : undefined;
      case 'typing':
        return here ? people.startedTyping(data.user!, data.username!) : undefined;
      case 'messagesErased':
        for (const timeline of rooms.openTimelines()) timeline.forget(data.author!);
        return undefined;
      case 'reset':
        for (const timeline of rooms.openTimelines()) timeline.reset();
    }
  });
}

function takeMessage(message: Message): void {
  const here = message.room === rooms.current.peek();
  const mentioned = !isMe(message.author) && mentionsMe(message);
  if (here) people.stopped(message.author ?? message.sender);
  for (const timeline of rooms.openTimelines()) if (timeline.room === message.room) timeline.receive(message);
  outbox.heard(message);
  rooms.count(message, mentioned, here && attends.peek());
  if (here && !isMe(message.author)) announce(message);
  if (leader.leads && !isMe(message.author)) {
    const attended = [...wishes.values()].some((wish) => wish.attends && wish.room === message.room);
    if (!attended) notifyOf(message, mentioned);
  }
}

// As one string: what is unread in them changes with every message, which rooms they are seldom.
const names = computed(() => rooms.rooms.value.map(({ room }) => room).join('\n'));

function wish(): void {
  const body = {
    rooms: names.value.split('\n').filter(Boolean),
    // A private room that is not ours would be refused, and all others with it.
    room: rooms.isOurs(rooms.current.value) ? rooms.current.value : '',
    attends: looking.value,
  };
  wishes.set(tab, body);
  tell('wants', body);
  follow();
}

function listenToTabs(): void {
  listen((message) => {
    switch (message.kind) {
      case 'wants':
        // Another tab is in.
        if (standing.peek() === 'stranger') return location.reload();
        wishes.set(message.tab, message.body);
        follow();
        // A tab that has just come hears how things are.
        if (leader.leads) tellState();
        break;
      case 'gone':
        wishes.delete(message.tab);
        follow();
        break;
      case 'asks':
        wish();
        break;
      case 'wake':
        if (leader.leads) wake();
        break;
      case 'state':
        if (leader.leads) break;
        heard(message.body.connection, message.body.followed);
        stalled.value = message.body.stalled;
        cursor = message.body.cursor;
        break;
      case 'event':
        if (!leader.leads) take(message.body);
        break;
      case 'out':
        standing.value = message.body;
        break;
      case 'stranger':
        location.reload();
    }
  });
}

function wake(): void {
  supervisor.wake();
  outbox.wake();
}

// Whoever leads tries again at once.
function wakeLeader(): void {
  if (leader.leads) wake();
  else tell('wake', null);
}

function watchBrowser(): void {
  addEventListener('online', wakeLeader);
  addEventListener('offline', () => {
    if (leader.leads) setConnection('offline', []);
  });
  addEventListener('pageshow', wakeLeader);
  document.addEventListener('visibilitychange', () => {
    if (leader.leads) supervisor.visibility(document.hidden);
    if (!document.hidden) wakeLeader();
  });
  addEventListener('pagehide', () => tell('gone', null));
}

// Whoever is sent away hears nothing more, and asks nothing more; what they wrote and did not send stays theirs.
function end(): void {
  api.stop();
  supervisor.end();
  outbox.end();
  tell('out', standing.peek());
}

// Until the server has been reached; the page can be read and written in meanwhile. Whether it lets us in.
async function introduce(): Promise<boolean> {
  for (let failures = 0; ; failures++) {
    try {
      await introduceMe();
      if (standing.peek() !== 'in') return false;
      rooms.setRooms(await api.myRooms());
      return true;
    } catch {
      if (standing.peek() !== 'in') return false;
      connection.value = 'offline';
      await new Promise((resolve) => {
        const timer = setTimeout(resolve, Math.min(30_000, 1000 * 2 ** failures) * (0.5 + Math.random() / 2));
        addEventListener('online', () => (clearTimeout(timer), resolve(null)), { once: true });
      });
    }
  }
}

export async function startSession(): Promise<void> {
  api.whenStranger(introduceMe);
  effect(() => {
    if (standing.value !== 'in') untracked(end);
  });
  listenToTabs();
  watchBrowser();
  await outbox.start((message) => {
    for (const timeline of rooms.openTimelines()) {
      if (timeline.room === message.room) timeline.receive(message, true);
    }
  });
  if (!(await introduce())) return;
  effect(wish);
  effect(() => {
    if (leader.leads && stalled.value !== undefined) tellState();
  });
  leader.start();
}

export async function signOut(session: string): Promise<void> {
  await api.endSession(session);
  if (session !== 'current') return;
  tell('stranger', null);
  location.assign('/');
}

export { me };
