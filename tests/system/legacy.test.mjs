// The interface of 2013: what a page, a form or a curl line written for it relies on.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import {
  curl,
  curlStream,
  formBody,
  freshRoom,
  history,
  postForm,
  postJson,
  publish,
  roomPath,
} from './chat.mjs';
import { freePort, sharedServer, withServer } from './server.mjs';
import { EventStream, until, withStream } from './sse.mjs';
import { request } from './wire.mjs';

describe('the 2013 interface', { concurrency: true }, () => {
  const server = sharedServer();

  // What a subscriber of `room` gets after `send` has published one message.
  async function received(room, send) {
    let event;
    await withStream(server, `/subscribe/${roomPath(room)}`, {}, async (stream) => {
      const response = await send();
      if (response) assert.equal(response.status, 200, `expected 200 for a message, got ${response.text}`);
      if (response) assert.equal(response.text, '', 'expected an empty body');
      event = await stream.event('message');
    });
    return event;
  }
  const values = ({ data }) => {
    const { sender, message } = JSON.parse(data);
    return [sender, message];
  };

  test('two terminals: curl -N follows, curl -d publishes', async () => {
    const follower = curlStream(['-N', `${server.url}/subscribe/everyone`]);
    try {
      await until(() => follower.stdout.includes('event: hello'), 5000, 'curl -N to show the hello');
      const sent = await curl(['-d', 'sender=mason', '-d', 'message=hi & <b>', `${server.url}/everyone`]);
      assert.equal(sent.code, 0, `expected curl to succeed, got ${sent.stderr}`);
      assert.equal(sent.stdout, '', 'expected an empty answer');
      const data = await until(
        () =>
          /\nid: \d+-\d+\ndata: (.*)\n\n/.exec(
            follower.stdout
              .split('event: hello')
              .at(-1)
              .replace(/^[^]*?\n\n/, '\n'),
          ),
        2000,
        () => `an event with an id in ${follower.stdout}`,
      );
      const start = '{"sender":"mason","message":"hi &amp; &lt;b&gt;"';
      assert.ok(data[1].startsWith(start), `expected the data to start with ${start}, got ${data[1]}`);
    } finally {
      follower.kill();
    }
  });

  test('the event is of the default type, on one line, with an id', async () => {
    const room = freshRoom();
    await withStream(server, `/subscribe/${room}`, {}, async (stream) => {
      await postForm(server, room, { sender: 'm', message: 'a\nb' });
      await stream.event('message');
      const lines = stream.payload.trimEnd().split('\n').slice(-2);
      assert.match(lines[0], /^id: \d+-\d+$/, 'expected the id before the data');
      assert.ok(
        lines[1].startsWith('data: {"sender":"m","message":"a\\nb"'),
        `expected data, got ${lines[1]}`,
      );
      assert.equal(
        stream.payload.split('\n\n').filter(Boolean).at(-1).split('\n').length,
        2,
        'expected no event name',
      );
    });
  });

  test('sender and message are escaped for HTML, both', async () => {
    const room = freshRoom();
    const raw = `& < > ' " /`;
    const event = await received(room, () =>
      postForm(server, room, { sender: raw, message: `${raw} \\ \u2028 é` }),
    );
    const escaped = '&amp; &lt; &gt; &#x27; &quot; &#x2F;';
    assert.ok(event.data.startsWith(`{"sender":"${escaped}","message":"${escaped} \\\\ `), event.data);
    assert.deepEqual(values(event), [escaped, `${escaped} \\ \u2028 é`]);
    assert.equal((await history(server, room))[0].sender, raw, 'expected the history to have what was sent');
  });

  const form = 'application/x-www-form-urlencoded';
  const bodies = {
    'a form': [form, 'sender=mason&message=a+b%26c'],
    'a form as $.post sends it': [`${form}; charset=UTF-8`, 'sender=mason&message=a+b%26c'],
    'a form with more fields': [form, 'x=1&message=a%20b%26c&sender=mason&y='],
    JSON: ['application/json', '{"message": "a b\\u0026c", "sender": "mason", "more": [1]}'],
    'JSON with a charset': ['application/json; charset=utf-8', '{"sender":"mason","message":"a b&c"}'],
  };
  for (const [name, [type, body]] of Object.entries(bodies)) {
    test(`POST of ${name}`, async () => {
      const room = freshRoom();
      const event = await received(room, () =>
        request(server, 'POST', `/${room}`, { headers: { 'Content-Type': type }, body }),
      );
      assert.deepEqual(values(event), ['mason', 'a b&amp;c']);
      assert.ok(event.id, 'expected an id');
    });
  }

  const bare = {
    'text/plain': ['text/plain', 'build is green = & 100%', 'build is green = &amp; 100%'],
    'text/plain with a charset': ['text/plain; charset=utf-8', 'é', 'é'],
    'what curl -d calls a form': [form, 'build is green', 'build is green'],
    'text of several lines': ['text/plain', 'a\nb\r\nc', 'a\nb\r\nc'],
  };
  for (const [name, [type, body, text]] of Object.entries(bare)) {
    test(`POST of bare text: ${name}`, async () => {
      const room = freshRoom();
      const headers = { 'Content-Type': type };
      const event = await received(room, () =>
        request(server, 'POST', `/${room}?sender=ci`, { headers, body }),
      );
      assert.deepEqual(values(event), ['ci', text]);
    });
  }

  test('POST with curl: -F, --data-urlencode, JSON, a file on stdin', async () => {
    const room = freshRoom();
    const url = `${server.url}/${room}`;
    const lines = [
      [['-F', 'sender=m', '-F', 'message=one & é', url]],
      [['-d', 'sender=m', '--data-urlencode', 'message=two & é', url]],
      [['-H', 'Content-Type: application/json', '-d', '{"sender":"m","message":"three & é"}', url]],
      [['-H', 'Content-Type: text/plain', '--data-binary', '@-', `${url}?sender=m`], 'four & é'],
      [['-d', 'five', `${url}?sender=m`]],
    ];
    for (const [args, input] of lines) {
      const { code, stdout, stderr } = await curl(['-f', ...args], { input });
      assert.deepEqual(
        [code, stdout, stderr],
        [0, '', ''],
        `expected curl ${args.join(' ')} to succeed silently`,
      );
    }
    const stored = (await history(server, room)).map(({ sender, text }) => [sender, text]);
    const texts = ['one & é', 'two & é', 'three & é', 'four & é', 'five'];
    assert.deepEqual(
      stored,
      texts.map((text) => ['m', text]),
    );
  });

  test('a missing sender is Anonymous', async () => {
    const room = freshRoom();
    assert.deepEqual(values(await received(room, () => postForm(server, room, { message: 'hi' }))), [
      'Anonymous',
      'hi',
    ]);
    assert.deepEqual(values(await received(room, () => postJson(server, `/${room}`, { message: 'hi' }))), [
      'Anonymous',
      'hi',
    ]);
  });

  test('an answer in JSON, with the id, for who asks', async () => {
    const room = freshRoom();
    let response;
    const event = await received(room, async () => {
      response = await postForm(server, room, { message: 'hi' }, { Accept: 'application/json' });
    });
    assert.equal(response.status, 200);
    assert.match(response.headers['content-type'], /^application\/json/);
    assert.equal(response.json().id, event.id, 'expected the id that the subscriber got');
  });

  test('a repeat with the same Idempotency-Key is no second message', async () => {
    const room = freshRoom();
    const headers = { 'Idempotency-Key': 'k1', Accept: 'application/json' };
    const ids = [];
    for (let i = 0; i < 3; ++i) {
      const response = await postForm(server, room, { sender: 'm', message: 'hi' }, headers);
      assert.equal(response.status, 200);
      ids.push(response.json().id);
    }
    assert.equal(new Set(ids).size, 1, `expected one id, got ${ids}`);
    assert.equal((await history(server, room)).length, 1);
    const other = await postForm(server, room, { sender: 'm', message: 'something else' }, headers);
    assert.equal(other.status, 422, 'expected 422 for the same key with other content');
  });

  test('rooms have slashes and any script, however they are spelled', async () => {
    const base = freshRoom('caf');
    const spellings = [
      [`${base}%C3%A9`, `${base}é`],
      [`${base}/a/b`, `${base}%2Fa%2fb`],
      [`${base}%20x`, `${base}%20%78`],
    ];
    for (const [one, other] of spellings) {
      for (const [subscribed, posted] of [
        [one, other],
        [other, one],
      ]) {
        await withStream(server, `/subscribe/${subscribed}`, {}, async (stream) => {
          const response = await request(server, 'POST', `/${posted}`, {
            headers: { 'Content-Type': 'text/plain' },
            body: posted,
          });
          assert.equal(response.status, 200, `expected 200 for /${posted}, got ${response.text}`);
          const event = await stream.event('message');
          assert.equal(JSON.parse(event.data).message, posted.replaceAll('/', '&#x2F;'));
        });
      }
    }
  });

  test('rooms do not hear each other', async () => {
    const [mine, other] = [freshRoom(), freshRoom()];
    await withStream(server, `/subscribe/${mine}`, {}, async (stream) => {
      await postForm(server, other, { message: 'not for you' });
      await postForm(server, mine, { message: 'for you' });
      assert.equal(JSON.parse((await stream.event('message')).data).message, 'for you');
    });
  });

  test('who joins by name is announced, and leaves', async () => {
    const room = freshRoom();
    const target = (name) => `/subscribe/${room}?name=${encodeURIComponent(name)}`;
    await withStream(server, target('mason'), {}, async (mason) => {
      const own = await mason.event('userJoined');
      assert.deepEqual(
        [own.id, own.data],
        [undefined, '{"username":"mason"}'],
        'expected the joiner to see its join',
      );

      const again = await EventStream.open(server, target('mason'));
      await again.hello();
      const guest = await EventStream.open(server, target('<jo> & é'));
      const joined = await mason.event('userJoined', { n: 2 });
      assert.equal(joined.id, undefined, 'expected no id');
      const { username } = JSON.parse(joined.data);
      assert.notEqual(username, 'mason', 'expected no second announcement of the same name');
      again.drop();
      guest.drop();
      const left = await mason.event('userLeft');
      assert.deepEqual([left.id, JSON.parse(left.data).username], [undefined, username]);

      await publish(server, room, 'end');
      await mason.event('message');
      const types = mason.events.map(({ event }) => event);
      assert.deepEqual(types, ['hello', 'userJoined', 'userJoined', 'userLeft', 'message']);
    });
  });

  test('malformed bodies, empty messages, other types', async () => {
    const room = freshRoom();
    const cases = [
      [400, form, 'message=%zz'],
      [400, form, 'message=%C3%28'],
      [400, 'application/json', '{"message": "hi"'],
      [400, 'application/json; charset=utf-8', '{"message": "\xff"}'],
      [400, 'multipart/form-data; boundary=x', '--y\r\n\r\n'],
      [422, form, 'message='],
      [422, form, 'sender=mason'],
      [422, form, 'message=+%09%0A'],
      [422, 'text/plain', ''],
      [422, 'text/plain', ' \n'],
      [422, form, formBody({ message: 'x', sender: 's'.repeat(129) })],
      [422, form, formBody({ message: 'x', sender: 'a\nb' })],
      [415, 'application/xml', '<message/>'],
    ];
    for (const [status, type, text] of cases) {
      const body = Buffer.from(text, text.includes('\xff') ? 'latin1' : 'utf8');
      const response = await request(server, 'POST', `/${room}`, { headers: { 'Content-Type': type }, body });
      assert.equal(
        response.status,
        status,
        `expected ${status} for ${type} ${JSON.stringify(text)}, got ${response.status} ${response.text}`,
      );
    }
    assert.deepEqual(await history(server, room), [], 'expected nothing stored');
  });
});

test('PORT in the environment and an open door are enough, as on the platforms of 2013', async () => {
  const port = await freePort();
  await withServer({ env: { PORT: String(port), TINYCHAT_OPEN: '1' } }, async (server) => {
    assert.equal(server.port, port);
    await publish(server, 'everyone', 'hi');
  });
});
