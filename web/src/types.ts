// What travels between this page and the server, and between the tabs of this browser.

export interface Me {
  id: string;
  name: string;
  created: string;
  role: Role;
  door: 'open' | 'closed';
}

export type Role = 'guest' | 'member' | 'owner' | 'removed';

export interface Session {
  id: string;
  created: string;
  lastSeen: string;
  userAgent: string;
  current: boolean;
}

export interface Message {
  id: string;
  room: string;
  sender: string;
  text: string;
  time: string;
  author?: string; // absent: nobody has proved to be the sender
  kind?: string; // 'action' and 'topic'; absent for a plain message
  html?: string; // where it differs from the text
  live?: boolean; // said outside of the log: without an id, and not in the history
}

export interface Page {
  messages: Message[];
  before: string | null;
  after: string | null;
}

export type Notifications = 'all' | 'mentions' | 'nothing';

// What a room is besides what is said in it.
export interface RoomNature {
  title: string | null; // what people call it; of a direct room, the other one's name
  private: boolean; // for its members alone; its name is nobody's to guess
  direct: boolean; // of two
  locked: boolean; // only owners write, in a private room its host
}

export interface MyRoom extends RoomNature {
  room: string;
  read: string;
  unread: number; // 100 stands for more
  mentions: number;
  notifications: Notifications;
  last: { id: string; time: string } | null;
  topic: string;
}

export interface RoomSummary {
  room: string;
  messages: number;
  last: { id: string; time: string } | null;
}

export interface Person {
  id?: string;
  name: string;
}

// Somebody on the server, here or not.
export interface KnownPerson {
  id: string;
  name: string;
  role: Role;
  created: string;
}

export interface Members {
  members: { id: string; name: string }[];
  host: string | null; // of a room of two: nobody
}

export interface Presence {
  room: string;
  count: number;
  users?: Person[]; // absent where there are too many to name
}

// What people wrote and the server has not acknowledged yet.
export interface Unsent {
  seq: number; // the order of sending
  key: string; // makes every repeat the same message
  room: string;
  text: string;
  written: number; // ms
  refusal?: string; // the server will never take it like this, and says why
}

// An event of the server's stream, as the tabs hand it on.
export interface StreamEvent {
  type: string;
  id: string; // '' for events that cannot be repeated
  data: unknown;
}

export type Connection = 'connecting' | 'live' | 'reconnecting' | 'restarting' | 'waiting' | 'offline';
