// Oneself: the name others see, how the page looks, notifications, and where one is signed in.
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

import { ApiError, sessions } from '../api';
import { askPermission, permission } from '../notify';
import { lookAtMe, me, rename } from '../state/me';
import { languageChoice, theme, welcomed, type Theme } from '../state/settings';
import { signOut } from '../stream/session';
import { fullTimeOf } from '../text/time';
import { t } from '../texts';
import type { Session } from '../types';
import { Choices } from './choices';
import { Dialog } from './dialog';
import { openDialog } from './dialogs';

function NameForm() {
  const problem = useSignal('');
  const saved = useSignal(false);
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const field = (event.currentTarget as HTMLFormElement).elements.namedItem('name') as HTMLInputElement;
    const name = field.value.trim();
    problem.value = '';
    saved.value = false;
    if (!name) return void (field.value = me.peek()?.name ?? '');
    try {
      await rename(name);
      welcomed.value = true;
      saved.value = true;
    } catch (error) {
      problem.value = (error instanceof ApiError && error.message) || t().unreachable;
    }
  };
  return (
    <form class="line" onSubmit={submit}>
      <label for="name">{t().yourName}</label>
      <div class="field">
        <input
          id="name"
          name="name"
          dir="auto"
          autocomplete="nickname"
          spellcheck={false}
          enterkeyhint="done"
          aria-describedby="name-state"
          defaultValue={me.value?.name ?? ''}
          onInput={() => (saved.value = false)}
        />
        <button class="text-button">{t().save}</button>
      </div>
      <p id="name-state" class={problem.value ? 'error' : 'quiet'} role="status">
        {problem.value || (saved.value ? t().saved : '')}
      </p>
    </form>
  );
}

// Enough of a browser's long name for itself to tell one from another.
function browserOf(userAgent: string): string {
  const browser = /(Firefox|Edg|OPR|Chrome|Safari)\/[\d.]+/.exec(userAgent)?.[1] ?? userAgent.slice(0, 40);
  const system = /(Windows|Android|iPhone|iPad|Mac OS X|Linux)/.exec(userAgent)?.[1];
  return [browser, system].filter(Boolean).join(' · ');
}

function Sessions() {
  const list = useSignal<Session[]>([]);
  const load = () => sessions().then((all) => (list.value = all), () => undefined);
  useEffect(() => void load(), []);
  return (
    <section>
      <h3>{t().signedIn}</h3>
      <ul class="sessions">
        {list.value.map((session) => (
          <li key={session.id}>
            <span>
              {browserOf(session.userAgent) || '?'}
              <small>{session.current ? t().thisBrowser : t().lastSeen(fullTimeOf(session.lastSeen))}</small>
            </span>
            <button
              type="button"
              class="text-button"
              onClick={() => void signOut(session.current ? 'current' : session.id).then(load, () => undefined)}
            >
              {t().signOut}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

export function SettingsDialog() {
  const words = t();
  useEffect(() => void lookAtMe().catch(() => undefined), []);
  return (
    <Dialog title={words.you} class="settings">
      <NameForm />
      <Choices
        legend={words.theme}
        name="theme"
        choices={[
          ['system', words.asSystem],
          ['light', words.light],
          ['dark', words.dark],
        ]}
        value={theme.value}
        choose={(value) => (theme.value = value as Theme)}
      />
      <Choices
        legend={words.language}
        name="language"
        choices={[
          ['system', words.asSystem],
          ['en', 'English'],
          ['de', 'Deutsch'],
        ]}
        value={languageChoice.value}
        choose={(value) => (languageChoice.value = value as 'system' | 'en' | 'de')}
      />
      <section>
        <h3>{words.notifications}</h3>
        <p class="quiet">{words.permissions[permission.value]}</p>
        {permission.value === 'default' && (
          <button type="button" class="button" onClick={() => void askPermission()}>{words.allowNotifications}</button>
        )}
      </section>
      <Sessions />
      <button type="button" class="text-button" onClick={() => openDialog('keys')}>{words.keys.title}</button>
    </Dialog>
  );
}
