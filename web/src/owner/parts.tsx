// What the owner's lists and forms are made of.
import { useSignal, type Signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

import type { Attempt } from '../views/attempt';
import { words } from './words';

// A list that is asked for when it is shown. Null: not here yet.
export function useList<T>(ask: () => Promise<T[]>, attempt: Attempt): [Signal<T[] | null>, () => Promise<boolean>] {
  const list = useSignal<T[] | null>(null);
  const load = () => attempt.run(async () => (list.value = await ask()));
  useEffect(() => void load(), []);
  return [list, load];
}

export function ExpiryField({ id }: { id: string }) {
  return (
    <div class="line">
      <label for={id}>{words().expires}</label>
      <select id={id} name="expires">
        {Object.entries(words().expiries).map(([days, label]) => (
          <option key={days} value={days}>{label}</option>
        ))}
      </select>
    </div>
  );
}

export const textOf = (form: HTMLFormElement, name: string): string =>
  String(new FormData(form).get(name) ?? '').trim();

// As the server takes it: absent for never.
export function expiryOf(form: HTMLFormElement): { expiresInDays?: number } {
  const days = Number(textOf(form, 'expires'));
  return days ? { expiresInDays: days } : {};
}
