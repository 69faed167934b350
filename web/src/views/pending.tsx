// What was written in this room and is not acknowledged yet, in the order of sending.
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

import { outbox, overtaken, stalled, unsent } from '../send/outbox';
import { me } from '../state/me';
import type { Timeline } from '../state/timeline';
import { connection } from '../stream/session';
import { hueOf } from '../text/person';
import { t } from '../texts';
import type { Unsent } from '../types';
import { Avatar } from './avatar';
import { insertAbove } from './composing';

const quietFor = 400; // ms in which sending goes without saying

function State({ item }: { item: Unsent }) {
  const said = useSignal(Date.now() - item.written > quietFor);
  useEffect(() => {
    const timer = setTimeout(() => (said.value = true), quietFor);
    return () => clearTimeout(timer);
  }, [item.key]);
  if (item.refusal !== undefined) {
    return (
      <p class="unsent">
        {t().notSent} {item.refusal}{' '}
        <button type="button" onClick={() => void outbox.retry(item)}>{t().retry}</button>
        <button
          type="button"
          onClick={() => {
            insertAbove(item.text);
            void outbox.withdraw(item);
          }}
        >
          {t().edit}
        </button>
        <button type="button" onClick={() => void outbox.withdraw(item)}>{t().discard}</button>
      </p>
    );
  }
  if (!said.value) return null;
  const waits = stalled.value || connection.value !== 'live';
  return (
    <p class="sending" data-state={waits ? 'waiting' : 'sending'}>
      {waits ? t().waiting : t().sending}
      {waits && <button type="button" onClick={() => outbox.wake()}>{t().retryNow}</button>}
    </p>
  );
}

export function Pending({ room, timeline }: { room: string; timeline: Timeline }) {
  const items = unsent.value.filter((item) => item.room === room && item.key !== overtaken.value);
  if (items.length === 0) return <ol id="pending" />;
  const name = me.value?.name ?? '…';
  const id = me.value?.id;
  const last = timeline.rows.value.at(-1);
  const joined = last?.author !== undefined && last.author === id && last.kind === undefined;
  return (
    <ol id="pending">
      {items.map((item, index) => (
        <li key={item.key} class={index === 0 && !joined ? 'message first' : 'message'}>
          {index === 0 && !joined && (
            <>
              <Avatar name={name} id={id} />
              <p class="by"><b class={id ? `c${hueOf(id)}` : ''} dir="auto">{name}</b></p>
            </>
          )}
          <div class="text" dir="auto">{item.text}</div>
          <State item={item} />
        </li>
      ))}
    </ol>
  );
}
