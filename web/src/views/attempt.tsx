// Something that may fail, and what is wrong then.
import { useSignal, type Signal } from '@preact/signals';

import { ApiError } from '../api';
import { t } from '../texts';

export interface Attempt {
  problem: Signal<string>;
  busy: Signal<boolean>;
  // Whether it was done.
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

export function Problem({ of, id }: { of: Attempt; id?: string }) {
  return <p id={id} class="error" role="alert">{of.problem.value}</p>;
}
