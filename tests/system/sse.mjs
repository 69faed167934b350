// A strict client for one event stream: it refuses what browsers forgive.
import assert from 'node:assert/strict';
import net from 'node:net';

import { notify, until } from './until.mjs';
import { format, parseHead, readChunk } from './wire.mjs';

export { until } from './until.mjs';

// Bytes of a stream in, events out. Throws at the first byte that is not as it should be: LF only,
// `field: value` with the space, known fields, no id or event name without data, no empty line that
// ends nothing.
export class EventParser {
  constructor() {
    this.events = []; // {id, event, data, retry}; id is undefined if the event has none
    this.comments = []; // the text after the colon
    this.retries = []; // in milliseconds, in an event or on their own
    this.onEvent = null; // gets each event, instead of `events`
    this.decoder = new TextDecoder('utf-8', { fatal: true });
    this.rest = '';
    this.fields = null;
  }

  feed(bytes) {
    const lines = (this.rest + this.decoder.decode(bytes, { stream: true })).split('\n');
    this.rest = lines.pop();
    for (const line of lines) this.line(line);
  }

  line(line) {
    assert.ok(
      !line.includes('\r') && !line.includes('\0'),
      `expected no CR and no NUL in ${JSON.stringify(line)}`,
    );
    if (line === '') return this.dispatch();
    if (line.startsWith(':')) return void this.comments.push(line.slice(1));
    const field = /^(id|event|data|retry): (.*)$/s.exec(line);
    assert.ok(field, `expected "field: value", got ${JSON.stringify(line)}`);
    const [, name, value] = field;
    this.fields ??= {};
    if (name === 'data') {
      this.fields.data = this.fields.data === undefined ? value : `${this.fields.data}\n${value}`;
      return undefined;
    }
    assert.ok(!(name in this.fields), `expected one ${name} in an event`);
    this.fields[name] = value;
    if (name === 'retry') {
      assert.match(value, /^\d+$/, 'expected digits after retry:');
      this.retries.push(Number(value));
    }
    return undefined;
  }

  dispatch() {
    const { fields } = this;
    assert.ok(fields, 'expected no empty line that ends no event');
    this.fields = null;
    if (fields.data === undefined) {
      assert.deepEqual(Object.keys(fields), ['retry'], 'expected data in an event');
      return;
    }
    if (fields.id !== undefined)
      assert.match(fields.id, /^\d+-\d+$/, 'expected an id of the form number-number');
    const event = { id: fields.id, event: fields.event ?? 'message', data: fields.data, retry: fields.retry };
    if (this.onEvent) this.onEvent(event);
    else this.events.push(event);
  }
}

// One connection that follows a stream.
export class EventStream {
  // Resolves when the head of the answer is there, whatever its status. `onEvent` gets the events
  // instead of the list.
  static async open(server, target, { ms = 5000, ...options } = {}) {
    const stream = new EventStream(server, target, options);
    await until(() => stream.status || stream.failure, ms, `an answer to GET ${target}`, stream.wake);
    if (!stream.status) throw stream.failure;
    return stream;
  }

  constructor(server, target, { method = 'GET', headers = {}, lastEventId, version = '1.1', onEvent } = {}) {
    this.parser = new EventParser();
    this.parser.onEvent = onEvent ?? null;
    this.status = 0;
    this.headers = {};
    this.payload = ''; // the first bytes of the body, without the chunk coding
    this.body = ''; // of an answer that is no event stream
    this.finalChunk = false;
    this.closed = false; // no more will come
    this.failure = null;
    this.dropped = false;
    this.buffer = Buffer.alloc(0);
    this.wake = new Set();
    const all = { ...headers };
    if (lastEventId !== undefined) all['Last-Event-ID'] = lastEventId;
    this.socket = net.connect({ host: server.host, port: server.port, noDelay: true });
    this.socket.on('connect', () => this.socket.write(format(method, target, { headers: all, version })));
    this.socket.on('data', (data) => this.guard(() => this.receive(data)));
    this.socket.on('error', (error) => {
      // Before the head this is a failure to connect; afterwards a stream that broke off.
      if (!this.status) this.failure ??= error;
      this.closed = true;
    });
    this.socket.on('close', () => {
      if (!this.status && !this.dropped) this.failure ??= new Error('closed before an answer');
      this.closed = true;
      notify(this.wake);
    });
  }

  get events() {
    return this.parser.events;
  }

  get comments() {
    return this.parser.comments;
  }

  get retries() {
    return this.parser.retries;
  }

  guard(body) {
    if (this.failure) return;
    try {
      body();
    } catch (error) {
      this.failure = error;
      this.violation = error;
      this.socket.destroy();
    }
    notify(this.wake);
  }

  receive(data) {
    this.buffer = this.buffer.length === 0 ? data : Buffer.concat([this.buffer, data]);
    let offset = 0;
    if (!this.status) {
      const parsed = parseHead(this.buffer);
      if (!parsed) return;
      offset = parsed.next;
      this.headers = parsed.head.headers;
      this.version = parsed.head.version;
      this.chunked = this.headers['transfer-encoding'] === 'chunked';
      this.isStream = (this.headers['content-type'] ?? '').startsWith('text/event-stream');
      this.status = parsed.head.status;
    }
    if (this.chunked) {
      for (let chunk; (chunk = readChunk(this.buffer, offset));) {
        offset = chunk.next;
        assert.ok(!this.finalChunk, 'expected nothing after the final chunk');
        if (chunk.last) this.finalChunk = true;
        else this.content(chunk.data);
      }
    } else {
      this.content(this.buffer.subarray(offset));
      offset = this.buffer.length;
    }
    this.buffer = this.buffer.subarray(offset);
  }

  content(bytes) {
    if (this.payload.length < 65_536) this.payload += bytes.toString('utf8');
    if (this.isStream) this.parser.feed(bytes);
    else this.body += bytes.toString('utf8');
  }

  // Waits for a condition, and fails as soon as the stream has broken a rule.
  until(predicate, ms, what) {
    const describe = () =>
      `${what}, got ${JSON.stringify(this.events.slice(-3))}${this.closed ? ' and a close' : ''}`;
    return until(
      () => {
        if (this.failure) throw this.failure;
        return predicate();
      },
      ms,
      describe,
      this.wake,
    );
  }

  // The n-th event of a type, counted from 1.
  async event(type, { n = 1, ms = 5000 } = {}) {
    const all = () => this.events.filter(({ event }) => event === type);
    await this.until(() => all().length >= n, ms, `event ${n} of type ${type}`);
    return all()[n - 1];
  }

  hello() {
    return this.event('hello');
  }

  get messages() {
    return this.events.filter(({ event }) => event === 'message').map(({ data }) => JSON.parse(data));
  }

  async untilClosed(ms = 5000) {
    await this.until(() => this.closed, ms, 'the server to close the stream');
  }

  pause() {
    this.socket.pause();
  }

  resume() {
    this.socket.resume();
  }

  // Goes away without a word; a rule the stream broke unnoticed fails the test here.
  drop() {
    this.dropped = true;
    this.socket.destroy();
    if (this.violation) throw this.violation;
  }
}

// Opens a stream, waits for its hello, and drops it when `body` is done.
export async function withStream(server, target, options, body) {
  const stream = await EventStream.open(server, target, options);
  try {
    assert.equal(stream.status, 200, `expected 200 for ${target}, got ${stream.body}`);
    await stream.hello();
    await body(stream);
  } finally {
    stream.drop();
  }
}
