// Everything at once, for as long as one likes: script/soak says how to start it.
//
// Two servers under the same load. One is killed and stopped again and again; the other runs all the time, so that
// its memory and its descriptors can be watched, while its disk is filled now and then. Publishers insist,
// subscribers come and go and read slowly, people sign in, strangers send nonsense. From outside it is checked that
// nothing acknowledged is lost, doubled or reordered, and that what is held does not grow.
import { Crowd, headOf, pause, summary } from './campaign.mjs';
import { publish, random } from './chat.mjs';
import { Follower } from './follower.mjs';
import { becomeGuest } from './guest.mjs';
import { descriptors, freePort, memory, startServer, tempDir } from './server.mjs';
import { SmallDisk, whyNoSmallDisk } from './small_disk.mjs';
import { Hecklers, HistoryReaders, People, Visitors } from './soak_actors.mjs';
import { until } from './until.mjs';

const [minutes, seed] = [Number(process.argv[2]), Number(process.argv[3])];
const chance = random(seed);
let began = performance.now();
let end = Infinity;
const elapsed = () => (performance.now() - began) / 1000;
const say = (text) => console.log(`soak: ${elapsed().toFixed(0).padStart(5)} s  ${text}`);

const wrong = [];
function note(what) {
  if (wrong.length < 20) say(`WRONG: ${what}`);
  wrong.push(what);
}

// A server on a port and a disk that it comes back to.
class Site {
  static async start(name, index) {
    const site = new Site();
    Object.assign(site, { name, restarts: 0, fills: 0, isFull: false });
    site.disk = whyNoSmallDisk() ? null : await SmallDisk.mount(400);
    site.options = {
      port: await freePort(),
      args: ['--data', site.disk ? `${site.disk.path}/data` : tempDir(), '--stream-lifetime', '60', '--shards', '2'],
      wrap: site.disk?.wrap,
    };
    site.server = await startServer(site.options);
    await site.warmUp();
    site.address = () => ({ host: '127.0.0.1', port: site.options.port });
    site.crowd = new Crowd(site.address, {
      seed: seed + 1000 * index,
      publishers: 6,
      followers: 10,
      publisher: { patience: [429, 503, 507], restMs: 250, bytes: 800 },
      makeFollower: (...all) => new Resident(...all),
    });
    const more = { address: site.address, chance: random(seed + 1000 * index + 500), note: (what) => note(`${name}: ${what}`) };
    site.visitors = new Visitors(more, 120);
    site.actors = [site.visitors, new HistoryReaders(more, 3), new Hecklers(more, 6), new People(more, 10)];
    return site;
  }

  // What a server holds at most of recent messages, it holds from the start, or all would seem to grow.
  async warmUp() {
    const followers = [...Array(8)].map(() => new Follower(this.server, '/subscribe/bulk'));
    await Promise.all(followers.map((follower) => follower.untilConnected()));
    const text = 'warm '.repeat(1600);
    await Promise.all([...Array(16)].map(async () => {
      for (let i = 0; i < 160; ++i) await publish(this.server, 'bulk', text);
    }));
    for (const follower of followers) follower.stop();
    await becomeGuest(this.server, 'the first');
    // When all of these have gone.
    let stable = 0;
    for (let last = 0; stable < 10; ++stable) {
      this.bare = descriptors(this.server);
      if (this.bare !== last) stable = 0;
      last = this.bare;
      await pause(50);
    }
  }

  async restart(signal) {
    ++this.restarts;
    if (signal === 'SIGKILL') await this.server.kill();
    else await this.server.stop(signal);
    this.server = await startServer(this.options);
  }

  async fillDisk() {
    ++this.fills;
    this.disk.fill();
    await pause(3000 + chance() * 5000);
    this.disk.makeRoom();
  }
}

// It keeps of what it sees no more than the checker needs.
class Resident extends Follower {
  receive(event) {
    super.receive(event);
    const last = this.seen.at(-1);
    if (last?.data !== undefined) this.seen[this.seen.length - 1] = { id: last.id, text: headOf(last.data) };
  }
}

// One after the other until the time is up.
async function troubles(restarted, steady) {
  for (let next = 1; performance.now() < end; ++next) {
    const rest = Math.min(15_000 + chance() * 30_000, end - performance.now());
    if (rest > 0) await pause(rest);
    if (performance.now() >= end) return;
    if (next % 3 === 0 && steady.disk) await steady.fillDisk();
    else await restarted.restart(chance() < 0.7 ? 'SIGKILL' : 'SIGTERM');
  }
}

const samples = []; // of the server that is never restarted
async function watch(steady) {
  let reported = 0;
  while (performance.now() < end) {
    await pause(1000);
    samples.push({ memory: memory(steady.server, 'RssAnon'), descriptors: descriptors(steady.server) });
    if (elapsed() < 60 * (reported + 1)) continue;
    ++reported;
    report(steady);
  }
}

const megabytes = (bytes) => (bytes / 2 ** 20).toFixed(1);
let sites = [];
function report() {
  for (const { name, crowd, actors, restarts, fills, server } of sites) {
    const acknowledged = crowd.publishers.reduce((sum, { acks }) => sum + acks.length, 0);
    const counts = actors.map((actor) => actor.summary()).join(', ');
    say(
      `${name}: ${acknowledged} acknowledged, ${counts}, ${restarts} restarts, ${fills} full disks, ` +
        `${megabytes(memory(server, 'RssAnon'))} MB, ${descriptors(server)} descriptors`,
    );
  }
}

const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
function compareThirds(name, allowed, show) {
  const third = Math.floor(samples.length / 3);
  const first = median(samples.slice(0, third).map((sample) => sample[name]));
  const last = median(samples.slice(-third).map((sample) => sample[name]));
  say(`${name}: ${show(first)} in the first third, ${show(last)} in the last`);
  if (last > allowed(first)) note(`${name} grew from ${show(first)} to ${show(last)}`);
}

async function finish(site) {
  site.crowd.assertNotRefused();
  const stopped = site.actors.map((actor) => actor.stop());
  say(`${site.name}: ${summary(await site.crowd.settle(site.server, 60_000))}`);
  await Promise.all(stopped);
  site.crowd.abandon();
  site.crowd.drop();
  await until(
    () => descriptors(site.server) <= site.bare,
    90_000,
    () => `${site.bare} descriptors when everyone has gone, got ${descriptors(site.server)}`,
  );
}

const said = {};
function readLog({ stderr }) {
  for (const line of stderr.split('\n')) {
    const level = / (error|warning|info) /.exec(line)?.[1];
    if (level) said[level] = (said[level] ?? 0) + 1;
    else if (line) note(`the server said: ${line}`);
  }
}

say(`${minutes} minutes, seed ${seed}`);
const none = whyNoSmallDisk();
if (none) say(`no full disks: ${none}`);
sites = await Promise.all([Site.start('restarted', 1), Site.start('steady', 2)]);
const [restarted, steady] = sites;
say('warm; the time begins');
began = performance.now();
end = began + minutes * 60_000;
try {
  await Promise.all([troubles(restarted, steady), watch(steady)]);
  report();
  for (const site of sites) await finish(site);
  compareThirds('memory', (first) => first * 1.15 + 2 ** 21, (bytes) => `${megabytes(bytes)} MB`);
  compareThirds('descriptors', (first) => first * 1.2 + 20, String);
} catch (error) {
  note(error.stack);
}
for (const { server } of sites) {
  await server.stop().then(readLog, (error) => note(error.message));
}
say(`log lines of the last runs: ${JSON.stringify(said)}`);
say(wrong.length === 0 ? 'verdict: every promise kept' : `verdict: ${wrong.length} things WRONG (seed ${seed})`);
process.exit(wrong.length === 0 ? 0 : 1);
