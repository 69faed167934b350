// Who is in a private room.
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

import { addMember, removeMember } from '../api';
import { isMe } from '../state/me';
import { askMembers, governs, members } from '../state/rooms';
import { t } from '../texts';
import { Problem, useAttempt } from './attempt';
import { Avatar } from './avatar';
import { Confirm } from './confirm';
import { Icon } from './icons';
import { PeoplePicker } from './people_picker';

export function Members({ room }: { room: string }) {
  const attempt = useAttempt();
  const adds = useSignal(false);
  const known = members.value;
  useEffect(() => void askMembers(room).catch(() => undefined), []);
  const change = (action: Promise<void>) => void attempt.run(() => action.then(() => askMembers(room)));
  return (
    <section class="members">
      <h3>{known ? t().membersOf(known.members.length) : t().members}</h3>
      <ul class="entries">
        {known?.members.map(({ id, name }) => (
          <li key={id}>
            <div class="entry">
              <Avatar name={name} id={id} />
              <span class="name" dir="auto">
                {name} {isMe(id) && <small>{t().thisIsYou}</small>}
              </span>
              {id === known.host && <span class="tag">{t().host}</span>}
              {governs.value && !isMe(id) && (
                <Confirm label={t().remove} question={`${t().removeOne(name)}?`} act={() => change(removeMember(room, id))} />
              )}
            </div>
          </li>
        ))}
      </ul>
      <Problem of={attempt} />
      {adds.value ? (
        <PeoplePicker without={known?.members.map(({ id }) => id) ?? []} choose={({ id }) => change(addMember(room, id))} />
      ) : (
        <button type="button" id="add-member" class="button outline" onClick={() => (adds.value = true)}>
          <Icon name="plus" size={16} />
          {t().addMember}
        </button>
      )}
    </section>
  );
}
