// For those who are not let in: what this is, and how one comes in. It looks like the page of a join link.
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';

import { me, standing } from '../state/me';
import { joinPathOf } from '../text/join';
import { t } from '../texts';

function JoinForm() {
  const problem = useSignal('');
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const field = (event.currentTarget as HTMLFormElement).elements.namedItem('link') as HTMLInputElement;
    const path = joinPathOf(field.value);
    if (path) return location.assign(path);
    problem.value = t().door.noLink;
    field.focus();
  };
  return (
    <form onSubmit={submit}>
      <label for="join-link">{t().door.link}</label>
      <div class="field">
        <input
          id="join-link"
          name="link"
          dir="ltr"
          inputMode="url"
          autocapitalize="none"
          autocomplete="off"
          spellcheck={false}
          enterkeyhint="go"
          placeholder={`${location.origin}/join/…`}
          aria-describedby="join-problem"
          onInput={() => (problem.value = '')}
        />
      </div>
      <p id="join-problem" class="error" role="alert">{problem.value}</p>
      <button class="button">{t().door.open}</button>
    </form>
  );
}

function Stranger() {
  const words = t().door;
  return (
    <>
      <p>{words.whatThisIs}</p>
      {me.value && <p>{words.notLetIn(me.value.name)}</p>}
      <JoinForm />
      <details>
        <summary>{words.isMine}</summary>
        <p>
          {words.printed} <code dir="ltr">tinychat owner-link</code>
        </p>
      </details>
    </>
  );
}

function Removed() {
  const words = t().door;
  return (
    <>
      <p>{words.whatRemovedMeans}</p>
      <button type="button" class="text-button" onClick={() => location.reload()}>{words.lookAgain}</button>
    </>
  );
}

export function Door() {
  const heading = useRef<HTMLHeadingElement>(null);
  const isRemoved = standing.value === 'removed';
  // A screen reader begins here, also where the chat has just been.
  useEffect(() => heading.current?.focus(), []);
  return (
    <main class="door" id="door">
      <div>
        <p class="brand">
          <img src="/favicon.svg" alt="" width="32" height="32" />
          tinychat
        </p>
        <h1 ref={heading} tabIndex={-1}>{isRemoved ? t().door.removed : t().door.closed}</h1>
        {isRemoved ? <Removed /> : <Stranger />}
      </div>
    </main>
  );
}
