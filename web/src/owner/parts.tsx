// What the owner's lists and forms are made of.
import { useSignal, type Signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';

import { ApiError } from '../api';
import { t } from '../texts';
import { words } from './words';

// Does something that may fail; what is wrong is shown where `problem` is.
export interface Attempt {
  problem: Signal<string>;
  busy: Signal<boolean>;
  run: (action: () => Promise<unknown>) => Promise<boolean>;
}

export function useAttempt(): Attempt {
  const problem = useSignal('');
  const busy = useSignal(false);
  const run = async (action: () => Promise<unknown>) => {
    if (busy.peek()) return false;
    busy.value = true;
    problem.value = '';
    try {
      await action();
      return true;
    } catch (error) {
      problem.value = (error instanceof ApiError && error.message) || t().unreachable;
      return false;
    } finally {
      busy.value = false;
    }
  };
  return { problem, busy, run };
}

export function Problem({ of }: { of: Attempt }) {
  return <p class="error" role="alert">{of.problem.value}</p>;
}

// A list that is asked for when it is shown. Null: not here yet.
export function useList<T>(ask: () => Promise<T[]>, attempt: Attempt): [Signal<T[] | null>, () => Promise<boolean>] {
  const list = useSignal<T[] | null>(null);
  const load = () => attempt.run(async () => (list.value = await ask()));
  useEffect(() => void load(), []);
  return [list, load];
}

interface ConfirmProps {
  label: string;
  question: string;
  act: () => void;
}

// What cannot be taken back is asked for twice.
export function Confirm({ label, question, act }: ConfirmProps) {
  const asks = useSignal(false);
  const opener = useRef<HTMLButtonElement>(null);
  const answer = useRef<HTMLButtonElement>(null);
  const wasAsked = useRef(false);
  useEffect(() => {
    if (asks.value) answer.current?.focus();
    else if (wasAsked.current) opener.current?.focus();
    wasAsked.current = asks.value;
  }, [asks.value]);
  if (!asks.value) {
    return (
      <button type="button" ref={opener} class="text-button danger" onClick={() => (asks.value = true)}>{label}</button>
    );
  }
  return (
    <div class="confirm" role="group" aria-label={question}>
      <p>{question}</p>
      <button type="button" ref={answer} class="button danger" onClick={act}>{label}</button>
      <button type="button" class="text-button" onClick={() => (asks.value = false)}>{words().cancel}</button>
    </div>
  );
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
