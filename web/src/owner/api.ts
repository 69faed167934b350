// What only owners ask the server.
import { asMe } from '../api';
import type { KnownPerson, Role } from '../types';

export interface Link {
  path: string;
  expires: string | null;
  usesLeft: number | null; // null: any number
}
export interface NewLink {
  role: 'member' | 'owner';
  expiresInDays?: number;
  uses?: number;
}

export const scopes = ['publish', 'read', 'subscribe'] as const;
export type Scope = (typeof scopes)[number];

export interface Token {
  id: string;
  name: string;
  can: Scope[];
  rooms: string[]; // none: all
  created: string;
  expires: string | null;
  used: string | null;
}
export interface NewToken {
  name: string;
  can: Scope[];
  rooms?: string[];
  expiresInDays?: number;
}

export interface Block {
  id: string;
  address: string;
  created: string;
}

export interface Act {
  time: string;
  by: { id: string; name: string } | null; // null: the command line
  action: string;
  subject: string;
}
export interface Acts {
  entries: Act[];
  before: string | null;
}

const at = (path: string, id: string): string => `${path}/${encodeURIComponent(id)}`;

export const setRole = (id: string, role: Role) => asMe<KnownPerson>('PATCH', at('/people', id), { role });

export const eraseMessages = (author: string) =>
  asMe<{ erased: number }>('DELETE', `/messages?${new URLSearchParams({ author })}`);

export const memberLink = async () => (await asMe<{ member: Link | null }>('GET', '/links')).member;
export const newLink = (link: NewLink) => asMe<Link>('POST', '/links', link);

export const tokens = async () => (await asMe<{ tokens: Token[] }>('GET', '/tokens')).tokens;
export const newToken = (token: NewToken) => asMe<Token & { token: string }>('POST', '/tokens', token);
export const revokeToken = (id: string) => asMe<void>('DELETE', at('/tokens', id));

export const blocks = async () => (await asMe<{ blocks: Block[] }>('GET', '/blocks')).blocks;
export const block = (address: string) => asMe<Block>('POST', '/blocks', { address });
export const unblock = (id: string) => asMe<void>('DELETE', at('/blocks', id));

export const acts = (before?: string) =>
  asMe<Acts>('GET', `/audit?${new URLSearchParams({ limit: '50', ...(before ? { before } : {}) })}`);
