// Asking a server whose door is closed, and letting people in.
import assert from 'node:assert/strict';
import { request } from 'node:http';

import { run, tempDir, withServer } from './server.mjs';

// The whole answer; of a stream, as soon as it has begun: what it says then goes on into `body`.
export function ask(server, method, path, headers = {}, body = '') {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port: server.port, method, path, headers }, (response) => {
      const answer = { status: response.statusCode, headers: response.headers, body: '', isOver: false };
      response.setEncoding('utf8');
      response.on('data', (text) => (answer.body += text));
      response.once('end', () => (answer.isOver = true));
      response.once('error', () => {});
      answer.close = () => sent.destroy();
      // A stream does not end.
      if (response.headers['content-type']?.startsWith('text/event-stream')) resolve(answer);
      else response.once('end', () => resolve(answer));
    });
    sent.once('error', reject);
    sent.end(body);
  });
}

export const form = { 'content-type': 'application/x-www-form-urlencoded' };
export const json = { 'content-type': 'application/json' };
export const bearer = (token) => ({ authorization: `Bearer ${token}` });
export const firstLine = (text) => text.split('\n')[0];
export const pathOf = (url) => new URL(url).pathname;
export const cookieOf = (answer) => ({ cookie: answer.headers['set-cookie']?.[0].split(';')[0] });

// With a command line that works on what the server keeps. `door`: the options that say whether it is closed.
export async function withDoor(use, { data = tempDir(), args = [], door = ['--closed'] } = {}) {
  await withServer({ args: [...door, '--journal', 'sqlite', '--data', data, ...args] }, async (server) => {
    const cli = async (...words) => {
      const end = await run([...words, '--data', data, '--port', String(server.port)]);
      assert.equal(end.code, 0, end.stderr);
      return firstLine(end.stdout);
    };
    const join = async (link, headers = {}) => {
      const answer = await ask(server, 'POST', pathOf(link), headers);
      assert.equal(answer.status, 303, answer.body);
      return cookieOf(answer);
    };
    await use(server, cli, join);
  });
}
