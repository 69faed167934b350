// What is measured. Each workload is one command of the load generator, run against each of its servers in
// turn, several times; its rows are numbers out of what that prints.
//
//   servers   in the order they take turns
//   rows      [title, number, digits, goal]; a goal is a ratio to another server's number or a plain limit,
//             `atMost` or `atLeast`
//   rounds    how often the servers take turns

const all = ['floor', 'tinychat', 'tinychat2', 'nchan'];

const toFloor = { of: 'floor' };
const oneByOne = (subscribers) => ({
  title: `one message at a time to ${subscribers.toLocaleString('en')}`,
  load: ['fan-out', '--subscribers', subscribers, '--warmup', subscribers > 5000 ? 3 : 20],
  servers: all,
  // Fewer than a dozen messages a second are few.
  longer: subscribers > 5000 ? 1.5 : 1,
  rows: [
    ['CPU per delivery, µs', 'cpu_us_per_delivery', 2, { ...toFloor, atMost: 1 }],
    ['until the last has it, p50, ms', 'last_p50_us', 2, { ...toFloor, atMost: 1 }, 1e-3],
    ['delivery p50, ms', 'delivery_p50_us', 2, undefined, 1e-3],
    ['delivery p99, ms', 'delivery_p99_us', 2, undefined, 1e-3],
    ['delivery max, ms', 'delivery_max_us', 2, undefined, 1e-3],
  ],
});

const flood = (outstanding, goal) => ({
  title: `flood to 1,000, ${outstanding} outstanding`,
  load: ['fan-out', '--subscribers', 1000, '--publishers', outstanding, '--undelivered', 2 * outstanding, '--warmup', 200],
  servers: all,
  rows: [
    ['deliveries per CPU second, thousands', 'deliveries_per_cpu_second', 0, { ...toFloor, atLeast: goal }, 1e-3],
    ['deliveries/s, thousands', 'deliveries_per_second', 0, undefined, 1e-3],
    ['delivery p50, ms', 'delivery_p50_us', 2, undefined, 1e-3],
    ['delivery p99, ms', 'delivery_p99_us', 2, undefined, 1e-3],
  ],
});

const durable = (clients) => ({
  title: `durable publishes (fsync), ${clients} ${clients === 1 ? 'client' : 'clients'}`,
  load: ['publish', '--publishers', clients],
  journal: 'sqlite',
  servers: ['sqlite', 'tinychat'],
  rowsPerCommit: clients,
  rounds: 2,
  rows: [
    [
      'publishes/s',
      'publishes_per_second',
      0,
      clients === 16 ? { of: 'sqlite', atLeast: 0.4, orAtLeast: 20_000 } : undefined,
    ],
  ],
});

// With a token on every request, and with none where none is looked at.
const door = (title, load, rows) => ({ title, load, journal: 'sqlite', durability: 'os', servers: ['open', 'closed'], rows });
const doorRows = [
  door('the door closed: one message at a time to 1,000', ['fan-out', '--subscribers', 1000, '--warmup', 20], [
    // A stream was let in once; nothing is looked at for a delivery.
    ['CPU per delivery, µs', 'cpu_us_per_delivery', 2, { of: 'open', atMost: 1.05 }],
    ['delivery p50, ms', 'delivery_p50_us', 2, undefined, 1e-3],
  ]),
  door('the door closed: publishes, 16 clients', ['publish', '--publishers', 16], [
    ['publishes/s', 'publishes_per_second', 0, undefined],
    ['CPU per publish, µs', 'cpu_us_per_publish', 1, undefined],
  ]),
];

export const workloads = [
  { ...oneByOne(1000), quick: true },
  oneByOne(9000),
  { ...oneByOne(18_000), rounds: 2 },
  { ...flood(8, 4), quick: true },
  { ...flood(64, 7), quick: true },
  {
    title: '900 rooms × 10, 16 outstanding',
    load: ['fan-out', '--subscribers', 9000, '--rooms', 900, '--publishers', 16, '--undelivered', 32, '--warmup', 900],
    servers: all,
    rounds: 5,
    rows: [
      ['publishes per CPU second', 'publishes_per_cpu_second', 0, { ...toFloor, atLeast: 1 }],
      ['publishes/s', 'publishes_per_second', 0, undefined],
      ['delivery p99, ms', 'delivery_p99_us', 2, undefined, 1e-3],
    ],
    quick: true,
  },
  {
    title: '1,000 streams × 50 of 500 rooms, 16 outstanding',
    load: [
      'fan-out', '--subscribers', 1000, '--rooms', 500, '--follow', 50, '--publishers', 16, '--undelivered', 32, '--warmup', 500,
    ],
    servers: all,
    rounds: 2,
    rows: [
      ['deliveries per CPU second, thousands', 'deliveries_per_cpu_second', 0, undefined, 1e-3],
      ['delivery p99, ms', 'delivery_p99_us', 2, undefined, 1e-3],
    ],
  },
  {
    title: 'a room of 10 beside a flooded one of 9,000 (8 outstanding)',
    load: ['fan-out', '--subscribers', 9000, '--publishers', 8, '--undelivered', 16, '--warmup', 16, '--quiet', 10],
    servers: ['floor', 'tinychat', 'tinychat2', 'nchan'],
    rounds: 2,
    longer: 2,
    rows: [
      ['small room, delivery p50, ms', 'quiet_p50_us', 2, undefined, 1e-3],
      ['small room, delivery p99, ms', 'quiet_p99_us', 2, { of: 'nchan', atMost: 0.2 }, 1e-3],
      ['flooded room, deliveries/s, thousands', 'deliveries_per_second', 0, undefined, 1e-3],
    ],
  },
  {
    title: '10,000 streams opened at once, then idle',
    load: ['connect', '--subscribers', 10_000],
    servers: ['floor', 'tinychat', 'nchan'],
    rounds: 2,
    rows: [
      ['connections/s', 'connections_per_second', 0, undefined],
      ['CPU per connection, µs', 'cpu_us_per_connection', 1, undefined],
      ['user-space memory per subscriber, KiB', 'kib_per_subscriber', 3, { atMost: 0.25 }],
    ],
    quick: true,
  },
  {
    title: '10,000 come back, 100 messages behind',
    load: ['replay', '--subscribers', 10_000, '--messages', 100],
    servers: ['tinychat', 'nchan'],
    rounds: 2,
    rows: [
      ['until all have all, s', 'seconds', 2, undefined],
      ['CPU per delivery, µs', 'cpu_us_per_delivery', 2, undefined],
    ],
  },
  durable(1),
  { ...durable(16), quick: true },
  durable(64),
  ...doorRows,
  {
    title: 'history, pages of 50, 16 clients',
    load: ['history', '--clients', 16],
    journal: 'sqlite',
    servers: ['tinychat'],
    rounds: 2,
    rows: [
      ['pages/s', 'pages_per_second', 0, undefined],
      ['CPU per page, µs', 'cpu_us_per_page', 1, undefined],
    ],
  },
  {
    title: 'start',
    load: ['cold-start', '--times', 10],
    servers: ['floor', 'tinychat'],
    isColdStart: true,
    rounds: 1,
    rows: [
      ['first answer, first start, ms', 'first_answer_first_ms', 1, undefined],
      ['first answer, p50, ms', 'first_answer_p50_ms', 1, { atMost: 50 }],
      ['idle memory, MiB', 'idle_kib', 2, { atMost: 8 }, 1 / 1024],
    ],
    quick: true,
  },
];
