// About the room on the page: its topic, who is in it, what one wants to be told, how to write to it from anywhere,
// and leaving. What only some may change is there for them alone.
import { useState } from 'preact/hooks';
import { changeRoom } from '../api';
import { askPermission, permission } from '../notify';
import { outbox } from '../send/outbox';
import { me } from '../state/me';
import { addressOf } from '../state/route';
import { current, currentRoom, governs, leaveRoom, mayWrite, placeName, setNature, setNotifications } from '../state/rooms';
import { followLine, postLine } from '../text/curl';
import { t } from '../texts';
import type { MyRoom, Notifications } from '../types';
import { Problem, useAttempt, type Attempt } from './attempt';
import { Choices } from './choices';
import { Confirm } from './confirm';
import { Copyable } from './copyable';
import { Dialog } from './dialog';
import { dialog } from './dialogs';
import { Members } from './members';

interface LineProps {
  id: string;
  label: string;
  hint: string;
  value: string;
  save: (value: string) => void;
}

function LineForm({ id, label, hint, value, save }: LineProps) {
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const field = (event.currentTarget as HTMLFormElement).elements.namedItem('line') as HTMLInputElement;
    save(field.value.trim());
  };
  return (
    <form class="line" onSubmit={submit}>
      <label for={id}>{label}</label>
      <div class="field">
        <input id={id} name="line" dir="auto" defaultValue={value} placeholder={hint} />
        <button class="text-button">{t().save}</button>
      </div>
    </form>
  );
}

// What the room is called and who writes in it, for those who say so.
function Governing({ room, attempt }: { room: MyRoom; attempt: Attempt }) {
  const change = (to: { title?: string | null; locked?: boolean }) =>
    attempt.run(async () => setNature(room.room, await changeRoom(room.room, to)));
  // What was chosen is shown while the server is asked.
  const [asked, ask] = useState<boolean>();
  const lock = async (locked: boolean) => {
    ask(locked);
    await change({ locked });
    ask(undefined);
  };
  return (
    <>
      <LineForm
        id="title-field"
        label={t().roomTitle}
        hint={room.private ? t().roomTitleHint : room.room}
        value={room.title ?? ''}
        save={(title) => void change({ title: title || null }).then((done) => done && (dialog.value = null))}
      />
      <label class="check">
        <input
          type="checkbox"
          id="locked"
          checked={asked ?? room.locked}
          onChange={(event) => void lock(event.currentTarget.checked)}
        />
        {room.private ? t().lockPrivateRoom : t().lockRoom}
      </label>
    </>
  );
}

// Programs that have a token for a private room are rare; for the others these lines are in the way.
function FromAnywhere({ room }: { room: string }) {
  const token = me.value?.door === 'closed' ? 'TOKEN' : '';
  return (
    <>
      <Copyable label={t().postFromAnywhere} text={postLine(room, token)} />
      <Copyable label={t().followFromAnywhere} text={followLine(room, token)} />
      {token && <p class="quiet small">{t().putToken}</p>}
    </>
  );
}

function Leave({ room, attempt }: { room: MyRoom | undefined; attempt: Attempt }) {
  const leave = () =>
    void attempt.run(() => leaveRoom(current.peek())).then((done) => {
      if (done) dialog.value = null;
    });
  // A room of two is there for good.
  if (room?.direct) return null;
  if (room?.private) {
    return <Confirm id="leave" label={t().leaveRoom} question={t().leaveQuestion} act={leave} />;
  }
  return (
    <button type="button" id="leave" class="text-button danger" onClick={leave}>
      {t().leaveRoom}
    </button>
  );
}

export function RoomDialog() {
  const attempt = useAttempt();
  const room = current.value;
  const mine = currentRoom.value;
  const words = t();
  const choose = (value: string) => {
    if (value !== 'nothing' && permission.peek() === 'default') void askPermission();
    void attempt.run(() => setNotifications(room, value as Notifications));
  };
  const setTopic = (topic: string) => {
    if (topic !== (mine?.topic ?? '')) void outbox.write(room, `/topic ${topic}`);
    dialog.value = null;
  };
  return (
    <Dialog title={mine?.private ? placeName(room) : `# ${mine?.title || room}`} class="about">
      {mine?.direct && <p class="quiet">{words.directMeans(mine.title ?? '')}</p>}
      {mine && governs.value && <Governing room={mine} attempt={attempt} />}
      {mayWrite.value && !mine?.direct && (
        <LineForm id="topic-field" label={words.topic} hint={words.topicHint} value={mine?.topic ?? ''} save={setTopic} />
      )}
      <Choices
        legend={words.notifyMe}
        name="notifications"
        choices={[
          ['all', words.notifyAll],
          ['mentions', words.notifyMentions],
          ['nothing', words.notifyNothing],
        ]}
        value={mine?.notifications ?? 'mentions'}
        choose={choose}
      />
      {mine?.private && !mine.direct && <Members room={room} />}
      {!mine?.private && <FromAnywhere room={room} />}
      {!mine?.direct && <Copyable label={words.roomLink} text={location.origin + addressOf(room)} />}
      <Problem of={attempt} />
      <Leave room={mine} attempt={attempt} />
    </Dialog>
  );
}
