// Who is in the room now.
import { useEffect } from 'preact/hooks';

import { isMe } from '../state/me';
import { askPresence, present } from '../state/people';
import { current } from '../state/rooms';
import { mentionOf } from '../text/mentions';
import { t } from '../texts';
import { Avatar } from './avatar';
import { insert } from './composing';
import { Dialog } from './dialog';
import { dialog } from './dialogs';

export function PeopleDialog() {
  useEffect(() => void askPresence(current.peek()), []);
  const here = present.value;
  const write = (name: string) => {
    dialog.value = null;
    setTimeout(() => insert(`${mentionOf(name)} `));
  };
  return (
    <Dialog title={t().peopleHere(here?.count ?? 0)} class="people">
      {here?.users ? (
        <ul>
          {here.users.map((person, index) => (
            <li key={person.id ?? index}>
              <button type="button" onClick={() => write(person.name)}>
                <Avatar name={person.name} id={person.id} />
                <span class="name" dir="auto">{person.name}</span>
                {isMe(person.id) && <small>{t().thisIsYou}</small>}
                {!person.id && <small>{t().unverified}</small>}
              </button>
            </li>
          ))}
        </ul>
      ) : (
        <p class="quiet">{t().tooManyToName}</p>
      )}
    </Dialog>
  );
}
