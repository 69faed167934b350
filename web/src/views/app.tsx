// The whole page.
import { announcement } from '../state/announcer';
import { standing } from '../state/me';
import { notice } from '../state/notice';
import { timeline } from '../state/rooms';
import { t } from '../texts';
import { Composer } from './composer';
import { dialog, drawer } from './dialogs';
import { Door } from './door';
import { Header } from './header';
import { KeysDialog } from './keys_dialog';
import { Log } from './log';
import { PeopleDialog } from './people_dialog';
import { PersonDialog } from './person_dialog';
import { PrivateDialog } from './private_dialog';
import { RoomDialog } from './room_dialog';
import { ServerDialog } from './server_dialog';
import { SettingsDialog } from './settings_dialog';
import { Sidebar } from './sidebar';
import { Strip } from './strip';
import { Switcher } from './switcher';

const dialogs = {
  keys: KeysDialog,
  people: PeopleDialog,
  person: PersonDialog,
  private: PrivateDialog,
  room: RoomDialog,
  server: ServerDialog,
  settings: SettingsDialog,
  switcher: Switcher,
};

function OpenDialog() {
  if (!dialog.value) return null;
  const Shown = dialogs[dialog.value];
  return <Shown key={dialog.value} />;
}

function Announcer() {
  return <p class="hidden" role="status" aria-live="polite" id="announcer">{announcement.value}</p>;
}

// Rendered anew for each room, so that nothing of one is left in another.
function Conversation() {
  return <Log key={timeline.value.room} timeline={timeline.value} />;
}

function Notice() {
  return <p id="notice" role="status">{notice.value}</p>;
}

export function App() {
  if (standing.value !== 'in') return <Door />;
  return (
    <div class={drawer.value ? 'app drawer' : 'app'}>
      <a class="skip" href="#text">{t().skipToWriting}</a>
      <Sidebar />
      <div id="scrim" onClick={() => (drawer.value = false)} />
      <main inert={drawer.value}>
        <Header />
        <Conversation />
        <Strip />
        <Composer />
      </main>
      <Notice />
      <OpenDialog />
      <Announcer />
    </div>
  );
}
