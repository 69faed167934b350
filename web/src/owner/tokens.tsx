// The tokens by which programs come in. A secret is shown once.
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';

import { current, isPrivate } from '../state/rooms';
import { home } from '../state/route';
import { followLine, postLine, readLine } from '../text/curl';
import { shortTimeOf } from '../text/time';
import { t } from '../texts';
import { Problem, useAttempt } from '../views/attempt';
import { Confirm } from '../views/confirm';
import { Copyable } from '../views/copyable';
import { Icon } from '../views/icons';
import { newToken, revokeToken, scopes, tokens, type Scope, type Token } from './api';
import { expiryOf, ExpiryField, textOf, useList } from './parts';
import { words } from './words';

type Made = Token & { token: string };

const roomsIn = (text: string): string[] => text.split(/[\s,]+/).map((room) => room.replace(/^#/, '')).filter(Boolean);

// A room that the token is good for.
function roomFor({ rooms }: Token): string {
  const [first] = rooms;
  if (first) return first.replace(/\*$/, home);
  return isPrivate(current.peek()) ? home : current.peek();
}

function lineFor(made: Made): string {
  const room = roomFor(made);
  if (made.can.includes('publish')) return postLine(room, made.token, made.name);
  return made.can.includes('subscribe') ? followLine(room, made.token) : readLine(room, made.token);
}

function stateOf({ can, rooms, used, expires }: Token): string {
  const isOver = expires !== null && Date.parse(expires) < Date.now();
  return [
    can.map((scope) => words().tokenMay[scope]).join(', '),
    rooms.length > 0 ? rooms.map((room) => `#${room}`).join(' ') : words().everywhere,
    used ? words().used(shortTimeOf(used)) : words().notUsed,
    isOver ? words().expired : expires && words().expiresOn(shortTimeOf(expires)),
  ].filter(Boolean).join(' · ');
}

function MadeToken({ made, done }: { made: Made; done: () => void }) {
  const first = useRef<HTMLHeadingElement>(null);
  useEffect(() => first.current?.focus(), []);
  return (
    <div class="made">
      <h3 ref={first} tabIndex={-1}>{words().shownOnce}</h3>
      <Copyable label={words().tokenOf(made.name)} text={made.token} />
      <Copyable label={words().tryIt} text={lineFor(made)} />
      <button type="button" class="button" onClick={done}>{words().done}</button>
    </div>
  );
}

function NewTokenForm({ made }: { made: (token: Made) => void }) {
  const attempt = useAttempt();
  const first = useRef<HTMLInputElement>(null);
  useEffect(() => first.current?.focus(), []);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const rooms = roomsIn(textOf(form, 'rooms'));
    const can = new FormData(form).getAll('can') as Scope[];
    void attempt.run(async () =>
      made(await newToken({ name: textOf(form, 'name'), can, ...(rooms.length > 0 ? { rooms } : {}), ...expiryOf(form) })));
  };
  return (
    <form id="new-token" onSubmit={submit}>
      <div class="line">
        <label for="token-name">{words().tokenName}</label>
        <input ref={first} id="token-name" class="text-field" name="name" dir="auto" required placeholder={words().tokenNameHint} autocomplete="off" />
      </div>
      <fieldset class="checks">
        <legend>{words().may}</legend>
        {scopes.map((scope) => (
          <label key={scope}>
            <input type="checkbox" name="can" value={scope} defaultChecked={scope === 'publish'} />
            {words().scopes[scope]}
          </label>
        ))}
      </fieldset>
      <div class="line">
        <label for="token-rooms">{words().rooms}</label>
        <input
          id="token-rooms"
          class="text-field"
          name="rooms"
          dir="auto"
          autocapitalize="none"
          autocomplete="off"
          spellcheck={false}
          placeholder={words().roomsHint}
          aria-describedby="token-rooms-mean"
        />
        <p id="token-rooms-mean" class="quiet">{words().roomsMeans}</p>
      </div>
      <ExpiryField id="token-expires" />
      <Problem of={attempt} />
      <button class="button" disabled={attempt.busy.value}>{words().makeToken}</button>
    </form>
  );
}

export function Tokens() {
  const attempt = useAttempt();
  const [list, load] = useList(tokens, attempt);
  const made = useSignal<Made | null>(null);
  const isMaking = useSignal(false);
  if (made.value) {
    return (
      <MadeToken
        made={made.value}
        done={() => {
          made.value = null;
          void load();
        }}
      />
    );
  }
  return (
    <>
      <p class="quiet">{words().tokensMean}</p>
      <Problem of={attempt} />
      <ul class="entries">
        {list.value?.map((token) => (
          <li key={token.id}>
            <div class="entry">
              <span class="name">
                <span dir="auto">{token.name}</span>
                <small>{stateOf(token)}</small>
              </span>
              <Confirm
                label={words().revoke}
                question={words().revokeQuestion(token.name)}
                act={() => void attempt.run(() => revokeToken(token.id)).then(load)}
              />
            </div>
          </li>
        ))}
      </ul>
      {list.value?.length === 0 && <p class="quiet">{words().noTokens}</p>}
      {!list.value && !attempt.problem.value && <p class="quiet">{t().loading}</p>}
      {isMaking.value ? (
        <NewTokenForm
          made={(token) => {
            isMaking.value = false;
            made.value = token;
          }}
        />
      ) : (
        <button type="button" class="button outline" onClick={() => (isMaking.value = true)}>
          <Icon name="plus" size={16} />
          {words().newToken}
        </button>
      )}
    </>
  );
}
