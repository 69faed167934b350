// HTTP as bytes over a socket: what is sent is exactly what the test says, and what comes back is
// parsed strictly.
import assert from 'node:assert/strict';
import net from 'node:net';

import { notify, until } from './until.mjs';

export { until } from './until.mjs';

// A request head and body. `headers` is an object or a list of pairs; Host and, with a body,
// Content-Length are added unless given (or given as null: left out).
export function format(method, target, { headers = {}, body, version = '1.1', host = 'localhost' } = {}) {
  const pairs = Array.isArray(headers) ? [...headers] : Object.entries(headers);
  const given = (name) => pairs.some(([key]) => key.toLowerCase() === name);
  if (!given('host')) pairs.unshift(['Host', host]);
  const bytes = body === undefined ? Buffer.alloc(0) : Buffer.from(body);
  if (body !== undefined && !given('content-length') && !given('transfer-encoding')) {
    pairs.push(['Content-Length', String(bytes.length)]);
  }
  const lines = pairs.filter(([, value]) => value !== null).map(([key, value]) => `${key}: ${value}\r\n`);
  return Buffer.concat([Buffer.from(`${method} ${target} HTTP/${version}\r\n${lines.join('')}\r\n`), bytes]);
}

// A response head at `offset`: {head, next}, or null if it is not all there yet.
export function parseHead(buffer, offset = 0) {
  const end = buffer.indexOf('\r\n\r\n', offset);
  if (end < 0) return null;
  const [first, ...lines] = buffer.toString('latin1', offset, end).split('\r\n');
  const status = /^HTTP\/(1\.[01]) (\d{3}) ([^\r\n]*)$/.exec(first);
  assert.ok(status, `expected a status line, got ${JSON.stringify(first)}`);
  const headers = {};
  for (const line of lines) {
    const field = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+): ?([^\r\n\0]*)$/.exec(line);
    assert.ok(field, `expected a header line, got ${JSON.stringify(line)}`);
    const name = field[1].toLowerCase();
    headers[name] = name in headers ? `${headers[name]}, ${field[2]}` : field[2];
  }
  return {
    head: { version: status[1], status: Number(status[2]), reason: status[3], headers },
    next: end + 4,
  };
}

// One chunk at `offset`: {data, next, last}, or null if it is not all there yet.
export function readChunk(buffer, offset) {
  const end = buffer.indexOf('\r\n', offset);
  if (end < 0) return null;
  const line = buffer.toString('latin1', offset, end);
  assert.match(line, /^[0-9A-Fa-f]{1,8}$/, 'expected a chunk size in hexadecimal');
  const size = parseInt(line, 16);
  const next = end + 2 + size + 2;
  if (buffer.length < next) return null;
  assert.equal(
    buffer.toString('latin1', next - 2, next),
    '\r\n',
    'expected CRLF after a chunk (and no trailers)',
  );
  return { data: buffer.subarray(end + 2, next - 2), next, last: size === 0 };
}

// A whole response at `offset`: {response, next}, or null. `ended`: the peer has closed.
function parseResponse(buffer, offset, method, ended) {
  const parsed = parseHead(buffer, offset);
  if (!parsed) return null;
  const { head } = parsed;
  let { next } = parsed;
  const none = method === 'HEAD' || head.status < 200 || head.status === 204 || head.status === 304;
  let body = Buffer.alloc(0);
  if (none) {
    // Nothing follows the head.
  } else if (head.headers['transfer-encoding'] !== undefined) {
    assert.equal(head.headers['transfer-encoding'], 'chunked', 'expected no transfer coding but chunked');
    const parts = [];
    for (;;) {
      const chunk = readChunk(buffer, next);
      if (!chunk) return null;
      next = chunk.next;
      if (chunk.last) break;
      parts.push(chunk.data);
    }
    body = Buffer.concat(parts);
  } else if (head.headers['content-length'] !== undefined) {
    assert.match(head.headers['content-length'], /^\d+$/, 'expected one Content-Length');
    const size = Number(head.headers['content-length']);
    if (buffer.length < next + size) return null;
    body = buffer.subarray(next, next + size);
    next += size;
  } else {
    if (!ended) return null;
    body = buffer.subarray(next);
    next = buffer.length;
  }
  const text = body.toString('utf8');
  return { response: { ...head, body, text, json: () => JSON.parse(text) }, next };
}

// A connection to the server.
export class Connection {
  static async open(server, { ms = 5000 } = {}) {
    const socket = net.connect({ host: server.host, port: server.port, noDelay: true, allowHalfOpen: true });
    const connection = new Connection(socket);
    await until(() => connection.connected || connection.ended, ms, 'a connection', connection.wake);
    if (!connection.connected) throw new Error(`expected a connection, got ${connection.error?.code}`);
    return connection;
  }

  constructor(socket) {
    this.socket = socket;
    this.buffer = Buffer.alloc(0);
    this.connected = false;
    this.ended = false; // the peer will send nothing more
    this.error = null;
    this.wake = new Set();
    const on = (name, change) =>
      socket.on(name, (value) => {
        change(value);
        notify(this.wake);
      });
    on('connect', () => (this.connected = true));
    on(
      'data',
      (data) => (this.buffer = this.buffer.length === 0 ? data : Buffer.concat([this.buffer, data])),
    );
    on('error', (error) => {
      this.error = error;
      this.ended = true;
    });
    on('end', () => (this.ended = true));
    on('close', () => (this.ended = true));
  }

  // Resolves when the kernel has the bytes.
  send(data) {
    return new Promise((resolve) => this.socket.write(data, () => resolve()));
  }

  // Sends each piece in a write of its own, and lets the other side run in between.
  async sendInPieces(pieces) {
    for (const piece of pieces) {
      if (this.ended) return;
      await this.send(piece);
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  // The next response if it is all there, else null. Interim (1xx) ones are skipped unless asked for.
  take({ method = 'GET', interim = false } = {}) {
    let found = parseResponse(this.buffer, 0, method, this.ended);
    while (found) {
      this.buffer = this.buffer.subarray(found.next);
      if (found.response.status >= 200 || interim) return found.response;
      found = parseResponse(this.buffer, 0, method, this.ended);
    }
    return null;
  }

  async response({ ms = 5000, ...options } = {}) {
    let response;
    await until(
      () => {
        response = this.take(options);
        if (!response && this.ended) {
          throw new Error(
            `expected a response, got the end (${this.error?.code ?? 'closed'}) after ` +
              JSON.stringify(this.buffer.toString('latin1').slice(0, 200)),
          );
        }
        return response;
      },
      ms,
      () => `a response, got ${JSON.stringify(this.buffer.toString('latin1').slice(0, 200))}`,
      this.wake,
    );
    return response;
  }

  // Waits for the server to close, and says that nothing came before it but what has been read.
  async closed(ms = 5000) {
    await until(() => this.ended, ms, 'the server to close the connection', this.wake);
    assert.equal(this.buffer.toString('latin1'), '', 'expected nothing more before the close');
    this.destroy();
  }

  destroy() {
    this.socket.destroy();
  }
}

// One request on a connection of its own.
export async function request(server, method, target, { ms, ...options } = {}) {
  const connection = await Connection.open(server);
  try {
    const pairs = Array.isArray(options.headers) ? options.headers : Object.entries(options.headers ?? {});
    await connection.send(
      format(method, target, { ...options, headers: [...pairs, ['Connection', 'close']] }),
    );
    return await connection.response({ method, ms });
  } finally {
    connection.destroy();
  }
}

// Sends bytes as they are and returns the responses until the server closes.
export async function exchange(server, bytes, { ms = 5000, method } = {}) {
  const connection = await Connection.open(server);
  try {
    await connection.send(bytes);
    await until(
      () => connection.ended,
      ms,
      () => `a closed connection, got ${JSON.stringify(connection.buffer.toString('latin1').slice(0, 200))}`,
      connection.wake,
    );
    const responses = [];
    for (let response; (response = connection.take({ method }));) responses.push(response);
    return { responses, rest: connection.buffer.toString('latin1'), error: connection.error };
  } finally {
    connection.destroy();
  }
}
