// A publisher as it should be: it says each thing until it is acknowledged, under one key.
import assert from 'node:assert/strict';

import { formBody, messagesPath } from './chat.mjs';
import { Connection, format } from './wire.mjs';

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// Publishes one message after the other, each until it is acknowledged, in either dialect. A repeat
// has the key of the first attempt.
export class Publisher {
  // `address` of a server, or a function that gives one for each connection. `patience`: answers after which it tries
  // again; `restMs`: at most so long between two messages; `bytes`: how long a text may be.
  constructor(address, number, chance, rooms, { patience = [503], restMs = 7, bytes = 0 } = {}) {
    Object.assign(this, {
      address: typeof address === 'function' ? address : () => address,
      rooms,
      number,
      chance,
      patience,
      restMs,
      bytes,
      acks: [],
      attempted: [],
      repeats: 0,
      stopped: false,
      abandoned: false,
    });
    this.done = this.run();
  }

  async run() {
    for (let i = 0; !this.stopped; ++i) {
      const room = this.rooms[Math.floor(this.chance() * this.rooms.length)];
      const filling = 'x'.repeat(this.chance() * this.bytes);
      const text = `p${this.number}-${i}${filling && ` ${filling}`}`;
      this.attempted.push(text);
      this.acks.push({ room, text, id: await this.insist(room, text) });
      await pause(1 + this.chance() * (this.restMs - 1));
    }
    this.connection?.destroy();
  }

  async insist(room, text) {
    const bytes = this.number % 2 ? this.legacy(room, text) : this.v1(room, text);
    for (; ; ++this.repeats) {
      try {
        this.connection ??= await Connection.open(this.address());
        this.connection.send(bytes);
        const response = await this.connection.response({ ms: 20_000 });
        if (response.status === 200 || response.status === 201) return response.json().id;
        if (!this.patience.includes(response.status)) this.refused = `${response.status} ${response.text}`;
        assert.equal(this.refused, undefined);
      } catch (error) {
        if (this.refused || this.abandoned) throw error;
      }
      this.connection?.destroy();
      this.connection = null;
      await pause(5 + this.chance() * 20);
    }
  }

  v1(room, text) {
    const headers = { 'Content-Type': 'application/json', 'Idempotency-Key': text.slice(0, 40) };
    return format('POST', messagesPath(room), {
      headers,
      body: JSON.stringify({ sender: `p${this.number}`, text }),
    });
  }

  legacy(room, text) {
    const headers = {
      'Content-Type': 'application/x-www-form-urlencoded',
      'Idempotency-Key': text.slice(0, 40),
      Accept: 'application/json',
    };
    return format('POST', encodeURI(`/${room}`), {
      headers,
      body: formBody({ sender: `p${this.number}`, message: text }),
    });
  }
}
