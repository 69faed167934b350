// What every campaign of troubles has: publishers that insist, subscribers that always come back, and at the end
// the question whether every promise was kept.
import assert from 'node:assert/strict';

import { check } from './checker.mjs';
import { eventsPath, history, random } from './chat.mjs';
import { Follower, stopAll } from './follower.mjs';
import { Publisher } from './publisher.mjs';
import { until } from './until.mjs';

export const rooms = ['lobby', 'caf\u00e9', 'team/red', 'team/blue', 'ci'];
export const seedOfThisRun = Number(process.env.TINYCHAT_SEED ?? Date.now() % 2 ** 32);
export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// The n-th of many subscribers: in both dialects, of one room and of several, from now and from the beginning.
const usual = (...all) => new Follower(...all);
export function anyFollower(address, n, chance, make = usual) {
  const options = { cursor: n % 5 === 0 ? '0-0' : undefined };
  if (n % 2) {
    const room = rooms[n % rooms.length];
    return make(address, encodeURI(`/subscribe/${room}`), { ...options, rooms: [room] });
  }
  const some = rooms.filter(() => chance() < 0.4);
  const followed = some.length > 0 ? some : [rooms[0]];
  return make(address, eventsPath(followed), { ...options, rooms: followed });
}

// What is unique of a text; a filling may follow.
export const head = (text) => text.split(' ', 1)[0];
export function headOf(data) {
  const { text, message } = JSON.parse(data);
  return head(text ?? message);
}

// What a follower saw, for the checker.
export const testimony = (follower, name) => ({
  name: `${name} of ${follower.rooms}`,
  rooms: follower.rooms,
  start: follower.start,
  resets: follower.resets,
  seen: follower.seen.map(({ id, data, text }) => ({ id, text: text ?? headOf(data) })),
});

export class Crowd {
  // `address`: of a server, or a function that gives one for each connection.
  constructor(address, { seed, publishers, followers, publisher = {}, makeFollower }) {
    const chance = random(seed);
    this.seed = seed;
    this.failures = [];
    this.followers = [...Array(followers)].map((_, i) => anyFollower(address, i, chance, makeFollower));
    this.publishers = [...Array(publishers)].map(
      (_, i) => new Publisher(address, i, random(seed + i + 1), rooms, publisher),
    );
    for (const { done } of this.publishers) done.catch((error) => this.failures.push(error));
  }

  assertNotRefused() {
    assert.deepEqual(this.failures, [], 'expected no publisher to be refused');
  }

  // After the last trouble: everyone publishes once more and sees all there is. Fails unless every promise was
  // kept; what it says is for the record.
  async settle(server, ms) {
    const acknowledged = this.publishers.map(({ acks }) => acks.length);
    await until(
      () => this.publishers.every(({ acks }, i) => acks.length > acknowledged[i]),
      ms,
      'every publisher to publish again after the last trouble',
    );
    for (const publisher of this.publishers) publisher.stopped = true;
    await Promise.all(this.publishers.map(({ done }) => done));

    const histories = new Map();
    for (const room of rooms) {
      const messages = await history(server, room);
      histories.set(room, messages.map(({ id, text }) => ({ id, text: head(text) })));
    }
    for (const follower of this.followers) {
      const last = follower.rooms.map((room) => histories.get(room).at(-1)?.id).filter(Boolean);
      for (const id of last) await follower.untilCursor(id, ms);
    }
    stopAll(this.followers);

    const acks = this.publishers.flatMap(({ acks: all }) => all.map((ack) => ({ ...ack, text: head(ack.text) })));
    const wrong = check({
      acks,
      attempted: new Set(this.publishers.flatMap(({ attempted }) => attempted.map(head))),
      histories,
      followers: this.followers.map((follower, i) => testimony(follower, `follower ${i}`)),
    });
    assert.deepEqual(wrong.slice(0, 10), [], `expected every promise kept (seed ${this.seed})`);
    const sum = (list, number) => list.reduce((total, one) => total + one[number], 0);
    return {
      acknowledged: acks.length,
      repeated: sum(this.publishers, 'repeats'),
      connections: sum(this.followers, 'connections'),
      subscribers: this.followers.length,
    };
  }

  // Before the server goes, however the campaign went.
  abandon() {
    for (const publisher of this.publishers) publisher.stopped = publisher.abandoned = true;
    for (const follower of this.followers) follower.stopped = true;
  }

  drop() {
    for (const publisher of this.publishers) publisher.connection?.destroy();
    for (const follower of this.followers) follower.stream.socket.destroy();
  }
}

export const summary = ({ acknowledged, repeated, connections, subscribers }) =>
  `${acknowledged} acknowledged, ${repeated} repeated, ${connections} connections of ${subscribers} subscribers`;
