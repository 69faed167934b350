// Lines for a terminal that do what the page does.
import { encoded } from '../state/route';

// Room names may hold what a shell would take for its own.
const quoted = (text: string): string =>
  /^[\w:/.%-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;

export const postLine = (room: string): string =>
  `curl -d sender=robot -d message=hi ${quoted(`${location.origin}/${encoded(room)}`)}`;

export const followLine = (room: string): string =>
  `curl -N ${quoted(`${location.origin}/subscribe/${encoded(room)}`)}`;
