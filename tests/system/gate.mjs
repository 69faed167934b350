// A TCP gate between a node and its Redis: it can cut what passes, delay it, or let nothing through.
import { createConnection, createServer } from 'node:net';

export class Gate {
  static async open(port) {
    const gate = new Gate(port);
    await new Promise((resolve) => gate.server.listen(0, '127.0.0.1', resolve));
    gate.server.unref();
    gate.port = gate.server.address().port;
    gate.url = `redis://127.0.0.1:${gate.port}`;
    return gate;
  }

  constructor(target) {
    Object.assign(this, { target, pairs: new Set(), frozen: false, delayMs: 0, closed: false });
    this.server = createServer((socket) => this.pass(socket));
  }

  pass(inner) {
    if (this.closed) return inner.destroy();
    const outer = createConnection(this.target, '127.0.0.1');
    const pair = { inner, outer };
    this.pairs.add(pair);
    const end = () => {
      this.pairs.delete(pair);
      inner.destroy();
      outer.destroy();
    };
    for (const [from, to] of [
      [inner, outer],
      [outer, inner],
    ]) {
      from.on('error', end);
      from.on('close', end);
      from.on('data', (bytes) => {
        if (from === inner && this.toLose?.words.every((word) => bytes.includes(word))) this.lose(pair);
        if (this.delayMs > 0) setTimeout(() => to.writable && to.write(bytes), this.delayMs);
        else to.write(bytes);
      });
      if (this.frozen) from.pause();
    }
  }

  // Every connection is gone; new ones pass.
  cut() {
    for (const { inner, outer } of this.pairs) {
      inner.resetAndDestroy();
      outer.destroy();
    }
    this.pairs.clear();
  }

  // Nothing passes, in either direction; nothing is lost.
  freeze() {
    this.frozen = true;
    for (const { inner, outer } of this.pairs) [inner, outer].forEach((socket) => socket.pause());
  }

  thaw() {
    this.frozen = false;
    for (const { inner, outer } of this.pairs) [inner, outer].forEach((socket) => socket.resume());
  }

  // Replies go nowhere from now on, while commands still arrive. Connections that are made meanwhile are whole.
  swallow() {
    for (const { outer } of this.pairs) {
      outer.removeAllListeners('data');
      outer.on('data', () => {});
    }
  }

  // For a while; then every connection is cut.
  async swallowReplies(ms) {
    this.swallow();
    await new Promise((resolve) => setTimeout(resolve, ms));
    this.cut();
  }

  // The next command with all these words is carried out, and its reply lost with the connection. Resolves then.
  loseReplyTo(...words) {
    return new Promise((resolve) => (this.toLose = { words, resolve }));
  }

  lose({ inner, outer }) {
    const { resolve } = this.toLose;
    this.toLose = undefined;
    outer.removeAllListeners('data');
    outer.once('data', () => {
      inner.resetAndDestroy();
      resolve();
    });
  }

  delay(ms) {
    this.delayMs = ms;
  }

  // Nobody is let in, and who is inside is thrown out.
  close() {
    this.closed = true;
    this.cut();
  }

  reopen() {
    this.closed = false;
  }
}
