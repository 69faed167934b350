// kill -9 at random moments while publishers publish and subscribers follow: nothing acknowledged is
// lost, nothing is there twice, and every subscriber sees all of it once, in order.
//
// script/kill_campaign runs the long form.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Crowd, pause, seedOfThisRun as seed, summary } from './campaign.mjs';
import { random } from './chat.mjs';
import { freePort, startServer, tempDir } from './server.mjs';
import { deadline } from './until.mjs';

const kills = Number(process.env.TINYCHAT_KILLS ?? 20);

test(`${kills} times kill -9 under load`, async (t) => {
  t.diagnostic(`seed ${seed} (TINYCHAT_SEED repeats it)`);
  const chance = random(seed);
  const options = { port: await freePort(), args: ['--data', tempDir()] };
  let server = await startServer(options);
  const crowd = new Crowd(server, { seed, publishers: 8, followers: 50 });
  try {
    for (let i = 0; i < kills; ++i) {
      await pause(deadline(10 + chance() * 350));
      await server.kill();
      server = await startServer(options);
      crowd.assertNotRefused();
    }
    const record = await crowd.settle(server, 15_000);
    t.diagnostic(summary(record));
    assert.ok(record.acknowledged > kills, 'expected messages between the kills');
    assert.ok(record.connections > record.subscribers, 'expected the subscribers to have come back');
  } finally {
    crowd.abandon();
    await server.stop();
    crowd.drop();
  }
});
