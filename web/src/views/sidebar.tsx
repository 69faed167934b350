// The rooms one has opened, what is unread in them, and oneself.
import { hasDraft } from '../state/drafts';
import { isOwner, me } from '../state/me';
import { addressOf } from '../state/route';
import { current, rooms } from '../state/rooms';
import { t } from '../texts';
import type { MyRoom } from '../types';
import { Avatar } from './avatar';
import { drawer, openDialog } from './dialogs';
import { Icon } from './icons';
import { openServer } from './server_dialog';

export const badgeOf = (count: number): string => (count >= 100 ? '99+' : String(count));

function RoomLink({ room }: { room: MyRoom }) {
  const isCurrent = room.room === current.value;
  const { unread, mentions, notifications } = room;
  const silent = notifications === 'nothing';
  const state = [isCurrent && 'current', unread > 0 && !silent && 'unread', silent && 'silent'];
  return (
    <li>
      <a
        href={addressOf(room.room)}
        class={state.filter(Boolean).join(' ')}
        aria-current={isCurrent ? 'page' : undefined}
        title={room.room}
        onClick={() => (drawer.value = false)}
      >
        <span class="hash" aria-hidden="true">#</span>
        <span class="name" dir="auto">{room.room}</span>
        {!isCurrent && hasDraft(room.room) && (
          <span class="draft" role="img" aria-label={t().draft} title={t().draft}>
            <Icon name="pencil" size={15} />
          </span>
        )}
        {silent && <Icon name="muted" size={15} />}
        {unread > 0 && (
          <span class={mentions > 0 ? 'badge mentions' : 'badge'} title={t().unread(unread, mentions)}>
            {mentions > 0 && '@'}
            {badgeOf(unread)}
            <span class="hidden"> {t().unread(unread, mentions)}</span>
          </span>
        )}
      </a>
    </li>
  );
}

function MyCard() {
  const name = me.value?.name ?? '…';
  return (
    <button type="button" id="me" aria-label={t().settingsOf(name)} onClick={() => openDialog('settings')}>
      <Avatar name={name} id={me.value?.id ?? ''} />
      <span class="name" dir="auto">{name}</span>
      <Icon name="gear" />
    </button>
  );
}

export function Sidebar() {
  return (
    <aside id="drawer">
      <div class="brand">
        <a href="/" onClick={() => (drawer.value = false)}>
          <img src="/favicon.svg" alt="" width="26" height="26" />
          tinychat
        </a>
        <button
          type="button"
          class="icon"
          aria-label={t().findRoom}
          title={`${t().findRoom} (${t().commandKey}+K)`}
          onClick={() => openDialog('switcher')}
        >
          <Icon name="search" />
        </button>
      </div>
      <nav aria-label={t().rooms}>
        <div class="heading">
          <h2>{t().rooms}</h2>
          <button
            type="button"
            class="icon"
            id="open-room"
            aria-label={t().openRoom}
            title={t().openRoom}
            onClick={() => openDialog('switcher')}
          >
            <Icon name="plus" size={18} />
          </button>
        </div>
        <ul id="rooms">
          {rooms.value.map((room) => (
            <RoomLink key={room.room} room={room} />
          ))}
        </ul>
      </nav>
      {isOwner.value && (
        <button
          type="button"
          id="server"
          onClick={() => openServer('people')}
        >
          <Icon name="server" />
          <span class="name">{t().thisServer}</span>
        </button>
      )}
      <MyCard />
    </aside>
  );
}
