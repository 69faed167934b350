// Who is in the room now.
import { useEffect } from 'preact/hooks';

import { directRoom } from '../api';
import { isMe } from '../state/me';
import { askPresence, present } from '../state/people';
import { current, enterRoom } from '../state/rooms';
import { t } from '../texts';
import { Problem, useAttempt } from './attempt';
import { Avatar } from './avatar';
import { Dialog } from './dialog';
import { dialog } from './dialogs';
import { Icon } from './icons';
import { mention } from './person_dialog';

export function PeopleDialog() {
  const attempt = useAttempt();
  useEffect(() => void askPresence(current.peek()), []);
  const here = present.value;
  const write = (id: string) =>
    void attempt.run(() => enterRoom(directRoom(id))).then((done) => {
      if (done) dialog.value = null;
    });
  return (
    <Dialog title={t().peopleHere(here?.count ?? 0)} class="people">
      {here?.users ? (
        <ul>
          {here.users.map((person, index) => (
            <li key={person.id ?? index}>
              <button type="button" onClick={() => mention(person.name)}>
                <Avatar name={person.name} id={person.id} />
                <span class="name" dir="auto">{person.name}</span>
                {isMe(person.id) && <small>{t().thisIsYou}</small>}
                {!person.id && <small>{t().unverified}</small>}
              </button>
              {person.id && !isMe(person.id) && (
                <button
                  type="button"
                  class="icon"
                  aria-label={t().writeTo(person.name)}
                  title={t().writePrivately}
                  onClick={() => write(person.id!)}
                >
                  <Icon name="speech" />
                </button>
              )}
            </li>
          ))}
        </ul>
      ) : (
        <p class="quiet">{t().tooManyToName}</p>
      )}
      <Problem of={attempt} />
    </Dialog>
  );
}
