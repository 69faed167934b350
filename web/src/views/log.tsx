// The conversation: the rows of the timeline's window, what waits to be sent below them, and the place of the
// reader in it all.
import { effect, signal } from '@preact/signals';
import { Component, createRef } from 'preact';

import { unsent } from '../send/outbox';
import { atEnd } from '../state/attention';
import { me } from '../state/me';
import { isPrivate, newAfter, placeName, rooms } from '../state/rooms';
import type { Timeline } from '../state/timeline';
import { postLine } from '../text/curl';
import { order } from '../text/ids';
import { isSameDay } from '../text/time';
import { language, t } from '../texts';
import type { Message } from '../types';
import { endOf, keepAnchor, takeAnchor, type Anchor } from './anchor';
import { Icon } from './icons';
import { Pending } from './pending';
import { Row } from './row';
import { actOn, moveFocus } from './row_actions';

const groupFor = 5 * 60_000; // one person's messages within it share a heading
const nearEnd = 60; // px: a reader here goes along with what comes
const fetchWithin = 1.5; // screens from the end of the window
const isFar = 1; // screens from the end: a way back is offered

const far = signal(false);
// The rows that show their actions.
const hovered = signal('');
const focused = signal('');

function isJoined(before: Message | undefined, message: Message): boolean {
  return (
    before !== undefined &&
    before.kind === undefined &&
    before.author === message.author &&
    before.sender === message.sender &&
    Date.parse(message.time) - Date.parse(before.time) < groupFor
  );
}

// Names that more than one author has.
function twinsOf(rows: readonly Message[]): Set<string> {
  const authors = new Map<string, string>();
  const twins = new Set<string>();
  for (const { author, sender } of rows) {
    const name = sender.toLowerCase();
    const known = authors.get(name);
    if (author && known && known !== author) twins.add(name);
    if (author && !known) authors.set(name, author);
  }
  return twins;
}

interface Props {
  timeline: Timeline;
}

function Empty({ room }: { room: string }) {
  if (unsent.value.some((item) => item.room === room)) return null;
  return (
    <div id="empty">
      <p>{t().nobodyWrote}</p>
      {!isPrivate(room) && me.value?.door !== 'closed' && (
        <>
          <p class="quiet">{t().orFromTerminal}</p>
          <code dir="ltr">{postLine(room)}</code>
        </>
      )}
    </div>
  );
}

function beginningOf(room: string): string {
  const found = rooms.value.find((one) => one.room === room);
  return found?.direct ? t().directMeans(found.title ?? '') : t().beginning(placeName(room));
}

export class Log extends Component<Props> {
  private readonly scroller = createRef<HTMLDivElement>();
  private readonly content = createRef<HTMLDivElement>();
  private readonly list = createRef<HTMLOListElement>();
  private resting: Anchor | null = null; // where the reader was when nothing moved
  private top = 0; // the scroll offset at that time
  private end = 0; // and the greatest there was when it last settled
  private observer: ResizeObserver | null = null;
  private stop: (() => void)[] = [];

  override componentDidMount(): void {
    const { timeline } = this.props;
    const scroller = this.scroller.current!;
    // A phone's keyboard, a growing box, a font that comes late: stay where the reader was.
    this.observer = new ResizeObserver(() => this.settle(this.resting));
    this.observer.observe(scroller);
    this.observer.observe(this.content.current!);
    this.stop.push(
      effect(() => {
        // A target that is in the window already needs no new rows.
        if (timeline.target.value) this.settle(null);
      }),
    );
    this.settle(null);
  }

  override componentWillUnmount(): void {
    this.observer?.disconnect();
    for (const stop of this.stop) stop();
  }

  override getSnapshotBeforeUpdate(): Anchor | null {
    // The reader may have scrolled since the last scroll event.
    if (this.scroller.current!.scrollTop !== this.top) this.place();
    return takeAnchor(this.scroller.current!, this.list.current!);
  }

  override componentDidUpdate(_: Props, __: unknown, anchor: Anchor | null): void {
    this.settle(anchor);
  }

  // After rows came or went, or sizes changed.
  private settle(anchor: Anchor | null): void {
    const scroller = this.scroller.current;
    const list = this.list.current;
    if (!scroller || !list) return;
    const { timeline } = this.props;
    const target = timeline.target.peek();
    const row = target && list.querySelector(`[data-id="${target}"]`);
    if (row) {
      timeline.target.value = null;
      timeline.marked.value = target;
      timeline.follows = false;
      row.scrollIntoView({ block: 'center' });
    } else if (timeline.follows) {
      scroller.scrollTop = scroller.scrollHeight;
    } else if (anchor) {
      keepAnchor(scroller, list, anchor);
    }
    this.end = endOf(scroller);
    this.look();
  }

  // Where the reader is now.
  private place(): void {
    const { timeline } = this.props;
    const scroller = this.scroller.current!;
    this.top = scroller.scrollTop;
    if (!timeline.loaded.peek()) return;
    const below = endOf(scroller) - this.top;
    // Sizes may have changed since the reader moved: who was at the end then, is.
    timeline.follows = Math.min(below, this.end - this.top) < nearEnd && !timeline.hasNewer.peek();
    atEnd.value = timeline.follows;
    far.value = below > isFar * scroller.clientHeight || timeline.hasNewer.peek();
    if (timeline.follows) timeline.unseen.value = 0;
  }

  // And what follows from it.
  private look = (): void => {
    const { timeline } = this.props;
    const scroller = this.scroller.current!;
    this.place();
    this.resting = takeAnchor(scroller, this.list.current!);
    timeline.reading = this.resting?.id ?? null;
    const screen = scroller.clientHeight;
    if (scroller.scrollTop < fetchWithin * screen) void timeline.older();
    else if (endOf(scroller) - scroller.scrollTop < fetchWithin * screen) void timeline.newer();
  };

  private toEnd = (): void => {
    const { timeline } = this.props;
    timeline.follows = true;
    if (timeline.hasNewer.peek()) void timeline.open();
    else this.settle(null);
    document.getElementById('text')?.focus({ preventScroll: true });
  };

  private rows() {
    const { timeline } = this.props;
    const rows = timeline.rows.value;
    const twins = twinsOf(rows);
    const myName = me.value?.name ?? '';
    const myId = me.value?.id;
    const unreadFrom = newAfter.value;
    const last = rows.at(-1)?.id;
    const reachable = rows.some(({ id }) => id === focused.value) ? focused.value : last;
    let isRead = true;
    return rows.map((message, index) => {
      const before = rows[index - 1];
      const day = !before || !isSameDay(before.time, message.time);
      const isUnread = unreadFrom !== null && order(message.id, unreadFrom) > 0 && message.author !== myId;
      const isNew = isRead && isUnread && (index > 0 || !timeline.hasOlder.value);
      if (isUnread) isRead = false;
      return (
        <Row
          key={message.id}
          message={message}
          first={day || isNew || !isJoined(before, message)}
          day={day}
          isNew={isNew}
          twin={twins.has(message.sender.toLowerCase())}
          target={timeline.marked.value === message.id}
          reachable={message.id === reachable}
          active={message.id === hovered.value || message.id === focused.value}
          language={language.value}
          myName={myName}
        />
      );
    });
  }

  render({ timeline }: Props) {
    const { loading, hasOlder, hasNewer, unseen, isEmpty, failure, loaded } = timeline;
    const begins = loaded.value && !hasOlder.value && !isEmpty.value;
    const idOf = (event: Event) => (event.target as Element).closest<HTMLElement>('li[data-id]')?.dataset.id ?? '';
    return (
      <div class="stage">
        <div
          id="scroll"
          ref={this.scroller}
          role="log"
          aria-live="off"
          aria-label={t().messages}
          aria-busy={loading.value !== null}
          tabIndex={0}
          onScroll={this.look}
          onKeyDown={moveFocus}
          onClick={(event) => actOn(event, timeline)}
          onPointerOver={(event) => (hovered.value = idOf(event))}
          onPointerLeave={() => (hovered.value = '')}
          onFocusIn={(event) => (focused.value = idOf(event))}
          onFocusOut={(event) => {
            if (!this.scroller.current?.contains(event.relatedTarget as Node)) focused.value = '';
          }}
        >
          <div ref={this.content}>
            {hasOlder.value && <p class="more">{t().loading}</p>}
            {begins && <p class="beginning" dir="auto">{beginningOf(timeline.room)}</p>}
            <ol id="messages" ref={this.list}>{this.rows()}</ol>
            {!hasNewer.value && <Pending room={timeline.room} timeline={timeline} />}
          </div>
        </div>
        {isEmpty.value && <Empty room={timeline.room} />}
        {failure.value?.final && !loaded.value && <p id="empty" class="error">{failure.value.message}</p>}
        {!loaded.value && !failure.value?.final && <p id="loading">{t().loading}</p>}
        {(unseen.value > 0 || far.value) && loaded.value && (
          <button type="button" id="latest" onClick={this.toEnd}>
            {unseen.value > 0 ? t().newBelow(unseen.value) : t().toEnd}
            <Icon name="down" size={16} />
          </button>
        )}
      </div>
    );
  }
}
