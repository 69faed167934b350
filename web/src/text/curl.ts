// Lines for a terminal that do what the page does.
import { encoded } from '../state/route';

// Room names may hold what a shell would take for its own.
const quoted = (text: string): string =>
  /^[\w:/.%=-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;

const to = (path: string): string => quoted(location.origin + path);
// Where the door is closed, programs show a token.
const shown = (token: string): string => (token ? `-H ${quoted(`Authorization: Bearer ${token}`)} ` : '');

export const postLine = (room: string, token = '', sender = 'robot'): string =>
  `curl ${shown(token)}-d ${quoted(`sender=${sender}`)} -d message=hi ${to(`/${encoded(room)}`)}`;

export const followLine = (room: string, token = ''): string =>
  `curl -N ${shown(token)}${to(`/subscribe/${encoded(room)}`)}`;

export const readLine = (room: string, token = ''): string =>
  `curl ${shown(token)}${to(`/api/v1/rooms/${encodeURIComponent(room)}/messages`)}`;
