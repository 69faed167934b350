// Decides from outside the server whether it kept its promises: nothing acknowledged is lost, nothing
// is there twice, and whoever follows sees all of it in one order.
import { compareIds } from './chat.mjs';

// acks: [{room, id, text}], every message a publisher was told is stored.
// attempted: Set of all texts ever sent (each text is unique).
// histories: Map from room to [{id, text}], as the server gives them at the end.
// followers: [{name, rooms, start, resets, seen: [{id, text}]}]; start is the cursor they began at.
// Returns what is wrong, as sentences; an empty list is a pass.
export function check({ acks, attempted, histories, followers }) {
  const wrong = [];
  const all = new Map(); // text → {room, id}
  for (const [room, messages] of histories) {
    let last = null;
    for (const { id, text } of messages) {
      if (last !== null && compareIds(last, id) >= 0)
        wrong.push(`history of ${room}: ${id} comes after ${last}`);
      last = id;
      const earlier = all.get(text);
      if (earlier)
        wrong.push(`history: "${text}" is there twice, ${earlier.id} in ${earlier.room}, ${id} in ${room}`);
      if (!attempted.has(text)) wrong.push(`history of ${room}: nobody sent "${text}" (${id})`);
      all.set(text, { room, id });
    }
  }
  for (const { room, id, text } of acks) {
    const found = all.get(text);
    if (!found) wrong.push(`"${text}" was acknowledged as ${id} in ${room} and is lost`);
    else if (found.id !== id || found.room !== room) {
      wrong.push(`"${text}" was acknowledged as ${id} in ${room} and is ${found.id} in ${found.room}`);
    }
  }
  for (const follower of followers) wrong.push(...checkFollower(follower, histories));
  return wrong;
}

function checkFollower({ name, rooms, start, resets, seen }, histories) {
  if (resets > 0) return [`${name}: got ${resets} resets, expected none`];
  if (start === undefined) return [`${name}: never got a cursor`];
  const expected = rooms
    .flatMap((room) => histories.get(room))
    .filter(({ id }) => compareIds(id, start) > 0)
    .sort((a, b) => compareIds(a.id, b.id));
  for (let i = 0; i < Math.max(expected.length, seen.length); ++i) {
    const want = expected[i];
    const got = seen[i];
    if (want?.id === got?.id && want?.text === got?.text) continue;
    const say = (event) => (event ? `${event.id} "${event.text}"` : 'nothing');
    return [
      `${name} (from ${start}): event ${i} of ${expected.length} should be ${say(want)}, is ${say(got)}`,
    ];
  }
  return [];
}
