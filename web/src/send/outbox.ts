// What people wrote is in the outbox until the server has acknowledged it: over reloads, restarts and hours without
// a network. One tab sends, one message after the other, in the order of writing; the key that each carries
// makes every repeat the same message, so that a lost answer doubles nothing.
import { signal } from '@preact/signals';

import { ApiError, publish } from '../api';
import { introduceMe, isMe, me } from '../state/me';
import { welcomed } from '../state/settings';
import { listen, tell } from '../stream/bus';
import { randomKey } from '../text/ids';
import { t } from '../texts';
import type { Message, Unsent } from '../types';
import { bySeq, openOutboxStore, type OutboxStore } from './outbox_store';

const retryMin = 1000;
const retryMax = 30_000;

// In the order of sending.
export const unsent = signal<readonly Unsent[]>([]);
// The last try failed; the next one waits.
export const stalled = signal(false);
// The key of the one that the stream has brought already.
export const overtaken = signal('');

type Acknowledged = (message: Message) => void;

class Outbox {
  private store!: OutboxStore;
  private readonly storing = new Set<string>(); // keys on their way to the store
  private readonly done = new Set<string>(); // keys that are sent or withdrawn here
  private lastSeq = 0;
  private reading = false;
  private stale = false;
  private sends = false;
  private ended = false;
  private running = false;
  private wakeUp: (() => void) | null = null;
  private acknowledged: Acknowledged = () => undefined;

  async start(acknowledged: Acknowledged): Promise<void> {
    this.acknowledged = acknowledged;
    this.store = await openOutboxStore();
    listen((message) => {
      if (message.kind === 'outbox') void this.reload();
      if (message.kind === 'sent') this.settle(message.body.key, message.body.message);
    });
    await this.reload();
    if (!this.store.shared) {
      this.lead(true);
      addEventListener('beforeunload', (event) => {
        if (unsent.peek().length > 0) event.preventDefault();
      });
    }
  }

  // Whether this tab is the one that sends.
  lead(sends: boolean): void {
    this.sends = !this.ended && (sends || this.store?.shared === false);
    void this.pump();
  }

  // Nothing is sent from here any more.
  end(): void {
    this.ended = true;
    this.lead(false);
    this.wakeUp?.();
  }

  // Try again at once.
  wake(): void {
    this.wakeUp?.();
    void this.pump();
  }

  async write(room: string, text: string): Promise<void> {
    const now = Date.now();
    // Later than all others, also than those of other tabs.
    this.lastSeq = Math.max(this.lastSeq + 1, now * 1000);
    await this.add({ seq: this.lastSeq, key: randomKey(), room, text, written: now });
  }

  async retry(item: Unsent): Promise<void> {
    const { refusal: _, ...again } = item;
    await this.add(again);
  }

  // Takes it back: discarded, or to be edited. What is gone from the screen does not come back with a reload.
  async withdraw(item: Unsent): Promise<void> {
    this.done.add(item.key);
    await this.store.remove(item.key);
    this.drop(item.key);
    tell('outbox', null);
  }

  // The stream may bring our own message before its publish is answered: not shown twice meanwhile.
  heard(message: Message): void {
    const first = unsent.peek().find(({ room, refusal }) => room === message.room && !refusal);
    if (isMe(message.author) && first?.text === message.text) overtaken.value = first.key;
  }

  private async add(item: Unsent): Promise<void> {
    this.storing.add(item.key);
    unsent.value = [...unsent.peek().filter(({ key }) => key !== item.key), item].sort(bySeq);
    try {
      await this.store.put(item);
    } finally {
      this.storing.delete(item.key);
    }
    tell('outbox', null);
    void this.pump();
  }

  // What the store has now. One reading after the other, or an early one that ends late would win.
  private async reload(): Promise<void> {
    this.stale = true;
    if (this.reading) return;
    this.reading = true;
    while (this.stale) {
      this.stale = false;
      this.take(await this.store.all());
    }
    this.reading = false;
    void this.pump();
  }

  private take(stored: readonly Unsent[]): void {
    const known = new Set(stored.map(({ key }) => key));
    const own = unsent.peek().filter(({ key }) => this.storing.has(key) && !known.has(key));
    const items = [...stored.filter(({ key }) => !this.done.has(key)), ...own];
    unsent.value = items.sort(bySeq);
  }

  private drop(key: string): void {
    this.done.add(key);
    unsent.value = unsent.peek().filter((item) => item.key !== key);
  }

  private settle(key: string, message: Message): void {
    this.drop(key);
    this.acknowledged(message);
  }

  private async pump(): Promise<void> {
    if (this.running || !this.sends) return;
    this.running = true;
    for (let failures = 0; this.sends; ) {
      const item = unsent.peek().find(({ refusal, key }) => !refusal && !this.storing.has(key));
      if (!item) break;
      try {
        const message = await publish(item.room, item.text, item.key);
        failures = 0;
        stalled.value = false;
        await this.store.remove(item.key);
        tell('sent', { key: item.key, message });
        this.settle(item.key, message);
      } catch (error) {
        if (this.ended) break;
        const problem = error instanceof ApiError ? error : new ApiError(String(error), 0);
        if (problem.status === 401 && (await this.becomesSomebody())) {
          await this.refuse(item, t().nowSomebodyElse(me.peek()!.name));
        } else if (problem.final) {
          await this.refuse(item, problem.message);
        } else {
          stalled.value = true;
          const backoff = Math.min(retryMax, retryMin * 2 ** failures++) * (0.5 + Math.random() / 2);
          await this.pause(Math.max(backoff, problem.retryAfterMs));
        }
      }
    }
    stalled.value = false;
    this.running = false;
  }

  // This browser was signed out: under the new name the writer is asked first.
  private async becomesSomebody(): Promise<boolean> {
    welcomed.value = false;
    return introduceMe().then(() => true, () => false);
  }

  private async refuse(item: Unsent, refusal: string): Promise<void> {
    if (this.done.has(item.key)) return;
    const refused = { ...item, refusal };
    unsent.value = unsent.peek().map((other) => (other.key === item.key ? refused : other));
    await this.store.put(refused);
    tell('outbox', null);
  }

  private async pause(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      this.wakeUp = resolve;
      setTimeout(resolve, ms);
    });
    this.wakeUp = null;
  }
}

export const outbox = new Outbox();
