// The room's name and topic, who is here, and how the connection is.
import { present } from '../state/people';
import { current, currentRoom, isPrivate, labelOf, rooms } from '../state/rooms';
import { connection } from '../stream/session';
import { t } from '../texts';
import { Avatar } from './avatar';
import { drawer, openDialog } from './dialogs';
import { Icon } from './icons';
import { RoomSign } from './room_sign';

const facesMax = 3;

// Of the other rooms, for those who do not see the list.
function MenuButton() {
  const others = rooms.value.filter(({ room }) => room !== current.value);
  const unread = others.some((room) => room.unread > 0 && room.notifications !== 'nothing');
  return (
    <button
      type="button"
      id="menu"
      class="icon"
      aria-label={unread ? t().roomsUnread : t().rooms}
      aria-expanded={drawer.value}
      aria-controls="drawer"
      onClick={() => {
        drawer.value = true;
        // When it is there.
        setTimeout(() => document.querySelector<HTMLElement>('#rooms [aria-current]')?.focus());
      }}
    >
      <Icon name="menu" size={22} />
      {unread && <span class="dot" />}
    </button>
  );
}

export function Status() {
  const state = connection.value;
  const shown = state === 'live' ? 'live' : state === 'connecting' || state === 'reconnecting' || state === 'waiting' ? 'connecting' : 'offline';
  return (
    <p id="status" role="status" data-state={shown} title={t().connections[state]}>
      <span>{t().connections[state]}</span>
    </p>
  );
}

function PeopleButton() {
  const here = present.value;
  // Who is here is known only while the connection stands.
  if (!here || connection.value === 'offline') return null;
  return (
    <button
      type="button"
      id="people"
      class="faces"
      aria-label={t().peopleHere(here.count)}
      title={t().peopleHere(here.count)}
      onClick={() => openDialog('people')}
    >
      {here.users?.slice(0, facesMax).map((person, index) => (
        <Avatar key={index} name={person.name} id={person.id} />
      ))}
      <span class="count">{here.count}</span>
    </button>
  );
}

export function Header() {
  const topic = currentRoom.value?.topic;
  return (
    <header class="bar">
      <MenuButton />
      <div class="title">
        <h1 id="room" dir="auto" title={labelOf(current.value)}>
          {isPrivate(current.value) && <RoomSign room={currentRoom.value ?? { private: true }} size={17} />}
          {!isPrivate(current.value) && <span class="hash" data-sign="#" aria-hidden="true" />}
          {labelOf(current.value)}
        </h1>
        {currentRoom.value?.locked && <span class="tag">{t().locked}</span>}
        {topic && <p id="topic" dir="auto" title={topic}>{topic}</p>}
      </div>
      <Status />
      <PeopleButton />
      <button
        type="button"
        id="about"
        class="icon"
        aria-label={t().aboutRoom}
        title={t().aboutRoom}
        onClick={() => openDialog('room')}
      >
        <Icon name="more" />
      </button>
    </header>
  );
}
