// Where one writes. It is never switched off: what cannot be sent now is sent later.
import { signal } from '@preact/signals';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';

import { ApiError, typing as tellTyping } from '../api';
import { commandOf } from '../commands';
import { outbox } from '../send/outbox';
import { draftOf, keepDraft } from '../state/drafts';
import { isMe, me } from '../state/me';
import { current, isPrivate, mayWrite, newAfter, placeName, timeline } from '../state/rooms';
import { welcomed } from '../state/settings';
import { connection } from '../stream/session';
import { t } from '../texts';
import { chosen, closeOffers, Completion, handleKey, offer, offers, replaceName } from './completion';
import { setField, setText } from './composing';
import { openDialog } from './dialogs';
import { EmojiPanel } from './emoji_panel';
import { Icon } from './icons';

const typingEvery = 3100;
const problem = signal('');
const picking = signal(false);

let typingTold = 0;
let typingTimer = 0;

// At most so often as the server passes it on; the last time it is told while there is still something written.
function saysTyping(field: HTMLTextAreaElement): void {
  clearTimeout(typingTimer);
  const text = field.value;
  if (!text.trim() || text.startsWith('/') || connection.peek() !== 'live') return;
  const wait = typingTold + typingEvery - Date.now();
  if (wait > 0) {
    typingTimer = setTimeout(() => saysTyping(field), wait);
    return;
  }
  typingTold = Date.now();
  tellTyping(current.peek()).catch(() => undefined);
}

// As high as its text, within the limits of the style sheet; where the style sheet cannot do it by itself.
const fitsItself = CSS.supports('field-sizing', 'content');
function fit(field: HTMLTextAreaElement): void {
  if (fitsItself) return;
  field.style.height = 'auto';
  field.style.height = `${field.scrollHeight}px`;
}

async function run(command: () => Promise<void> | void, text: string): Promise<void> {
  try {
    await command();
  } catch (error) {
    problem.value = (error instanceof ApiError && error.message) || t().unreachable;
    setText(text);
  }
}

function send(field: HTMLTextAreaElement): void {
  const text = field.value.trimEnd();
  if (!text.trim() || !mayWrite.peek()) return;
  const room = current.peek();
  problem.value = '';
  field.value = '';
  fit(field);
  keepDraft(room, '');
  closeOffers();
  const command = commandOf(text);
  if (command) return void run(command, text);
  welcomed.value = true;
  newAfter.value = null;
  clearTimeout(typingTimer);
  const log = timeline.peek();
  log.follows = true;
  if (log.hasNewer.peek()) void log.open();
  void outbox.write(room, text);
}

function recall(): void {
  const mine = timeline.peek().rows.peek().filter(({ author }) => isMe(author));
  const last = mine.at(-1);
  if (last) setText(last.text);
}

function onKeyDown(event: KeyboardEvent): void {
  const field = event.currentTarget as HTMLTextAreaElement;
  if (handleKey(event)) return;
  if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    send(field);
  } else if (event.key === 'ArrowUp' && !field.value && !event.altKey && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    recall();
  }
}

function onInput(event: Event): void {
  const field = event.currentTarget as HTMLTextAreaElement;
  fit(field);
  keepDraft(current.peek(), field.value);
  saysTyping(field);
  void offer(field);
  void replaceName(field);
}

// Only until somebody has read it: what others see of a newcomer is a name.
function Welcome() {
  if (welcomed.value || !me.value) return null;
  return (
    <p class="welcome">
      <span>
        {t().writingAs} <b dir="auto">{me.value.name}</b>
      </span>
      <button type="button" onClick={() => openDialog('settings')}>{t().changeName}</button>
    </p>
  );
}

export function Composer() {
  const element = useRef<HTMLTextAreaElement>(null);
  const room = current.value;
  useEffect(() => {
    setField(element.current);
    return () => setField(null);
  }, []);
  useLayoutEffect(() => {
    const field = element.current!;
    field.value = draftOf(room);
    problem.value = '';
    closeOffers();
    fit(field);
    if (matchMedia('(hover: hover)').matches) field.focus({ preventScroll: true });
  }, [room]);
  const isLocked = !mayWrite.value;
  const invites = isLocked ? (isPrivate(room) ? t().lockPrivateRoom : t().lockRoom) : t().messageTo(placeName(room));
  const completes = offers.value.length > 0;
  return (
    <form
      id="composer"
      autocomplete="off"
      onSubmit={(event) => {
        event.preventDefault();
        send(element.current!);
      }}
    >
      <p id="send-error" class="error" role="alert">{problem.value}</p>
      <Welcome />
      <Completion />
      {picking.value && <EmojiPanel close={() => (picking.value = false)} />}
      <div class={isLocked ? 'field locked' : 'field'}>
        <textarea
          id="text"
          ref={element}
          rows={1}
          dir="auto"
          enterkeyhint="send"
          readOnly={isLocked}
          aria-label={invites}
          placeholder={invites}
          aria-autocomplete="list"
          aria-controls={completes ? 'completion' : undefined}
          aria-activedescendant={completes ? `offer-${chosen.value}` : undefined}
          onKeyDown={onKeyDown}
          onInput={onInput}
          onBlur={closeOffers}
        />
        <button
          type="button"
          id="emoji"
          class="icon"
          aria-label={t().emoji}
          title={t().emoji}
          aria-expanded={picking.value}
          onClick={() => (picking.value = !picking.value)}
        >
          <Icon name="smile" />
        </button>
        <button id="send" aria-label={t().send} title={t().send}>
          <Icon name="send" />
        </button>
      </div>
    </form>
  );
}
