// The server's JSON interface, one function a resource. What goes wrong is an ApiError: `final` says whether
// another try could ever help.
import type {
  KnownPerson, Me, Members, Message, MyRoom, Notifications, Page, Presence, RoomNature, RoomSummary, Session,
} from './types';

const base = '/api/v1';

export class ApiError extends Error {
  constructor(
    message: string,
    readonly status: number, // 0: no answer
    readonly retryAfterMs = 0,
  ) {
    super(message);
  }
  get final(): boolean {
    return this.status >= 400 && this.status < 500 && ![401, 408, 425, 429].includes(this.status);
  }
}

function retryAfterOf(answer: Response): number {
  const header = answer.headers.get('retry-after');
  if (!header) return 0;
  const seconds = Number(header);
  return Math.max(0, Number.isFinite(seconds) ? seconds * 1000 : Date.parse(header) - Date.now() || 0);
}

// What the server says is wrong, for people to read.
async function problemOf(answer: Response): Promise<ApiError> {
  const body = (await answer.json().catch(() => ({}))) as { detail?: string; title?: string };
  const words = body.detail || body.title || `${answer.status} ${answer.statusText}`;
  return new ApiError(words, answer.status, retryAfterOf(answer));
}

// Whoever is not let in asks nothing more.
let isStopped = false;
export function stop(): void {
  isStopped = true;
}

async function once<T>(method: string, path: string, body?: unknown, headers: HeadersInit = {}): Promise<T> {
  if (isStopped) throw new ApiError('', 403);
  const answer = await fetch(base + path, {
    method,
    headers: body === undefined ? headers : { ...headers, 'Content-Type': 'application/json' },
    body: body === undefined ? null : JSON.stringify(body),
    signal: AbortSignal.timeout(20_000),
  }).catch(() => {
    throw new ApiError('', 0);
  });
  if (!answer.ok) throw await problemOf(answer);
  return (answer.status === 204 ? undefined : await answer.json()) as T;
}

// Whoever is signed out elsewhere goes on as a new guest.
let onStranger: () => Promise<unknown> = async () => undefined;
export function whenStranger(action: () => Promise<unknown>): void {
  onStranger = action;
}

// A question that only somebody may ask.
export async function asMe<T>(method: string, path: string, body?: unknown, headers?: HeadersInit): Promise<T> {
  try {
    return await once<T>(method, path, body, headers);
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 401) throw error;
    await onStranger();
    return once<T>(method, path, body, headers);
  }
}

export const pathOf = (room: string): string => `/rooms/${encodeURIComponent(room)}`;

export const introduce = () => once<Me>('POST', '/me', {});
export const whoAmI = () => asMe<Me>('GET', '/me');
export const rename = (name: string) => asMe<Me>('PATCH', '/me', { name });
export const sessions = async () => (await asMe<{ sessions: Session[] }>('GET', '/me/sessions')).sessions;
export const endSession = (id: string) => once<void>('DELETE', `/me/sessions/${encodeURIComponent(id)}`);

export const myRooms = async () => (await asMe<{ rooms: MyRoom[] }>('GET', '/me/rooms')).rooms;
export const openRoom = (room: string, notifications?: Notifications) =>
  asMe<MyRoom>('PUT', `/me${pathOf(room)}`, notifications ? { notifications } : {});
export const leaveRoom = (room: string) => asMe<void>('DELETE', `/me${pathOf(room)}`);
export const markRead = (room: string, id: string) => asMe<MyRoom>('PUT', `/me${pathOf(room)}/read`, { id });

export const newPrivateRoom = (title: string, members: string[]) => asMe<{ room: string }>('POST', '/rooms', { title, members });
export const directRoom = (person: string) => asMe<{ room: string }>('POST', '/rooms', { direct: person });
export const changeRoom = (room: string, to: { title?: string | null; locked?: boolean }) =>
  asMe<RoomNature>('PATCH', pathOf(room), to);
export const members = (room: string) => asMe<Members>('GET', `${pathOf(room)}/members`);
const memberPath = (room: string, id: string): string => `${pathOf(room)}/members/${encodeURIComponent(id)}`;
export const addMember = (room: string, id: string) => asMe<void>('PUT', memberPath(room, id));
export const removeMember = (room: string, id: string) => asMe<void>('DELETE', memberPath(room, id));
export const allPeople = async () => (await asMe<{ people: KnownPerson[] }>('GET', '/people')).people;

export const allRooms = async () => (await once<{ rooms: RoomSummary[] }>('GET', '/rooms')).rooms;
export const presence = (room: string) => once<Presence>('GET', `${pathOf(room)}/presence`);
export const typing = (room: string) => once<void>('POST', `${pathOf(room)}/typing`);

export type Where = { before: string } | { after: string } | { around: string } | Record<string, never>;
export const history = (room: string, where: Where, limit: number) =>
  once<Page>('GET', `${pathOf(room)}/messages?${new URLSearchParams({ ...where, limit: String(limit) })}`);

// A repeat with the same key is the same message. It is never sent as anybody else: 401 is for the caller.
export const publish = (room: string, text: string, key: string) =>
  once<Message>('POST', `${pathOf(room)}/messages`, { text }, { 'Idempotency-Key': key });
