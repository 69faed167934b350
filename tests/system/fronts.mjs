// Proxies in front of a server, for tests of what gets through them: nginx and HAProxy where they are installed,
// with the least configuration that passes on as much as they let through. Between the proxy and the server there
// is a relay that keeps what either said.
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';

import { freePort, keepForExit, tempDir } from './server.mjs';
import { until } from './until.mjs';

const environment = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` };
export const installed = (name) =>
  spawnSync('sh', ['-c', `command -v ${name}`], { env: environment }).status === 0;

// A field that the proxy adds to each request it passes on, with a value nobody can guess: how many requests it
// believes to have passed on.
const nginx = (port, upstream, marker, directory) => `
daemon off;
pid ${directory}/nginx.pid;
error_log stderr emerg;
events {}
http {
  access_log off;
  client_body_temp_path ${directory}/body;
  proxy_temp_path ${directory}/proxy;
  fastcgi_temp_path ${directory}/fastcgi;
  uwsgi_temp_path ${directory}/uwsgi;
  scgi_temp_path ${directory}/scgi;
  ignore_invalid_headers off;
  underscores_in_headers on;
  merge_slashes off;
  upstream tinychat {
    server 127.0.0.1:${upstream};
    keepalive 8;
  }
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://tinychat;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host $host;
      proxy_set_header X-Passed-On ${marker};
      proxy_request_buffering off;
      proxy_buffering off;
      proxy_read_timeout 5s;
    }
  }
}
`;

const haproxy = (port, upstream, marker) => `
global
  log stderr local0 emerg
defaults
  mode http
  timeout connect 2s
  timeout client 5s
  timeout server 5s
  # Connections to the server are used by one request after another, whoever sent it.
  http-reuse always
  option accept-invalid-http-request
frontend chat
  bind 127.0.0.1:${port}
  http-request set-header X-Passed-On ${marker}
  default_backend nodes
backend nodes
  server node 127.0.0.1:${upstream}
`;

const programs = {
  nginx: { write: nginx, args: (file, directory) => ['-p', directory, '-c', file] },
  haproxy: { write: haproxy, args: (file) => ['-db', '-f', file] },
};
export const fronts = Object.keys(programs).filter(installed);

async function relay(server) {
  const connections = [];
  const listener = net.createServer({ noDelay: true }, (from) => {
    const to = net.connect({ host: server.host, port: server.port, noDelay: true });
    const kept = { asked: '', answered: '' };
    connections.push(kept);
    from.on('data', (data) => (kept.asked += data.toString('latin1')));
    to.on('data', (data) => (kept.answered += data.toString('latin1')));
    from.pipe(to).pipe(from);
    for (const socket of [from, to]) {
      socket.unref();
      socket.on('error', () => {
        from.destroy();
        to.destroy();
      });
    }
  });
  listener.unref();
  await new Promise((resolve) => listener.listen(0, '127.0.0.1', resolve));
  return { connections, port: listener.address().port, close: () => listener.close() };
}

// What a test talks to in place of the server. `passedOn()`: for each connection to the server, how many
// requests the proxy passed on there, and how many answers the server gave.
export async function startFront(name, server) {
  const directory = tempDir();
  const marker = randomBytes(8).toString('hex');
  const middle = await relay(server);
  const port = await freePort();
  const file = path.join(directory, `${name}.conf`);
  writeFileSync(file, programs[name].write(port, middle.port, marker, directory));
  const child = spawn(name, programs[name].args(file, directory), {
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  keepForExit(child);
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += text));
  const ended = new Promise((resolve) => child.once('close', resolve));
  const isListening = () =>
    new Promise((resolve) => {
      const socket = net.connect(port, '127.0.0.1', () => {
        socket.destroy();
        resolve(true);
      });
      socket.on('error', () => resolve(false));
    });
  await until(isListening, 10_000, () => `${name} to listen, got ${said}`);
  const count = (text, piece) => text.split(piece).length - 1;
  return {
    host: '127.0.0.1',
    port,
    passedOn: () =>
      middle.connections.map(({ asked, answered }) => ({
        requests: count(asked.toLowerCase(), `x-passed-on: ${marker}\r\n`),
        answers: [...answered.matchAll(/HTTP\/1\.1 [2-5]\d\d /g)].length,
        asked,
      })),
    stop: async () => {
      child.kill('SIGTERM');
      middle.close();
      await ended;
    },
  };
}
