// The rooms this user has opened, with what is unread in them; and the one on the page.
import { batch, computed, signal } from '@preact/signals';

import * as api from '../api';
import { later, order } from '../text/ids';
import { t } from '../texts';
import type { Members, Message, MyRoom, Notifications, RoomNature } from '../types';
import { isMe, isOwner, me } from './me';
import { notify } from './notice';
import { go, home, place } from './route';
import { Timeline } from './timeline';

export const rooms = signal<readonly MyRoom[]>([]);
export const roomsLoaded = signal(false);
export const current = computed(() => place.value.room);
export const currentRoom = computed(() => rooms.value.find(({ room }) => room === current.value));

// Rooms, and then those of two.
export const listed = computed(() => [
  ...rooms.value.filter(({ direct }) => !direct),
  ...rooms.value.filter(({ direct }) => direct),
]);

// --- What a room is called, and whose it is ------------------------------------------------------

export const isPrivate = (name: string): boolean => /^~[\w-]{22}$/.test(name);
export const isOurs = (name: string): boolean => !isPrivate(name) || rooms.value.some(({ room }) => room === name);

// As people call it. The name of a private room tells nobody anything.
export function labelOf(name: string): string {
  const title = rooms.value.find(({ room }) => room === name)?.title;
  return title || (isPrivate(name) ? t().privateRoom : name);
}
// The same in a sentence.
export const placeName = (name: string): string => (isPrivate(name) ? labelOf(name) : `#${labelOf(name)}`);

// Of the private room on the page.
export const members = signal<(Members & { room: string }) | null>(null);
export async function askMembers(room: string): Promise<void> {
  const answer = await api.members(room);
  if (room === current.peek()) members.value = { ...answer, room };
}

// Whether one may say what the room is called and who writes there.
export const governs = computed(() => {
  if (!isPrivate(current.value)) return isOwner.value;
  return members.value?.room === current.value && isMe(members.value.host ?? undefined) && !currentRoom.value?.direct;
});
export const mayWrite = computed(() => !currentRoom.value?.locked || governs.value);

// --- Which there are -----------------------------------------------------------------------------

// The "new" line of the room on the page: below this message. Empty: above the first.
export const newAfter = signal<string | null>(null);

// Rooms that were looked at lately are kept as they were.
const timelines = new Map<string, Timeline>();
const timelinesMax = 8;

export function timelineOf(room: string): Timeline {
  const timeline = timelines.get(room) ?? new Timeline(room);
  timelines.delete(room);
  timelines.set(room, timeline);
  if (timelines.size > timelinesMax) timelines.delete(timelines.keys().next().value!);
  return timeline;
}

export const timeline = computed(() => timelineOf(current.value));
export const openTimelines = (): Iterable<Timeline> => timelines.values();

// When each was first heard of.
const since = new Map<string, number>();

// All there were when the server was asked.
export function setRooms(list: readonly MyRoom[], asked = Infinity): void {
  const missing = rooms.peek().filter(({ room }) => !list.some((other) => other.room === room));
  const younger = missing.filter(({ room }) => since.get(room)! >= asked);
  for (const { room } of missing) if (isPrivate(room) && since.get(room)! < asked) dropRoom(room);
  batch(() => {
    const known = new Map(rooms.peek().map((room) => [room.room, room]));
    for (const { room } of list) if (!known.has(room)) since.set(room, Date.now());
    rooms.value = [...list.map((room) => newest(room, known.get(room.room))), ...younger];
    roomsLoaded.value = true;
  });
}

const find = (name: string): MyRoom | undefined => rooms.peek().find(({ room }) => room === name);

// How far the server knows that each room has been read.
const told = new Map<string, string>();
// How rooms shall notify, until the server has answered.
const chosen = new Map<string, Notifications>();

const put = (room: MyRoom): void => {
  const list = rooms.peek();
  const known = list.some((other) => other.room === room.room);
  if (!known) since.set(room.room, Date.now());
  rooms.value = known ? list.map((other) => (other.room === room.room ? room : other)) : [...list, room];
};

// What the server says of a room. It may have said so before the last message came by the stream, or before it heard
// what has been read here: then its counts are old.
function newest(heard: MyRoom, known: MyRoom | undefined): MyRoom {
  if (!known) return heard;
  const said = { ...heard, notifications: chosen.get(heard.room) ?? heard.notifications };
  const reading = order(said.read, known.read);
  const isOld = reading < 0 || (reading === 0 && order(said.last?.id ?? '', known.last?.id ?? '') < 0);
  if (!isOld) return said;
  const { read, unread, mentions, last } = known;
  return { ...said, read, unread, mentions, last };
}

export function setRoom(room: MyRoom): void {
  told.set(room.room, room.read);
  put(newest(room, find(room.room)));
}

// How far a room has been read. That may be told after another choice of how it notifies has been.
export function setRead(room: MyRoom): void {
  setRoom({ ...room, notifications: find(room.room)?.notifications ?? room.notifications });
}

const leaving = new Set<string>();
const reading = new Map<string, number>();

export function dropRoom(name: string): void {
  const label = labelOf(name);
  const wasThere = find(name) !== undefined;
  rooms.value = rooms.peek().filter(({ room }) => room !== name);
  timelines.delete(name);
  // What is told of a room opens it.
  clearTimeout(reading.get(name));
  // Nothing of a private room is shown to whoever has lost it.
  if (!wasThere || !isPrivate(name)) return;
  if (!leaving.has(name)) notify(t().notInRoom(label));
  if (current.peek() === name) go(listed.peek()[0]?.room ?? home);
}

export const setNature = (name: string, { title, locked }: RoomNature): void =>
  change(name, (room) => ({ ...room, title: room.direct ? room.title : title, locked }));

const change = (name: string, action: (room: MyRoom) => MyRoom): void => {
  const room = find(name);
  if (room) put(action(room));
};

// The server knows what may be a room's name: an ApiError says so.
export async function openRoom(name: string): Promise<void> {
  if (!find(name)) setRoom(await api.openRoom(name));
}

export async function leaveRoom(name: string): Promise<void> {
  leaving.add(name);
  clearTimeout(reading.get(name));
  try {
    // Who leaves a private room is no member any more.
    if (isPrivate(name)) await api.removeMember(name, me.peek()!.id);
    else await api.leaveRoom(name);
    dropRoom(name);
  } finally {
    leaving.delete(name);
  }
  if (current.peek() === name) go(rooms.peek()[0]?.room ?? home);
}

// A room that the server has just made or found for us.
export async function enterRoom(made: Promise<{ room: string }>): Promise<void> {
  const { room } = await made;
  await openRoom(room);
  go(room);
}

// Holds from now on, also for what comes before the server has answered.
export async function setNotifications(name: string, notifications: Notifications): Promise<void> {
  const before = find(name)?.notifications;
  chosen.set(name, notifications);
  change(name, (room) => ({ ...room, notifications }));
  // False: there was another choice since.
  const release = () => chosen.get(name) === notifications && chosen.delete(name);
  try {
    const said = await api.openRoom(name, notifications);
    release();
    setRoom(said);
  } catch (error) {
    if (release() && before) change(name, (room) => ({ ...room, notifications: before }));
    throw error;
  }
}

// Counts a message that came by the stream. `attended`: somebody sees it as it comes.
export function count(message: Message, mentioned: boolean, attended: boolean): void {
  change(message.room, (room) => {
    if (room.last && order(message.id, room.last.id) <= 0) return room;
    const next = { ...room, last: { id: message.id, time: message.time } };
    if (message.kind === 'topic') next.topic = message.text;
    if (isMe(message.author) || attended) return next;
    if (message.room === current.peek() && room.unread === 0) newAfter.value = room.read;
    next.unread = Math.min(100, room.unread + 1);
    if (mentioned) next.mentions = Math.min(100, room.mentions + 1);
    return next;
  });
}

// Up to here it has been read. The server is told a little later, once for a burst; by one tab, if there are many.
export function read(name: string, id: string): void {
  const room = find(name);
  if (!room || (order(id, room.read) <= 0 && room.unread === 0)) return;
  put({ ...room, read: later(id, room.read), unread: 0, mentions: 0 });
  clearTimeout(reading.get(name));
  const tell = () => {
    if (order(told.get(name) ?? '', id) < 0) api.markRead(name, id).then(setRead, () => undefined);
  };
  reading.set(name, setTimeout(tell, 200 + Math.random() * 300));
}

// To the neighbour in the list of rooms.
export function step(by: 1 | -1): void {
  const names = listed.peek().map(({ room }) => room);
  const at = names.indexOf(current.peek());
  const next = names[(at + by + names.length) % names.length];
  if (next !== undefined) go(next);
}
