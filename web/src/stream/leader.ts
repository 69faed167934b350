// One tab of the browser leads: it holds the one stream and sends what waits. Who that is says a Web Lock, which
// the browser hands on when a tab closes. A tab that hangs keeps its lock, so the others ask the leader for a sign
// of life while somebody looks at them, and take the lock away from one that is silent.
import { listen, tell } from './bus';

const lockName = 'tinychat.leader';
const askEvery = 2000;
const patience = 5500;

export interface Election {
  lead(): void;
  resign(): void; // another tab has taken over
}

export class Leader {
  leads = false;
  private heard = Date.now();
  private taking = false;
  private waiting = new AbortController();

  constructor(private readonly election: Election) {}

  start(): void {
    if (!navigator.locks) {
      // Plain http from another machine: every tab is on its own.
      this.leads = true;
      this.election.lead();
      return;
    }
    this.queue();
    listen(({ kind }) => {
      if (kind === 'ping' && this.leads) tell('pong', null);
      if (kind === 'pong' || kind === 'event' || kind === 'state') this.heard = Date.now();
    });
    setInterval(() => this.check(), askEvery);
    document.addEventListener('visibilitychange', () => {
      this.heard = Date.now();
      this.check();
    });
  }

  private check(): void {
    if (this.leads || this.taking || document.hidden) return;
    tell('ping', null);
    if (Date.now() - this.heard < patience) return;
    // Not all at once: the first one's signs of life calm the others.
    this.taking = true;
    setTimeout(() => {
      this.taking = false;
      if (!this.leads && Date.now() - this.heard >= patience) this.take();
    }, Math.random() * 1500);
  }

  // Leads when no tab before this one is left.
  private queue(): void {
    this.waiting = new AbortController();
    this.hold({ signal: this.waiting.signal });
  }

  // Leads now.
  private take(): void {
    this.waiting.abort();
    this.hold({ steal: true });
  }

  private hold(options: LockOptions): void {
    const held = navigator.locks.request(lockName, options, () => {
      this.leads = true;
      this.election.lead();
      return new Promise<never>(() => undefined);
    });
    held.catch(() => {
      // Taken away while this tab hung: it is a follower now, and waits in the queue like the others.
      if (!this.leads) return;
      this.leads = false;
      this.heard = Date.now();
      this.election.resign();
      this.queue();
    });
  }
}
