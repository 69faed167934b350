// What of a room's log is on the page: a window of neighbouring messages that slides over the log. It is filled
// by pages of history at both ends and, where it reaches the log's end, by the stream.
import { batch, computed, signal } from '@preact/signals';

import { ApiError, history, type Where } from '../api';
import { order } from '../text/ids';
import type { Message } from '../types';

export const windowMax = 300; // rows in the document
const pageSize = 80;

export type Loading = 'first' | 'older' | 'newer' | null;

export class Timeline {
  readonly rows = signal<readonly Message[]>([]);
  readonly loading = signal<Loading>(null);
  readonly failure = signal<ApiError | null>(null);
  readonly hasOlder = signal(false);
  readonly hasNewer = signal(false);
  // Messages that came while the reader was elsewhere in the log.
  readonly unseen = signal(0);
  readonly loaded = signal(false);
  readonly isEmpty = computed(() => this.loaded.value && this.rows.value.length === 0);

  // Whether the reader is at the end and goes along with what comes.
  follows = true;
  // The first row in sight.
  reading: string | null = null;
  // The row to bring into view when it is there; set by whoever asks for it.
  readonly target = signal<string | null>(null);
  // The row a permalink led to.
  readonly marked = signal<string | null>(null);

  private failures = 0; // since the last page that came
  private generation = 0; // what an earlier question still awaits is dropped
  private sought: string | undefined; // by the last question for a whole window
  private behind = false; // to catch up when the first page is there
  private early: Message[] = []; // came by the stream while a page was asked for

  constructor(readonly room: string) {}

  // The newest messages, or those about one of them.
  async open(around?: string, isTarget = true): Promise<void> {
    const mine = ++this.generation;
    this.sought = around;
    this.early = [];
    this.behind = false;
    batch(() => {
      this.loading.value = 'first';
      this.failure.value = null;
    });
    const where: Where = around ? { around } : {};
    try {
      const page = await history(this.room, where, pageSize);
      if (mine !== this.generation) return;
      this.failures = 0;
      batch(() => {
        this.rows.value = page.messages;
        this.hasOlder.value = page.before !== null;
        this.hasNewer.value = page.after !== null;
        this.unseen.value = 0;
        this.loading.value = null;
        this.loaded.value = true;
        this.follows = !around && page.after === null;
        if (around && isTarget) this.target.value = around;
        this.receiveEarly(false);
      });
      if (this.behind) {
        this.behind = false;
        await this.catchUp();
      }
    } catch (error) {
      if (mine === this.generation) this.fail(error);
    }
  }

  older(): Promise<void> {
    const first = this.rows.peek()[0];
    if (!first || !this.hasOlder.peek()) return Promise.resolve();
    return this.extend('older', { before: first.id });
  }

  newer(): Promise<void> {
    const last = this.rows.peek().at(-1);
    if (!last || !this.hasNewer.peek()) return Promise.resolve();
    return this.extend('newer', { after: last.id });
  }

  private async extend(side: 'older' | 'newer', where: Where): Promise<void> {
    if (this.loading.peek() || this.failure.peek()) return;
    const mine = this.generation;
    this.loading.value = side;
    try {
      const page = await history(this.room, where, pageSize);
      if (mine !== this.generation) return;
      this.failures = 0;
      batch(() => {
        this.loading.value = null;
        if (side === 'older') this.prepend(page.messages, page.before !== null);
        else this.append(page.messages, page.after !== null);
      });
    } catch (error) {
      if (mine === this.generation) this.fail(error);
    }
  }

  private fail(error: unknown): void {
    const failure = error instanceof ApiError ? error : new ApiError(String(error), 0);
    batch(() => {
      this.loading.value = null;
      this.failure.value = failure;
    });
    if (failure.final) return;
    const wait = Math.max(failure.retryAfterMs, Math.min(30_000, 1000 * 2 ** this.failures++));
    setTimeout(() => void this.retry(), wait * (0.5 + Math.random() / 2));
  }

  // Asks again for what could not be had.
  async retry(): Promise<void> {
    if (!this.failure.peek()) return;
    this.failure.value = null;
    if (!this.loaded.peek()) await this.open(this.sought);
  }

  private prepend(messages: Message[], more: boolean): void {
    const rows = [...messages, ...this.rows.peek()];
    this.hasOlder.value = more;
    if (rows.length > windowMax) {
      rows.length = windowMax;
      this.hasNewer.value = true;
    }
    this.rows.value = rows;
  }

  private append(messages: Message[], more: boolean): void {
    const known = new Set(this.rows.peek().map(({ id }) => id));
    const rows = [...this.rows.peek(), ...messages.filter(({ id }) => !known.has(id))];
    this.hasNewer.value = more;
    if (rows.length > windowMax) {
      rows.splice(0, rows.length - windowMax);
      this.hasOlder.value = true;
    }
    this.rows.value = rows;
    this.receiveEarly(true);
  }

  private receiveEarly(known: boolean): void {
    const waiting = this.early;
    this.early = [];
    for (const message of waiting) this.receive(message, known);
  }

  // A message that the stream brought, or the answer to a publish; either may come first. What is `known` is no
  // news to the reader.
  receive(message: Message, known = false): void {
    const loading = this.loading.peek();
    if (loading === 'first' || (loading === 'newer' && this.hasNewer.peek())) this.early.push(message);
    if (!this.loaded.peek() || loading === 'first') return;
    if (!this.follows && !known) this.unseen.value++;
    if (this.hasNewer.peek()) return;
    const rows = this.rows.peek();
    let at = rows.length;
    while (at > 0 && order(rows[at - 1]!.id, message.id) > 0) at--;
    const isThere = rows[at - 1]?.id === message.id;
    const isBefore = at === 0 && this.hasOlder.peek();
    if (isThere && !this.follows && !known) this.unseen.value--;
    if (isThere || isBefore) return;
    this.insert(rows, at, message);
  }

  private insert(rows: readonly Message[], at: number, message: Message): void {
    // Whoever reads further up keeps the rows they read.
    if (!this.follows && rows.length >= windowMax) {
      this.hasNewer.value = true;
      return;
    }
    const next = [...rows.slice(0, at), message, ...rows.slice(at)];
    if (next.length > windowMax) {
      next.splice(0, next.length - windowMax + pageSize);
      this.hasOlder.value = true;
    }
    this.rows.value = next;
  }

  // The stream brings this room from now on: what was said since the page of history was read is asked for.
  async catchUp(): Promise<void> {
    if (this.loading.peek() === 'first') return void (this.behind = true);
    if (this.failure.peek()) return this.retry();
    const last = this.rows.peek().at(-1);
    if (!this.loaded.peek() || this.hasNewer.peek()) return;
    if (!last) return this.open();
    this.hasNewer.value = true;
    await this.extend('newer', { after: last.id });
  }

  // What an author wrote is gone.
  forget(author: string): void {
    this.early = this.early.filter((message) => message.author !== author);
    this.rows.value = this.rows.peek().filter((message) => message.author !== author);
  }

  // Something is missing: what is shown may have a hole. Whoever reads further up stays there.
  reset(): void {
    void (this.follows || !this.reading ? this.open() : this.open(this.reading, false));
  }
}
