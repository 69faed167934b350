// A line between the messages and the field: who is writing, or who has just come or gone. Always as high, so that
// nothing moves.
import { note, typing } from '../state/people';
import { t } from '../texts';

export function Strip() {
  const names = typing.value.map(({ name }) => name);
  const words = names.length > 0 ? t().typing(names) : note.value ? t().notes[note.value.kind](note.value) : '';
  return (
    <p id="strip" class={names.length > 0 ? 'typing' : 'note'} dir="auto">
      {names.length > 0 && <span class="dots" aria-hidden="true"><i /><i /><i /></span>}
      <span>{words}</span>
    </p>
  );
}
