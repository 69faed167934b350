// The rooms one has opened, what is unread in them, and oneself.
import { hasDraft } from '../state/drafts';
import { isOwner, me } from '../state/me';
import { addressOf } from '../state/route';
import { current, listed } from '../state/rooms';
import { t } from '../texts';
import type { MyRoom } from '../types';
import { Avatar } from './avatar';
import { drawer, openDialog } from './dialogs';
import { Icon } from './icons';
import { RoomSign } from './room_sign';
import { openServer } from './server_dialog';
import { openSwitcher } from './switcher';

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
        title={room.title || room.room}
        onClick={() => (drawer.value = false)}
      >
        <RoomSign room={room} />
        <span class="name" dir="auto">{room.title || (room.private ? t().privateRoom : room.room)}</span>
        {room.private && !room.direct && <span class="hidden">, {t().privateRoom}</span>}
        {!isCurrent && hasDraft(room.room) && (
          <span class="draft" role="img" aria-label={t().draft} title={t().draft}>
            <Icon name="pencil" size={15} />
          </span>
        )}
        {room.locked && <span class="tag">{t().locked}</span>}
        {silent && <Icon name="muted" size={15} />}
        {unread > 0 && (
          <span class={mentions > 0 || room.direct ? 'badge mentions' : 'badge'} title={t().unread(unread, mentions)}>
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
          onClick={() => openSwitcher()}
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
            onClick={() => openSwitcher()}
          >
            <Icon name="plus" size={18} />
          </button>
        </div>
        <ul id="rooms">
          {listed.value.filter(({ direct }) => !direct).map((room) => (
            <RoomLink key={room.room} room={room} />
          ))}
        </ul>
        <div class="heading">
          <h2>{t().people}</h2>
          <button
            type="button"
            class="icon"
            id="find-person"
            aria-label={t().findPerson}
            title={t().findPerson}
            onClick={() => openSwitcher(true)}
          >
            <Icon name="plus" size={18} />
          </button>
        </div>
        <ul id="direct-rooms">
          {listed.value.filter(({ direct }) => direct).map((room) => (
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
