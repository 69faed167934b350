// Some of those there are.
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

import { askEveryone, everyone, isLike, type Somebody } from '../state/everyone';
import { t } from '../texts';
import { Avatar } from './avatar';

const findFrom = 8; // people

interface Props {
  without?: readonly string[]; // ids
  // One at a time, or as many as are ticked.
  choose?: (person: Somebody) => void;
  name?: string;
}

export function PeoplePicker({ without = [], choose, name }: Props) {
  const typed = useSignal('');
  useEffect(() => void askEveryone(), []);
  const all = everyone.value.filter(({ id }) => !without.includes(id));
  return (
    <div class="picker">
      {all.length >= findFrom && (
        <input
          class="text-field"
          type="search"
          dir="auto"
          autocomplete="off"
          aria-label={t().findPersonHint}
          placeholder={t().findPersonHint}
          onInput={(event) => (typed.value = event.currentTarget.value)}
        />
      )}
      {all.length === 0 && <p class="quiet">{t().nobodyToAdd}</p>}
      <ul class="entries">
        {all.map((person) => (
          // What is ticked stays ticked while it is out of sight.
          <li key={person.id} hidden={!isLike(person.name, typed.value)}>
            {choose ? (
              <button type="button" class="entry" aria-label={t().addOne(person.name)} onClick={() => choose(person)}>
                <Avatar name={person.name} id={person.id} />
                <span class="name" dir="auto">{person.name}</span>
                <span class="text-button" aria-hidden="true">{t().add}</span>
              </button>
            ) : (
              <label class="entry">
                <Avatar name={person.name} id={person.id} />
                <span class="name" dir="auto">{person.name}</span>
                <input type="checkbox" name={name} value={person.id} />
              </label>
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}
