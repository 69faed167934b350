// Somebody whose name was clicked.
import { signal } from '@preact/signals';

import { directRoom } from '../api';
import type { Somebody } from '../state/everyone';
import { isMe } from '../state/me';
import { enterRoom } from '../state/rooms';
import { mentionOf } from '../text/mentions';
import { t } from '../texts';
import { Problem, useAttempt } from './attempt';
import { Avatar } from './avatar';
import { insert } from './composing';
import { Dialog } from './dialog';
import { dialog, openDialog } from './dialogs';

const shown = signal<Somebody>({ id: '', name: '' });

export function openPerson(person: Somebody): void {
  shown.value = person;
  openDialog('person');
}

// Into the field, once the dialog has given the focus back.
export function mention(name: string): void {
  dialog.value = null;
  setTimeout(() => insert(`${mentionOf(name)} `));
}

export function PersonDialog() {
  const attempt = useAttempt();
  const { id, name } = shown.value;
  const write = () =>
    void attempt.run(() => enterRoom(directRoom(id))).then((done) => {
      if (done) dialog.value = null;
    });
  return (
    <Dialog title={name} class="person">
      <div class="who">
        <Avatar name={name} id={id} />
        {!isMe(id) && (
          <button type="button" class="button" disabled={attempt.busy.value} onClick={write}>{t().writePrivately}</button>
        )}
        <button type="button" class="button outline" onClick={() => mention(name)}>{t().mention}</button>
      </div>
      <Problem of={attempt} />
    </Dialog>
  );
}
