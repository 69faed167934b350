// About the room on the page: its topic, what one wants to be told, how to write to it from anywhere, and leaving.
import { useSignal } from '@preact/signals';

import { ApiError } from '../api';
import { askPermission, permission } from '../notify';
import { outbox } from '../send/outbox';
import { addressOf } from '../state/route';
import { current, currentRoom, leaveRoom, setNotifications } from '../state/rooms';
import { followLine, postLine } from '../text/curl';
import { t } from '../texts';
import type { Notifications } from '../types';
import { Choices } from './choices';
import { Copyable } from './copyable';
import { Dialog } from './dialog';
import { dialog } from './dialogs';

function TopicForm({ room, topic }: { room: string; topic: string }) {
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const field = (event.currentTarget as HTMLFormElement).elements.namedItem('topic') as HTMLInputElement;
    const next = field.value.trim();
    if (next !== topic) void outbox.write(room, `/topic ${next}`);
    dialog.value = null;
  };
  return (
    <form class="line" onSubmit={submit}>
      <label for="topic-field">{t().topic}</label>
      <div class="field">
        <input id="topic-field" name="topic" dir="auto" defaultValue={topic} placeholder={t().topicHint} />
        <button class="text-button">{t().save}</button>
      </div>
    </form>
  );
}

export function RoomDialog() {
  const problem = useSignal('');
  const room = current.value;
  const mine = currentRoom.value;
  const words = t();
  const attempt = async (action: Promise<void>, closes = false) => {
    try {
      await action;
      if (closes) dialog.value = null;
    } catch (error) {
      problem.value = (error instanceof ApiError && error.message) || words.unreachable;
    }
  };
  const choose = (value: string) => {
    if (value !== 'nothing' && permission.peek() === 'default') void askPermission();
    void attempt(setNotifications(room, value as Notifications));
  };
  return (
    <Dialog title={`# ${room}`} class="about">
      <TopicForm room={room} topic={mine?.topic ?? ''} />
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
      <Copyable label={words.postFromAnywhere} text={postLine(room)} />
      <Copyable label={words.followFromAnywhere} text={followLine(room)} />
      <Copyable label={words.roomLink} text={location.origin + addressOf(room)} />
      <p class="error" role="alert">{problem.value}</p>
      <button type="button" id="leave" class="text-button danger" onClick={() => void attempt(leaveRoom(room), true)}>
        {words.leaveRoom}
      </button>
    </Dialog>
  );
}
