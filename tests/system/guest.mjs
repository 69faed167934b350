// Somebody with an identity, as their browser has it: a cookie.
import assert from 'node:assert/strict';

import { messagesPath, postJson } from './chat.mjs';
import { request } from './wire.mjs';

class Guest {
  constructor(server, { id, name }, cookie) {
    Object.assign(this, { server, id, name, cookie });
  }

  // The same one, asking another server.
  at(server) {
    return new Guest(server, this, this.cookie);
  }

  ask(method, target, value, headers = {}) {
    const all = { Cookie: this.cookie, ...headers };
    if (value === undefined) return request(this.server, method, target, { headers: all });
    all['Content-Type'] = 'application/json';
    return request(this.server, method, target, { headers: all, body: JSON.stringify(value) });
  }

  // Asks for what is there and gives it back.
  async json(method, target, value) {
    const response = await this.ask(method, target, value);
    assert.ok(response.status < 300, `expected success for ${method} ${target}, got ${response.status} ${response.text}`);
    return response.text === '' ? null : response.json();
  }

  async publish(room, text, more = {}) {
    const response = await this.ask('POST', messagesPath(room), { text, ...more });
    assert.equal(response.status, 201, `expected 201 for a message, got ${response.text}`);
    return response.json();
  }
}

export async function becomeGuest(server, name) {
  const response = await postJson(server, '/api/v1/me', { name });
  assert.equal(response.status, 201, `expected 201 for a new guest, got ${response.text}`);
  const cookie = /^(tinychat=[A-Za-z0-9_-]{43}); Path=\/; Max-Age=\d+; HttpOnly; SameSite=Lax$/.exec(
    response.headers['set-cookie'],
  );
  assert.ok(cookie, `expected a cookie, got ${response.headers['set-cookie']}`);
  return new Guest(server, response.json(), cookie[1]);
}
