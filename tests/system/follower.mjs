// A subscriber as it should be: it comes back with its cursor, for ever.
import { compareIds } from './chat.mjs';
import { EventStream } from './sse.mjs';
import { deadline, until } from './until.mjs';

const backoff = () => deadline(10 + Math.random() * 40);

export class Follower {
  // `server` is one, or a function that gives one for each connection. `target` is a path of a stream in either dialect. `cursor`: where to begin; without one, at the
  // first hello. `rooms` is for the checker.
  constructor(server, target, { cursor, rooms = [], headers = {} } = {}) {
    this.address = typeof server === 'function' ? server : () => ({ host: server.host, port: server.port });
    this.target = target;
    this.headers = headers;
    this.rooms = rooms;
    this.cursor = cursor;
    this.start = cursor;
    this.seen = []; // {id, data}: every event with an id but hello, in the order of arrival
    this.resets = 0;
    this.connections = 0; // those that got as far as hello
    this.failure = null;
    this.stopped = false;
    this.paused = false;
    this.connect();
  }

  connect() {
    if (this.stopped || this.failure) return;
    const stream = new EventStream(this.address(), this.target, {
      headers: this.headers,
      lastEventId: this.cursor,
      onEvent: (event) => this.receive(event),
    });
    this.stream = stream;
    if (this.paused) stream.pause();
    stream.socket.on('close', () => {
      if (stream.violation) this.failure = stream.violation;
      else if (stream.status && stream.status !== 200) {
        this.failure = new Error(`expected 200 for ${this.target}, got ${stream.status} ${stream.body}`);
      } else if (stream.finalChunk) {
        this.failure = new Error(`expected ${this.target} to end without a final chunk`);
      }
      if (!this.stopped) setTimeout(() => this.connect(), backoff()).unref();
    });
  }

  receive({ id, event, data }) {
    if (event === 'reset') ++this.resets;
    if (event === 'hello') ++this.connections;
    if (id === undefined) return;
    if (event === 'hello') this.start ??= id;
    else if (event !== 'reset') this.seen.push({ id, event, data });
    this.cursor = id;
  }

  // Breaks the connection; the follower comes back by itself.
  drop() {
    this.stream.socket.destroy();
  }

  pause() {
    this.paused = true;
    this.stream.pause();
  }

  resume() {
    this.paused = false;
    this.stream.resume();
  }

  async until(predicate, ms, what) {
    await until(
      () => {
        if (this.failure) throw this.failure;
        return predicate();
      },
      ms,
      () =>
        `${what} on ${this.target}, got ${this.seen.length} events up to ${this.cursor} ` +
        `over ${this.connections} connections`,
    );
  }

  untilConnected(ms = 5000) {
    return this.until(() => this.connections > 0, ms, 'a hello');
  }

  untilCursor(id, ms = 10_000) {
    return this.until(
      () => this.cursor !== undefined && compareIds(this.cursor, id) >= 0,
      ms,
      `the event ${id}`,
    );
  }

  stop() {
    this.stopped = true;
    this.stream.socket.destroy();
    if (this.failure) throw this.failure;
  }
}

export function stopAll(followers) {
  for (const follower of followers) follower.stopped = true;
  for (const follower of followers) follower.stop();
}
