// A new room for some alone.
import { newPrivateRoom } from '../api';
import { enterRoom } from '../state/rooms';
import { t } from '../texts';
import { Problem, useAttempt } from './attempt';
import { Dialog } from './dialog';
import { dialog, openDialog } from './dialogs';
import { PeoplePicker } from './people_picker';

let begun = '';

export function openPrivateDialog(title: string): void {
  begun = title;
  openDialog('private');
}

export function PrivateDialog() {
  const attempt = useAttempt();
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const data = new FormData(event.currentTarget as HTMLFormElement);
    const made = newPrivateRoom(String(data.get('title')).trim(), data.getAll('member').map(String));
    void attempt.run(() => enterRoom(made)).then((done) => {
      if (done) dialog.value = null;
    });
  };
  return (
    <Dialog title={t().privateRoom} class="private">
      <p class="quiet">{t().privateMeans}</p>
      <form onSubmit={submit}>
        <div class="line">
          <label for="private-title">{t().roomTitle}</label>
          <input
            id="private-title"
            class="text-field"
            name="title"
            dir="auto"
            required
            autofocus
            autocomplete="off"
            placeholder={t().roomTitleHint}
            defaultValue={begun}
          />
        </div>
        <fieldset>
          <legend>{t().withWhom}</legend>
          <PeoplePicker name="member" />
        </fieldset>
        <Problem of={attempt} />
        <button class="button" disabled={attempt.busy.value}>{t().create}</button>
      </form>
    </Dialog>
  );
}
