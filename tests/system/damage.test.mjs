// Damage that a running server meets: whoever asked learns it, everything else goes on, and /readyz tells.
import assert from 'node:assert/strict';
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';

import { assertHealthy, history, messagesPath, publish } from './chat.mjs';
import { engine, startServer, tempDir, withServer } from './server.mjs';
import { EventStream, until, withStream } from './sse.mjs';
import { request } from './wire.mjs';

describe('damage', { concurrency: true, skip: engine === 'redis' && 'there is no file' }, () => {
  test('a page that goes bad while the server runs', async () => {
    const data = tempDir();
    const args = ['--data', data];
    // In the file, not in the log beside it.
    await withServer({ args }, async (server) => {
      for (let i = 0; i < 300; ++i) await publish(server, 'old', `needle ${i} ${'x'.repeat(500)}`);
      await publish(server, 'other', 'well');
    });
    const file = path.join(data, 'tinychat.db');
    const place = readFileSync(file).indexOf('needle 50 ');
    assert.ok(place > 0, 'expected the message in the file');
    const server = await startServer({ args });
    const live = await EventStream.open(server, '/subscribe/old');
    await live.hello();
    assert.equal((await request(server, 'GET', '/readyz')).status, 200);
    const fd = openSync(file, 'r+');
    writeSync(fd, Buffer.alloc(4096, 0xa5), 0, 4096, place - (place % 4096));
    closeSync(fd);

    // The newest page of the history does not touch it; all of it does.
    assert.equal((await request(server, 'GET', `${messagesPath('old')}?limit=50`)).status, 200);
    await assert.rejects(history(server, 'old'), /503/);
    const ready = await request(server, 'GET', '/readyz');
    assert.equal(ready.status, 503);
    assert.match(ready.json().reason, /is damaged: `tinychat check --data /);
    // A stream that would read it is closed, and nothing of it is skipped.
    const stream = await EventStream.open(server, '/subscribe/old', { lastEventId: '0-0' });
    await stream.untilClosed();
    assert.equal(stream.finalChunk, false, 'expected "come back"');
    assert.ok(stream.messages.length < 300);
    stream.drop();

    await assertHealthy(server);
    assert.equal((await history(server, 'other')).length, 1);
    const { id } = await publish(server, 'old', 'after');
    await live.until(() => live.events.at(-1).id === id, 5000, 'the new message');
    await withStream(server, '/subscribe/old', { lastEventId: id }, () => publish(server, 'old', 'and on'));
    assert.equal((await request(server, 'GET', '/readyz')).status, 503, 'expected it to stay told');
    live.drop();
    await until(() => /is damaged/.test(server.stderr()), 1000, 'a line in the log');
    await server.stop();
  });
});
