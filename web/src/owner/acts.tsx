// What owners did, the newest first.
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

import { fullTimeOf, shortTimeOf } from '../text/time';
import { t } from '../texts';
import { Problem, useAttempt } from '../views/attempt';
import { acts, type Act } from './api';
import { words } from './words';

const didWhat = ({ action, subject }: Act): string => words().acts[action]?.(subject) ?? `${action} ${subject}`;

export function Acts() {
  const attempt = useAttempt();
  const list = useSignal<Act[] | null>(null);
  const before = useSignal<string | null>(null);
  const load = () =>
    attempt.run(async () => {
      const page = await acts(before.peek() ?? undefined);
      list.value = [...(list.peek() ?? []), ...page.entries];
      before.value = page.before;
    });
  useEffect(() => void load(), []);
  return (
    <>
      <ol class="entries">
        {list.value?.map((act, index) => (
          <li key={index}>
            <div class="entry">
              <span class="name">
                <span dir="auto"><b>{act.by ? act.by.name : words().commandLine}</b> {didWhat(act)}</span>
                <small title={fullTimeOf(act.time)}>{shortTimeOf(act.time)}</small>
              </span>
            </div>
          </li>
        ))}
      </ol>
      {list.value?.length === 0 && <p class="quiet">{words().nothingDone}</p>}
      {!list.value && !attempt.problem.value && <p class="quiet">{t().loading}</p>}
      <Problem of={attempt} />
      {before.value && <button type="button" class="text-button" onClick={() => void load()}>{words().older}</button>}
    </>
  );
}
