// Numbers of many runs made into one table: medians, and ratios of runs that followed each other.

export function median(values) {
  const sorted = values.filter(Number.isFinite).sort((a, b) => a - b);
  if (sorted.length === 0) return undefined;
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

const titles = { floor: 'floor', sqlite: 'SQLite', open: 'open', closed: 'closed', tinychat: 'tinychat', tinychat2: '2 shards', nchan: 'Nchan' };

// What a row says of one workload's rounds: { floor: {…numbers}, tinychat: {…}, … } each.
export function evaluate([title, name, digits, goal, factor = 1], rounds) {
  const row = { title, digits, values: {}, ratios: {}, toNchan: undefined };
  const numbers = (server) => rounds.map((round) => (round[server]?.[name] ?? NaN) * factor);
  const ratio = (server, base) => median(rounds.map((round) => round[server]?.[name] / round[base]?.[name]));
  for (const server of Object.keys(titles)) {
    const value = median(numbers(server));
    if (value !== undefined) row.values[server] = value;
  }
  const base = ['sqlite', 'open'].find((server) => row.values[server] !== undefined) ?? 'floor';
  for (const server of ['tinychat', 'tinychat2', 'closed', 'nchan']) row.ratios[server] = ratio(server, base);
  row.toNchan = ratio('tinychat', 'nchan');
  if (goal) row.goal = judge(goal, row, ratio);
  return row;
}

function judge(goal, row, ratio) {
  const subject = row.values.closed === undefined ? 'tinychat' : 'closed';
  const value = goal.of ? ratio(subject, goal.of) : row.values[subject];
  if (value === undefined) return { text: '', isMet: undefined };
  const unit = goal.of ? ` × ${titles[goal.of]}` : '';
  const isMet =
    (goal.atMost === undefined || value <= goal.atMost) && (goal.atLeast === undefined || value >= goal.atLeast);
  const isMetOtherwise = goal.orAtLeast !== undefined && row.values.tinychat >= goal.orAtLeast;
  const sign = goal.atMost !== undefined ? '≤' : '≥';
  const otherwise = goal.orAtLeast !== undefined ? ` or ${goal.orAtLeast.toLocaleString('en')}` : '';
  return { text: `${sign} ${goal.atMost ?? goal.atLeast}${unit}${otherwise}`, isMet: isMet || isMetOtherwise };
}

const number = (value, digits) =>
  value === undefined ? '' : value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
const times = (value) => (value === undefined ? '' : `${value.toFixed(2)} ×`);

export const heading = ['', 'floor', 'tinychat', '× floor', '2 shards', '× floor', 'Nchan', '× floor', '÷ Nchan', 'goal'];

function cells(row) {
  const { values, ratios, digits } = row;
  const mark = row.goal?.isMet === undefined ? '' : row.goal.isMet ? ': met' : ': MISSED';
  return [
    `  ${row.title}`,
    number(values.floor ?? values.sqlite ?? values.open, digits),
    number(values.tinychat ?? values.closed, digits),
    times(ratios.tinychat ?? ratios.closed),
    number(values.tinychat2, digits),
    times(ratios.tinychat2),
    number(values.nchan, digits),
    times(ratios.nchan),
    times(row.toNchan),
    row.goal ? row.goal.text + mark : '',
  ];
}

const widths = [42, 10, 10, 8, 10, 8, 10, 8, 8, 0];
const line = (texts) =>
  texts.map((text, i) => (i === 0 || i === widths.length - 1 ? text.padEnd(widths[i]) : text.padStart(widths[i]))).join(' ').trimEnd();

export const formatHeading = () => line(heading);
export function formatWorkload(workload, rows) {
  const bases = { sqlite: ' (floor: SQLite alone)', open: ' (floor: the door open)' };
  const base = bases[workload.servers.find((server) => bases[server])] ?? '';
  return [`${workload.title}${base}`, ...rows.map((row) => line(cells(row)))].join('\n');
}
