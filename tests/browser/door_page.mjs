// A server behind a closed door, with the command line that works on what it keeps.
import assert from 'node:assert/strict';

import { encoded, ready } from './chat_page.mjs';

export function closedServer(sharedServer, run, tempDir, more = []) {
  const data = tempDir();
  const server = sharedServer({ args: ['--closed', '--journal', 'sqlite', '--data', data, ...more] });
  const cli = async (...words) => {
    const end = await run([...words, '--data', data, '--port', String(server.port)]);
    assert.equal(end.code, 0, end.stderr);
    return end.stdout.split('\n')[0];
  };
  const here = (link) => server.url + new URL(link).pathname;
  const roomAddress = (room) => `${server.url}/r/${encoded(room)}`;
  return {
    server,
    cli,
    roomAddress,
    joinLink: async () => here(await cli('join-link')),
    ownerLink: async () => here(await cli('owner-link')),
    // By the link, as a person does it, and on to a room.
    async enter(person, link, room) {
      const page = await person.open(link);
      await page.click('button');
      await ready(page);
      if (room) await page.goto(roomAddress(room));
      return ready(page);
    },
  };
}
