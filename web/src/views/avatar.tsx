import { hueOf, initialOf } from '../text/person';

// A person's letter in their colour. It is drawn and no text: the name stands beside it. A dashed edge: nobody has proved to be them.
export function Avatar({ name, id }: { name: string; id?: string | undefined }) {
  return (
    <span class={id ? `avatar c${hueOf(id)}` : 'avatar anyone'} data-initial={initialOf(name)} aria-hidden="true" />
  );
}
