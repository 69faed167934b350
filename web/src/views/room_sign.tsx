// What stands before a room's name, for the eye: what kind of room it is.
import { initialOf } from '../text/person';
import type { RoomNature } from '../types';
import { Icon } from './icons';

type Kind = Partial<Pick<RoomNature, 'private' | 'direct' | 'title'>>;

export function RoomSign({ room, size = 15 }: { room: Kind | undefined; size?: number }) {
  if (room?.direct) return <span class="avatar sign" data-initial={initialOf(room.title ?? '')} aria-hidden="true" />;
  if (room?.private) return <span class="hash"><Icon name="lock" size={size} /></span>;
  return <span class="hash" aria-hidden="true">#</span>;
}
