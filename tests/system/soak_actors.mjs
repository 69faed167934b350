// Who else is there during a soak: visitors, readers of history, people with an identity, and those who mean harm.
// Each goes on until it is stopped, over restarts and refusals, and notes what no server may do.
import { anyFollower, head, headOf, pause, rooms } from './campaign.mjs';
import { assertAscending, compareIds, messagesPath, roomPath } from './chat.mjs';
import { becomeGuest } from './guest.mjs';
import { EventStream } from './sse.mjs';
import { Connection, format, request } from './wire.mjs';

// What a server may answer while its disk is full, its limits are met, or it is going down.
const busy = (status) => [429, 503, 507].includes(status);
const unavailable = (error) => /expected a connection|ECONN|EPIPE|closed|expected a response|socket hang up/.test(String(error));

// Many loops of one kind.
class Actors {
  constructor({ address, chance, note }, count) {
    Object.assign(this, { address, chance, note, stopping: false, done: 0, refused: 0 });
    this.loops = [...Array(count)].map((_, i) => this.loop(i));
  }

  async loop(i) {
    while (!this.stopping) {
      try {
        await this.act(i);
        ++this.done;
      } catch (error) {
        if (unavailable(error)) ++this.refused;
        else this.note(`${this.constructor.name}: ${error.stack}`);
      }
      await this.rest();
    }
  }

  rest(ms = 400) {
    return this.stopping ? undefined : pause(20 + this.chance() * ms);
  }

  pick(list) {
    return list[Math.floor(this.chance() * list.length)];
  }

  async stop() {
    this.stopping = true;
    await Promise.all(this.loops);
  }

  summary() {
    return `${this.done} ${this.what}`;
  }

  // Asks until the server has an answer.
  async insist(target) {
    for (let tries = 0; ; ++tries) {
      try {
        const response = await request(this.address(), 'GET', target);
        if (response.status === 200) return response.json();
        if (!busy(response.status)) throw new Error(`GET ${target}: ${response.status} ${response.text}`);
      } catch (error) {
        if (!unavailable(error) || tries > 2000) throw error;
      }
      await pause(50);
    }
  }

  // The messages of a room with after < id <= through.
  async between(room, after, through) {
    const found = [];
    for (let cursor = after; cursor !== null; ) {
      const page = await this.insist(`${messagesPath(room)}?limit=200&after=${cursor}`);
      found.push(...page.messages.filter(({ id }) => compareIds(id, through) <= 0));
      const last = page.messages.at(-1)?.id;
      cursor = last === undefined || compareIds(last, through) >= 0 ? null : last;
    }
    return found;
  }
}

// They come, read fast or slowly, break off, come back with their cursor, and go; then what they saw is compared
// with the log.
export class Visitors extends Actors {
  what = 'visits';

  async act(i) {
    const follower = anyFollower(this.address, 1 + i * 7 + Math.floor(this.chance() * 4), this.chance);
    const isSlow = this.chance() < 0.2;
    const stays = performance.now() + 1000 + this.chance() * (isSlow ? 45_000 : 20_000);
    try {
      await follower.untilConnected(30_000);
      if (isSlow) follower.pause();
      while (performance.now() < stays && !this.stopping) {
        await pause(100 + this.chance() * 1000);
        if (this.chance() < 0.03) follower.drop();
      }
      if (isSlow) {
        follower.resume();
        await pause(500);
      }
    } finally {
      follower.stopped = true;
      follower.stream.socket.destroy();
    }
    if (follower.failure) throw follower.failure;
    await this.compare(follower);
  }

  async compare({ rooms: followed, start, cursor, seen, resets, target }) {
    // At the first hello of who wants everything, the cursor is no bound yet.
    const last = seen.at(-1)?.id;
    if (last === undefined || compareIds(start, last) > 0) return;
    if (resets > 0) return this.note(`a visitor of ${target} from ${start} got ${resets} resets`);
    const pages = await Promise.all(followed.map((room) => this.between(room, start, last)));
    const expected = pages.flat().sort((a, b) => compareIds(a.id, b.id));
    const wanted = expected.map(({ id, text }) => `${id} ${head(text)}`);
    const got = seen.map(({ id, data }) => `${id} ${headOf(data)}`);
    for (let i = 0; i < Math.max(wanted.length, got.length); ++i) {
      if (wanted[i] === got[i]) continue;
      this.note(`a visitor of ${target} from ${start} to ${cursor}: event ${i} should be ${wanted[i]}, is ${got[i]}`);
      return undefined;
    }
    return undefined;
  }
}

export class HistoryReaders extends Actors {
  what = 'pages';

  async act() {
    const room = this.pick(rooms);
    let cursor = null;
    for (let pages = Math.floor(this.chance() * 10); pages >= 0 && !this.stopping; --pages) {
      const limit = 1 + Math.floor(this.chance() * 200);
      const page = await this.insist(
        `${messagesPath(room)}?limit=${limit}${cursor === null ? '' : `&before=${cursor}`}`,
      );
      assertAscending(page.messages.map(({ id }) => id), `a page of ${room}`);
      cursor = page.before;
      if (cursor === null) break;
    }
    for (const target of ['/api/v1/rooms', '/healthz', '/', `/api/v1/rooms/${roomPath(room)}/presence`]) {
      const { status } = await request(this.address(), 'GET', target);
      if (status !== 200 && !busy(status)) throw new Error(`GET ${target}: ${status}`);
    }
    await request(this.address(), 'GET', '/readyz');
  }
}

export class People extends Actors {
  what = 'people';

  async act(i) {
    const response = await request(this.address(), 'GET', '/healthz');
    if (response.status !== 200) return;
    const guest = await becomeGuest(this.address(), `guest${i}`).catch((error) => {
      if (/got 4|got 500/.test(error.message) && !/"status":(429|503|507)/.test(error.message)) throw error;
      return null;
    });
    if (!guest) return;
    const room = this.pick(rooms);
    const headers = { Cookie: guest.cookie };
    const stream = await EventStream.open(this.address(), `/api/v1/events?room=${encodeURIComponent(room)}`, { headers });
    try {
      const at = `/api/v1/rooms/${roomPath(room)}`;
      const mine = `/api/v1/me/rooms/${encodeURIComponent(room)}`;
      const newest = (await this.insist(`${messagesPath(room)}?limit=1`)).messages.at(-1)?.id;
      for (const [method, target, value] of [
        ['PUT', mine, {}],
        ['POST', `${at}/typing`, {}],
        ['PATCH', '/api/v1/me', { name: `renamed${i}` }],
        ...(newest ? [['PUT', `${mine}/read`, { id: newest }]] : []),
        ['GET', '/api/v1/me/rooms'],
        ['GET', '/api/v1/me/sessions'],
        ['GET', `${at}/presence`],
        ['DELETE', mine],
      ]) {
        if (this.stopping) break;
        const { status, text } = await guest.ask(method, target, value);
        // A server that was restarted meanwhile on a full disk may not know them; all others do.
        if (status >= 400 && !busy(status)) throw new Error(`${method} ${target}: ${status} ${text}`);
        await pause(this.chance() * 200);
      }
    } finally {
      stream.drop();
    }
  }
}

const nonsense = (chance, bytes) => Buffer.from([...Array(Math.floor(bytes))].map(() => Math.floor(chance() * 256)));

export class Hecklers extends Actors {
  what = 'hostile connections';

  async act() {
    const connection = await Connection.open(this.address());
    const { chance } = this;
    const post = (headers, body = '') => format('POST', '/lobby', { headers: { 'Content-Length': null, ...headers }, body });
    const kinds = [
      () => connection.send(nonsense(chance, 1 + chance() * 5000)),
      () => connection.send('GET /subscribe/lobby HTTP/1.1\r\nHost: x\r\nX: '),
      () => connection.send(`GET / HTTP/1.1\r\nHost: x\r\nX: ${'y'.repeat(40_000)}\r\n\r\n`),
      () => connection.send(post({ 'Content-Length': '1000' }, 'sender=x')),
      () => connection.send(post({ 'Content-Length': '5', 'Transfer-Encoding': 'chunked' }, '0\r\n\r\n')),
      () => connection.send(post({ 'Transfer-Encoding': 'chunked' }, 'fffffffff\r\n')),
      () => connection.send(post({ 'Content-Length': '3', 'Content-Type': 'application/json' }, '{"a')),
      () => connection.send(`POST /lobby HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n${'z'.repeat(9000)}`),
      () => connection.send('GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(50)),
      () => connection.sendInPieces([...'GET /subscribe/lobby HTTP/1.1\r\nHost: x\r\n\r\n']),
      () => connection.send(format('GET', `/subscribe/lobby?lastEventId=${'9'.repeat(Math.floor(chance() * 60))}`)),
      () => connection.send(format('GET', '/subscribe/lobby?name=%00%ff')),
      () => connection.send(format('GET', `/api/v1/events?${'room=x&'.repeat(500)}`)),
      () => connection.send(format('GET', '/api/v1/rooms/lobby/messages?limit=-1&before=zzz')),
      () => {},
    ];
    try {
      void this.pick(kinds)();
      await pause(chance() * 3000);
      const status = /^HTTP\/1\.1 (\d+)/.exec(connection.buffer.toString('latin1'))?.[1];
      if (status === '500') throw new Error(`500 for nonsense: ${connection.buffer.toString('latin1')}`);
    } finally {
      if (chance() < 0.5) connection.socket.resetAndDestroy();
      else connection.destroy();
    }
  }
}
