// Requests that two programs could read differently. Each is a function from a room to bytes as latin1.
const type = 'Content-Type: application/x-www-form-urlencoded';
export const body = 'message=smuggled';

export const head = (room, ...lines) =>
  [`POST /${room} HTTP/1.1`, 'Host: x', type, ...lines, '', ''].join('\r\n');
const length = `Content-Length: ${body.length}`;
const chunked = 'Transfer-Encoding: chunked';
const chunk = `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;

// How a length or a coding can be spelt so that one program takes it for one and the next does not.
const codings = {
  'another coding': 'Transfer-Encoding: gzip',
  identity: 'Transfer-Encoding: identity',
  'chunked twice': 'Transfer-Encoding: chunked, chunked',
  'chunked in two fields': `${chunked}\r\n${chunked}`,
  'chunked and another in two fields': `${chunked}\r\nTransfer-Encoding: identity`,
  'another and chunked in two fields': `Transfer-Encoding: x\r\n${chunked}`,
  'chunked not last': 'Transfer-Encoding: chunked, gzip',
  'chunked last': 'Transfer-Encoding: gzip, chunked',
  'identity before chunked': 'Transfer-Encoding: identity, chunked',
  'almost chunked': 'Transfer-Encoding: xchunked',
  'chunked and more': 'Transfer-Encoding: chunkedx',
  'chunked in quotes': 'Transfer-Encoding: "chunked"',
  'chunked with a parameter': 'Transfer-Encoding: chunked;q=1',
  'chunked behind a comma': 'Transfer-Encoding: ,chunked',
  'chunked before a comma': 'Transfer-Encoding: chunked,',
  'chunked behind a vertical tab': 'Transfer-Encoding: \x0bchunked',
  'chunked before a form feed': 'Transfer-Encoding: chunked\x0c',
  'chunked before a NUL': 'Transfer-Encoding: chunked\0',
  'chunked before a DEL': 'Transfer-Encoding: chunked\x7f',
  'chunked before 0x80': 'Transfer-Encoding: chunked\x80',
  'chunked behind 0xa0': 'Transfer-Encoding: \xa0chunked',
  'an empty coding': 'Transfer-Encoding:',
  'chunked folded': 'Transfer-Encoding:\r\n chunked',
  'chunked folded by a tab': 'Transfer-Encoding:\r\n\tchunked',
  'chunked behind a bare LF': `X: y\n${chunked}`,
  'chunked behind a bare CR': `X: y\r${chunked}`,
  'chunked before a bare CR': `${chunked}\rX: y`,
  'a blank before the colon of a coding': 'Transfer-Encoding : chunked',
  'a tab before the colon of a coding': 'Transfer-Encoding\t: chunked',
  'a blank before the name of a coding': ` ${chunked}`,
  'a NUL before the colon of a coding': 'Transfer-Encoding\0: chunked',
  'a fold within the name of a coding': 'Transfer-\r\n Encoding: chunked',
};

// Spelt so that it means the same to all, or nothing to anybody: taken for what it says.
const taken = {
  'an upper-case coding': 'TRANSFER-ENCODING: Chunked',
  'a coding behind blanks': 'Transfer-Encoding:  \t chunked',
  'a coding before blanks': 'Transfer-Encoding: chunked \t',
  'a coding without a blank': 'Transfer-Encoding:chunked',
  'an underscore in the name of a coding': 'Transfer_Encoding: chunked',
  'a dot in the name of a coding': 'Transfer.Encoding: chunked',
  'a te field': 'TE: chunked',
  'a coding of another name': 'X-Transfer-Encoding: chunked',
  'a coding named by Connection': `Connection: Transfer-Encoding\r\n${chunked}`,
};

const lengths = (n) => ({
  'two lengths': `Content-Length: ${n}\r\nContent-Length: 3`,
  'two lengths that are equal': `Content-Length: ${n}\r\nContent-Length: ${n}`,
  'two lengths, one of them nothing': `Content-Length: 0\r\nContent-Length: ${n}`,
  'a list of lengths': `Content-Length: ${n}, 3`,
  'a list of equal lengths': `Content-Length: ${n}, ${n}`,
  'a length behind a comma': `Content-Length: ,${n}`,
  'a length with a sign': `Content-Length: +${n}`,
  'a negative length': 'Content-Length: -1',
  'a negative length of nothing': 'Content-Length: -0',
  'a length in hexadecimal': `Content-Length: 0x${n.toString(16)}`,
  'a length with a blank in it': `Content-Length: ${String(n)[0]} ${String(n).slice(1)}`,
  'a length with an underscore in it': `Content-Length: ${String(n)[0]}_${String(n).slice(1)}`,
  'a length with a fraction': `Content-Length: ${n}.0`,
  'a length with an exponent': `Content-Length: ${n}e0`,
  'a length in quotes': `Content-Length: "${n}"`,
  'a length with a parameter': `Content-Length: ${n};x=y`,
  'a length and a letter': `Content-Length: ${n}a`,
  'an empty length': 'Content-Length:',
  'a length beyond 64 bits': 'Content-Length: 18446744073709551632',
  'a length behind a vertical tab': `Content-Length: \x0b${n}`,
  'a length before a NUL': `Content-Length: ${n}\0`,
  'a length folded': `Content-Length:\r\n ${n}`,
  'a length behind a bare LF': `X: y\nContent-Length: ${n}`,
  'a length behind a bare CR': `X: y\rContent-Length: ${n}`,
  'a blank before the colon of a length': `Content-Length : ${n}`,
  'a tab before the colon of a length': `Content-Length\t: ${n}`,
  'a blank before the name of a length': ` Content-Length: ${n}`,
});

const chunkings = {
  'a size that is no number': `g\r\n${body}\r\n0\r\n\r\n`,
  'a size in 0x': `0x10\r\n${body}\r\n0\r\n\r\n`,
  'a negative size': `-1\r\n${body}\r\n0\r\n\r\n`,
  'a size with a sign': `+10\r\n${body}\r\n0\r\n\r\n`,
  'a size with a blank before it': ` 10\r\n${body}\r\n0\r\n\r\n`,
  'a size with an underscore in it': `1_0\r\n${body}\r\n0\r\n\r\n`,
  'no size': `\r\n${body}\r\n0\r\n\r\n`,
  'no size but an extension': `;x\r\n${body}\r\n0\r\n\r\n`,
  'a size beyond 64 bits': `10000000000000010\r\n${body}\r\n0\r\n\r\n`,
  'a size beyond 32 bits': `100000010\r\n${body}\r\n0\r\n\r\n`,
  'a bare LF behind the size': `10\n${body}\r\n0\r\n\r\n`,
  'a bare CR behind the size': `10\r${body}\r\n0\r\n\r\n`,
  'two CR behind the size': `10\r\r\n${body}\r\n0\r\n\r\n`,
  'no CRLF behind the data': `10\r\n${body}0\r\n\r\n`,
  'two other bytes behind the data': `10\r\n${body}xx0\r\n\r\n`,
  'a bare LF behind the data': `10\r\n${body}\n0\r\n\r\n`,
  'a bare LF in an extension': `10;a\nb\r\n${body}\r\n0\r\n\r\n`,
  'a bare LF behind the last size': `10\r\n${body}\r\n0\n\r\n`,
  'bare LFs at the end': `10\r\n${body}\r\n0\n\n`,
  'a trailer without a colon': `10\r\n${body}\r\n0\r\nnonsense\r\n\r\n`,
  'a bare LF in the trailer': `10\r\n${body}\r\n0\r\nX: y\nZ: 1\r\n\r\n`,
};

// To be refused by the server itself: one answer that is an error, nothing stored, nothing looked at behind it.
export const refused = {
  'length and chunked': (room) => head(room, length, chunked) + chunk,
  'chunked and length': (room) => head(room, chunked, length) + chunk,
  'chunked and a length of nothing': (room) => head(room, chunked, 'Content-Length: 0') + chunk,
  'chunked in HTTP/1.0': (room) => head(room, chunked).replace('1.1', '1.0') + chunk,
  'two hosts': (room) => head(room, 'Host: y', length) + body,
  'two hosts that are equal': (room) => head(room, 'Host: x', length) + body,
  'no host': (room) => head(room, length).replace('Host: x\r\n', '') + body,
  'a list of hosts': (room) => head(room, length).replace('Host: x', 'Host: x, y') + body,
  'a host with a path': (room) => head(room, length).replace('Host: x', 'Host: x/y') + body,
  'a bare LF in the head': (room) => head(room, length, 'X: 1\nY: 2') + body,
  'bare LFs only': (room) => head(room, length).replaceAll('\r\n', '\n') + body,
  'a bare LF that ends the head': (room) => head(room, length).replace(/\r\n\r\n$/, '\r\n\n') + body,
  'a bare CR that ends the head': (room) => head(room, length).replace(/\r\n\r\n$/, '\r\n\r') + body,
  'a bare LF behind the request line': (room) => head(room, length).replace('\r\n', '\n') + body,
  'a bare CR in a value': (room) => head(room, length, 'X: 1\rY: 2') + body,
  'a NUL in a value': (room) => head(room, length, 'X: 1\0') + body,
  'a NUL in a name': (room) => head(room, length, 'X\0: 1') + body,
  'a blank before a name': (room) => head(room, ' X: 1', length) + body,
  'a folded value': (room) => head(room, length, 'X: 1', ' 2') + body,
  'a line without a colon': (room) => head(room, length, 'nonsense') + body,
  'an empty name': (room) => head(room, length, ': 1') + body,
  'a name with a character not allowed': (room) => head(room, length, 'X(: 1') + body,
  'a name beyond ASCII': (room) => head(room, length, 'X\xe9: 1') + body,
  'no version': (room) => head(room, length).replace(' HTTP/1.1', '') + body,
  'a version that is none': (room) => head(room, length).replace('HTTP/1.1', 'HTTP/1.1x') + body,
  'a version with a blank in it': (room) => head(room, length).replace('HTTP/1.1', 'HTTP/ 1.1') + body,
  'a version in lower case': (room) => head(room, length).replace('HTTP/1.1', 'http/1.1') + body,
  'a version with more digits': (room) => head(room, length).replace('HTTP/1.1', 'HTTP/1.10') + body,
  'a blank behind the version': (room) => head(room, length).replace('HTTP/1.1', 'HTTP/1.1 ') + body,
  'two blanks in the request line': (room) => head(room, length).replace(' HTTP', '  HTTP') + body,
  'a tab in the request line': (room) => head(room, length).replace(' HTTP', '\tHTTP') + body,
  'a blank before the method': (room) => ' ' + head(room, length) + body,
  'a method with a character not allowed': (room) => head(room, length).replace('POST', 'PO(ST') + body,
  'a control character in the target': (room) => head(room, length).replace(' HTTP', '\x01 HTTP') + body,
  TLS: () => Buffer.from('16030100c8010000c40303', 'hex').toString('latin1').padEnd(220, 'x') + '\r\n\r\n',
};
for (const [name, coding] of Object.entries(codings)) {
  refused[name] = (room) => head(room, coding) + chunk;
  refused[`${name}, and a length`] = (room) => head(room, coding, length) + body;
}
for (const [name, line] of Object.entries(lengths(body.length))) refused[name] = (room) => head(room, line) + body;
for (const [name, bytes] of Object.entries(chunkings)) {
  refused[`chunks: ${name}`] = (room) => head(room, chunked) + bytes;
}

// --- For proxies ---------------------------------------------------------------------------------------------
// A request within a request: `inner` is what is to be smuggled, a whole request to another room.

const inside = (inner) => head(inner, `Content-Length: ${body.length}`) + body;

// One goes by the length, one by the chunks.
const byLength = (room, inner, lines) => {
  const whole = `0\r\n\r\n${inside(inner)}`;
  return head(room, ...lines(whole.length)) + whole;
};
const byChunks = (room, inner, lines) => {
  const within = inside(inner);
  const size = within.length.toString(16);
  return `${head(room, ...lines(size.length + 2))}${size}\r\n${within}\r\n0\r\n\r\n`;
};

export const within = {};
for (const [name, coding] of Object.entries({ ...codings, ...taken, chunked })) {
  within[`${name}: length before, coding behind`] = (room, inner) =>
    byLength(room, inner, (n) => [`Content-Length: ${n}`, coding]);
  within[`${name}: coding before, length behind`] = (room, inner) =>
    byChunks(room, inner, (n) => [coding, `Content-Length: ${n}`]);
  within[`${name}: no length`] = (room, inner) => byChunks(room, inner, () => [coding]);
}
for (const name of Object.keys(lengths(10))) {
  within[`${name}: of all`] = (room, inner) => {
    const bytes = inside(inner);
    return head(room, lengths(bytes.length)[name]) + bytes;
  };
  within[`${name}: beside one of nothing`] = (room, inner) => {
    const bytes = inside(inner);
    return head(room, lengths(bytes.length)[name], 'Content-Length: 0') + bytes;
  };
}
const inChunks = (room, inner, write) => head(room, chunked) + write(inside(inner));
const hex = (text) => text.length.toString(16);
Object.assign(within, {
  'a length named by Connection': (room, inner) => {
    const bytes = inside(inner);
    return head(room, 'Connection: Content-Length', `Content-Length: ${bytes.length}`) + bytes;
  },
  'a host named by Connection': (room, inner) => {
    const bytes = inside(inner);
    return head(room, 'Connection: Host', `Content-Length: ${bytes.length}`) + bytes;
  },
  'a GET with a body': (room, inner) => {
    const bytes = inside(inner);
    return head(room, `Content-Length: ${bytes.length}`).replace('POST', 'GET') + bytes;
  },
  'a HEAD with a body': (room, inner) => {
    const bytes = inside(inner);
    return head(room, `Content-Length: ${bytes.length}`).replace('POST', 'HEAD') + bytes;
  },
  'a body without a length': (room, inner) => head(room) + inside(inner),
  'a body that is announced': (room, inner) => {
    const bytes = inside(inner);
    return head(room, 'Expect: 100-continue', `Content-Length: ${bytes.length}`) + bytes;
  },
  'a body that is announced twice': (room, inner) => {
    const bytes = inside(inner);
    return head(room, 'Expect: 100-continue', 'Expect: x', `Content-Length: ${bytes.length}`) + bytes;
  },
  'a body that is announced oddly': (room, inner) => {
    const bytes = inside(inner);
    return head(room, 'Expect: y 100-continue', `Content-Length: ${bytes.length}`) + bytes;
  },
  'a GET that announces a body': (room, inner) => {
    const bytes = inside(inner);
    return head(room, 'Expect: 100-continue', `Content-Length: ${bytes.length}`).replace('POST', 'GET') + bytes;
  },
  'an upgrade': (room, inner) => {
    const bytes = inside(inner);
    return head(room, 'Connection: Upgrade', 'Upgrade: websocket', `Content-Length: ${bytes.length}`) + bytes;
  },
  'an upgrade to HTTP/2': (room, inner) =>
    head(room, 'Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABk') + inside(inner),
  'HTTP/1.0 in chunks': (room, inner) =>
    inChunks(room, inner, (bytes) => `${hex(bytes)}\r\n${bytes}\r\n0\r\n\r\n`).replace('HTTP/1.1', 'HTTP/1.0'),
  'HTTP/1.0 kept alive, in chunks': (room, inner) =>
    byLength(room, inner, (n) => [chunked, `Content-Length: ${n}`, 'Connection: keep-alive']).replace('1.1', '1.0'),
  'a version that is none': (room, inner) =>
    byLength(room, inner, (n) => [chunked, `Content-Length: ${n}`]).replace('HTTP/1.1', 'HTTP/1.2'),
  'no version': (room, inner) => `GET /${room}\r\n\r\n${inside(inner)}`,
  'another host in the target': (room, inner) => {
    const bytes = inside(inner);
    return head(room, `Content-Length: ${bytes.length}`).replace(`/${room}`, `http://y/${room}`) + bytes;
  },
  'a request in the target': (room, inner) =>
    head(`${room}%20HTTP/1.1%0d%0aHost:%20x%0d%0a%0d%0aPOST%20/${inner}`, length) + body,
  'a request in a value': (room, inner) => head(room, length, `X: y\r\r\n\r\r\n${inside(inner)}`) + body,
  'empty lines before': (room, inner) => `\r\n\r\n\r\n${head(room, length)}${body}\r\n\r\n${inside(inner)}`,
  'a chunk with a long extension': (room, inner) =>
    inChunks(room, inner, (bytes) => `${hex(bytes)};${'x'.repeat(5000)}\r\n${bytes}\r\n0\r\n\r\n`),
  'a chunk whose extension ends in LF': (room, inner) =>
    inChunks(room, inner, (bytes) => `2;\nxx\r\n${hex(bytes)}\r\n0\r\n\r\n${bytes}\r\n0\r\n\r\n`),
  'a chunk whose extension ends in CR': (room, inner) =>
    inChunks(room, inner, (bytes) => `2;\rxx\r\n${hex(bytes)}\r\n0\r\n\r\n${bytes}\r\n0\r\n\r\n`),
  'chunks that end in other bytes': (room, inner) =>
    inChunks(room, inner, (bytes) => `5\r\nhelloXX${hex(bytes)}\r\n${bytes}\r\n0\r\n\r\n`),
  'a last chunk that ends in LF': (room, inner) => inChunks(room, inner, (bytes) => `0\n\n${bytes}`),
  'a last chunk with an extension': (room, inner) => inChunks(room, inner, (bytes) => `0;x\r\n\r\n${bytes}`),
  'a last chunk of many zeroes': (room, inner) => inChunks(room, inner, (bytes) => `${'0'.repeat(40)}\r\n\r\n${bytes}`),
  'a size that overflows to nothing': (room, inner) =>
    inChunks(room, inner, (bytes) => `10000000000000000\r\n\r\n${bytes}`),
  'a size that overflows to little': (room, inner) =>
    inChunks(room, inner, (bytes) => `10000000000000005\r\nhello\r\n0\r\n\r\n${bytes}`),
  'a request in the trailer': (room, inner) =>
    inChunks(room, inner, (bytes) => `5\r\nhello\r\n0\r\nX: y\r\n${bytes}\r\n\r\n`),
  'a length in the trailer': (room, inner) =>
    inChunks(room, inner, (bytes) => `5\r\nhello\r\n0\r\nContent-Length: ${bytes.length}\r\n\r\n${bytes}`),
});
for (const [name, bytes] of Object.entries(chunkings)) {
  within[`chunks: ${name}`] = (room, inner) => head(room, chunked) + bytes + inside(inner);
}
