// Who is in, and what they may do.
import { useSignal } from '@preact/signals';

import { allPeople } from '../api';
import { isMe } from '../state/me';
import { dateOf } from '../text/time';
import { t } from '../texts';
import type { KnownPerson, Role } from '../types';
import { Problem, useAttempt } from '../views/attempt';
import { Confirm } from '../views/confirm';
import { Avatar } from '../views/avatar';
import { Icon } from '../views/icons';
import { setRole } from './api';
import { useList } from './parts';
import { words } from './words';

const findFrom = 8; // people

// Owners first, those who were sent away last.
const rank: Record<Role, number> = { owner: 0, member: 1, guest: 2, removed: 3 };
const inOrder = (a: KnownPerson, b: KnownPerson): number => rank[a.role] - rank[b.role] || a.name.localeCompare(b.name);

function Acts({ person, become }: { person: KnownPerson; become: (role: Role) => void }) {
  const { role, name } = person;
  return (
    <div class="acts">
      {role === 'removed' && <button type="button" class="text-button" onClick={() => become('member')}>{words().letInAgain}</button>}
      {role === 'guest' && <button type="button" class="text-button" onClick={() => become('member')}>{words().letIn}</button>}
      {role === 'member' && <button type="button" class="text-button" onClick={() => become('owner')}>{words().makeOwner}</button>}
      {role === 'owner' && <button type="button" class="text-button" onClick={() => become('member')}>{words().makeMember}</button>}
      {role !== 'removed' && (
        <Confirm label={words().remove} question={words().removeQuestion(name)} act={() => become('removed')} />
      )}
    </div>
  );
}

function About({ person: { id, name, role, created } }: { person: KnownPerson }) {
  const tag = words().roles[role];
  return (
    <>
      <Avatar name={name} id={id} />
      <span class="name">
        <span dir="auto">{name}</span>
        <small>{isMe(id) ? t().thisIsYou : words().since(dateOf(created))}</small>
      </span>
      {tag && <span class="tag">{tag}</span>}
    </>
  );
}

export function People({ toLinks }: { toLinks: () => void }) {
  const attempt = useAttempt();
  const [list, load] = useList(allPeople, attempt);
  const opened = useSignal('');
  const wanted = useSignal('');
  const become = (id: string, role: Role) =>
    attempt.run(() => setRole(id, role)).then((done) => {
      if (!done) return;
      opened.value = '';
      void load();
    });
  const all = list.value ?? [];
  const shown = all.filter(({ name }) => name.toLowerCase().includes(wanted.value.trim().toLowerCase())).sort(inOrder);
  return (
    <>
      <Problem of={attempt} />
      {all.length >= findFrom && (
        <input
          class="text-field"
          type="search"
          aria-label={words().findPerson}
          placeholder={words().findPerson}
          onInput={(event) => (wanted.value = event.currentTarget.value)}
        />
      )}
      <ul class="entries">
        {shown.map((person) => {
          const isOpen = opened.value === person.id;
          return (
            <li key={person.id} class={person.role === 'removed' ? 'gone' : ''}>
              {isMe(person.id) ? (
                // Nobody sends themselves away by a slip.
                <div class="entry"><About person={person} /></div>
              ) : (
                <button
                  type="button"
                  class="entry"
                  aria-expanded={isOpen}
                  onClick={() => (opened.value = isOpen ? '' : person.id)}
                >
                  <About person={person} />
                  <Icon name="more" />
                </button>
              )}
              {isOpen && <Acts person={person} become={(role) => void become(person.id, role)} />}
            </li>
          );
        })}
      </ul>
      {list.value && all.every(({ id }) => isMe(id)) && (
        <p class="quiet">
          {words().nobodyElse} <button type="button" class="text-button" onClick={toLinks}>{words().toLinks}</button>
        </p>
      )}
    </>
  );
}
