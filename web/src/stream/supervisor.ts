// Keeps one EventSource open. EventSource reconnects by itself, but waits when it need not, hammers when it should
// not and gives up for good on a wrong status; so it is closed at its first error and opened anew from here, by
// our own cursor.
import { later } from '../text/ids';
import type { Connection, Message, StreamEvent } from '../types';

const types = [
  'message', 'topic', 'userJoined', 'userLeft', 'userRenamed', 'typing', 'readPosition', 'roomOpened', 'roomLeft',
  'roomChanged', 'messagesErased', 'reset',
];
const retryMin = 500;
const retryMax = 30_000;
// After so long in the background the connection may be dead without our being told.
const doubtAfter = 20_000;
const outsideNumbers = 500_000;

export class Supervisor {
  cursor = ''; // every event up to here has been heard
  private source: EventSource | null = null;
  private timer = 0;
  private failures = 0;
  private placed = 0; // messages from outside since the last one from the log
  private rooms: string[] = [];
  private hiddenSince = 0;
  private ended = false;

  constructor(
    private readonly onEvent: (event: StreamEvent) => void,
    private readonly onState: (connection: Connection) => void,
    // It may be that a room of it, or all of them, are not ours any more.
    private readonly onDoubt: () => void,
  ) {}

  // Follows these rooms from now on. A room that is new gets what came since the last event of the others.
  follow(rooms: string[]): void {
    this.rooms = rooms;
    if (rooms.length === 0) this.close();
    else this.open();
  }

  // Begins after this event, unless it has come further itself.
  since(cursor: string): void {
    if (cursor) this.cursor = this.cursor ? later(this.cursor, cursor) : cursor;
  }

  // Something speaks for trying again: the network is back, somebody looks at the page.
  wake(): void {
    if (!this.source || this.source.readyState !== EventSource.OPEN) {
      this.failures = 0;
      if (this.rooms.length > 0) this.open();
    }
  }

  visibility(hidden: boolean): void {
    if (hidden) {
      this.hiddenSince = Date.now();
    } else {
      const doubtful = this.hiddenSince > 0 && Date.now() - this.hiddenSince > doubtAfter;
      this.hiddenSince = 0;
      if (doubtful) this.open();
      else this.wake();
    }
  }

  close(): void {
    clearTimeout(this.timer);
    this.source?.close();
    this.source = null;
  }

  // For good.
  end(): void {
    this.ended = true;
    this.close();
  }

  private open(): void {
    this.close();
    if (this.ended) return;
    const query = new URLSearchParams(this.rooms.map((room) => ['room', room]));
    if (this.cursor) query.set('since', this.cursor);
    const source = new EventSource(`/api/v1/events?${query}`);
    this.source = source;
    source.addEventListener('hello', (event) => {
      this.failures = 0;
      // Without a cursor of ours the stream begins here.
      this.cursor ||= event.lastEventId;
      this.onState('live');
    });
    for (const type of types) source.addEventListener(type, (event) => this.take(event as MessageEvent<string>));
    source.addEventListener('status', (event) => {
      const { status } = JSON.parse((event as MessageEvent<string>).data) as { status: string };
      this.onState(status === 'ok' ? 'live' : 'waiting');
    });
    source.addEventListener('bye', (event) => {
      const { reason } = JSON.parse((event as MessageEvent<string>).data) as { reason: string };
      if (reason !== 'revoked') return this.lost('restarting');
      this.lost('reconnecting');
      this.onDoubt();
    });
    source.addEventListener('error', () => this.lost('reconnecting'));
  }

  private take(event: MessageEvent<string>): void {
    const repeatable = event.type === 'message' || event.type === 'topic' || event.type === 'reset';
    if (repeatable && event.lastEventId) this.cursor = event.lastEventId;
    const data: unknown = JSON.parse(event.data);
    if (event.type === 'message') this.place(data as Message);
    this.onEvent({ type: event.type, id: repeatable ? event.lastEventId : '', data });
  }

  // What was said outside of the log has no id. It gets one right after the last event, and far from those that
  // the server may still give out.
  private place(message: Message): void {
    if (message.id) {
      this.placed = 0;
      return;
    }
    const [milliseconds, number] = (this.cursor || '0-0').split('-');
    message.id = `${milliseconds}-${Number(number) + outsideNumbers + this.placed++}`;
  }

  // One lost connection is everyday life (streams are ended now and then); not getting it back is news.
  private lost(state: Connection): void {
    this.close();
    if (this.ended) return;
    this.failures++;
    if (!navigator.onLine) this.onState('offline');
    else this.onState(this.failures > 1 ? 'offline' : state);
    const wait = this.failures === 1 && state === 'reconnecting' ? retryMin : retryMin * 2 ** this.failures;
    this.timer = setTimeout(() => this.open(), Math.min(wait, retryMax) * (0.5 + Math.random() / 2));
    // An EventSource does not say why it was refused.
    if (this.failures > 1) this.onDoubt();
  }
}
