// HTTP requests as a connection reads them, the guard before the parser: however the bytes are cut the same
// requests come out, and where each begins and ends is what a reader says that knows no leniency at all.
#include <charconv>
#include <optional>

#include "base/limits.h"
#include "fuzz/support/check.h"
#include "net/http_parser.h"
#include "wire/ascii.h"

namespace tinychat::fuzz {
namespace {

using Progress = net::HttpParser::Progress;

struct Read {
  net::Request request;
  bool keeps_alive = false;
  bool is_http_1_1 = false;
  std::size_t bytes = 0;  // of the input, what was passed over before it included
};

struct Outcome {
  std::vector<Read> requests;
  std::optional<Error> error;
  Progress progress = Progress::kHead;
};

// As net::HttpConnection does it.
Outcome read(const std::vector<std::string_view>& pieces) {
  Outcome outcome;
  net::HttpParser parser;
  std::string input;
  std::size_t taken = 0;
  for (const auto piece : pieces) {
    input += piece;
    while (!input.empty()) {
      const auto progress = parser.read(input);
      if (!progress) {
        expect_tellable(progress.error());
        outcome.error = progress.error();
        return outcome;
      }
      expect(parser.consumed() <= input.size(), "no more bytes to be consumed than there are");
      taken += parser.consumed();
      input.erase(0, parser.consumed());
      outcome.progress = *progress;
      if (*progress != Progress::kComplete) break;
      const bool keeps_alive = parser.keeps_alive();
      const bool is_http_1_1 = parser.is_http_1_1();
      outcome.requests.push_back({parser.take(), keeps_alive, is_http_1_1, std::exchange(taken, 0)});
      outcome.progress = Progress::kHead;
    }
  }
  return outcome;
}

void expect_same(const Outcome& a, const Outcome& b) {
  expect(a.requests.size() == b.requests.size(), "as many requests however they are cut");
  for (std::size_t i = 0; i < a.requests.size(); ++i) {
    const Read& x = a.requests[i];
    const Read& y = b.requests[i];
    expect(x.request.method == y.request.method && x.request.target == y.request.target &&
               x.request.headers == y.request.headers && x.request.body == y.request.body,
           "the same request however it is cut");
    expect(x.keeps_alive == y.keeps_alive && x.is_http_1_1 == y.is_http_1_1 && x.bytes == y.bytes,
           "a request to end at the same place however it is cut");
  }
  expect(a.error.has_value() == b.error.has_value(), "an error however it is cut");
  if (a.error) {
    expect(a.error->code == b.error->code && a.error->detail == b.error->detail,
           "the same error however it is cut: " + a.error->detail + " / " + b.error->detail);
  }
  expect(a.error || a.progress == b.progress, "to wait for the same however it is cut");
}

// --- A reader without leniency -----------------------------------------------------------------

std::optional<std::string> read_chunks(std::string_view bytes) {
  std::string body;
  for (;;) {
    const auto line = bytes.substr(0, bytes.find("\r\n"));
    if (line.size() + 2 > bytes.size() || line.find_first_of("\r\n") != std::string_view::npos) return {};
    bytes.remove_prefix(line.size() + 2);
    std::size_t size = 0;
    const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), size, 16);
    if (error != std::errc() || line.front() == '-') return {};
    const auto rest = line.substr(static_cast<std::size_t>(end - line.data()));
    if (!wire::trim(rest).empty() && wire::trim(rest).front() != ';') return {};
    if (size == 0) break;
    if (size > bytes.size() || !bytes.substr(size).starts_with("\r\n")) return {};
    body += bytes.substr(0, size);
    bytes.remove_prefix(size + 2);
  }
  // The trailer.
  while (!bytes.starts_with("\r\n")) {
    const auto line = bytes.substr(0, bytes.find("\r\n"));
    if (line.size() + 2 > bytes.size() ||
        line.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos) {
      return {};
    }
    if (line.find(':') == std::string_view::npos) return {};
    bytes.remove_prefix(line.size() + 2);
  }
  return bytes.size() == 2 ? std::optional(body) : std::nullopt;
}

struct Head {
  std::vector<std::string_view> lines;
  std::vector<std::string_view> lengths;
  std::vector<std::string_view> codings;
  std::size_t hosts = 0;
};

Head read_head(std::string_view head) {
  Head read;
  while (!head.empty()) {
    const auto line = head.substr(0, head.find("\r\n"));
    expect(line.size() + 2 <= head.size(), "lines that end in CRLF");
    expect(line.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos,
           "no bare CR, LF or NUL");
    head.remove_prefix(line.size() + 2);
    if (line.empty()) break;
    read.lines.push_back(line);
    if (read.lines.size() == 1) continue;
    const auto colon = line.find(':');
    expect(colon != std::string_view::npos && wire::is_token(line.substr(0, colon)), "a field's name");
    const auto name = wire::to_lower(line.substr(0, colon));
    const auto value = wire::trim(line.substr(colon + 1));
    if (name == "content-length") read.lengths.push_back(value);
    if (name == "transfer-encoding") read.codings.push_back(value);
    if (name == "host") ++read.hosts;
  }
  expect(head.empty() && !read.lines.empty(), "a head that ends where it ends");
  return read;
}

// `bytes` are those of one request, as the program divided the input.
void expect_strict(const Read& read, std::string_view bytes) {
  while (bytes.starts_with("\r\n")) bytes.remove_prefix(2);
  const auto end = bytes.find("\r\n\r\n");
  expect(end != std::string_view::npos, "a head with an end");
  const Head head = read_head(bytes.substr(0, end + 4));
  const auto body = bytes.substr(end + 4);

  expect(head.lines.size() - 1 == read.request.headers.size(), "each line of the head to be a header");
  const auto version = head.lines[0].substr(head.lines[0].rfind(' ') + 1);
  expect(head.lines[0] == read.request.method + ' ' + read.request.target + ' ' + std::string(version),
         "the request line as it came");
  expect(version == (read.is_http_1_1 ? "HTTP/1.1" : "HTTP/1.0"), "the version as it came");
  expect(head.hosts == 1 || (head.hosts == 0 && !read.is_http_1_1), "one host");
  expect(head.lengths.size() + head.codings.size() <= 1, "at most one word on where the body ends");
  if (!head.codings.empty()) {
    expect(read.is_http_1_1 && wire::to_lower(head.codings[0]) == "chunked", "no coding but chunked");
    const auto chunks = read_chunks(body);
    expect(chunks && *chunks == read.request.body, "the body that is in the chunks");
  } else if (!head.lengths.empty()) {
    const auto length = head.lengths[0];
    expect(!length.empty() && wire::ByteSet("0123456789", false).has_all(length), "a length in digits");
    std::size_t size = 0;
    const auto [rest, error] = std::from_chars(length.data(), length.data() + length.size(), size);
    expect(error == std::errc() && size == body.size(), "a body as long as was said");
    expect(body == read.request.body, "the body as it came");
  } else {
    expect(body.empty() && read.request.body.empty(), "no body where nothing said so");
  }
}

void look_at(std::string_view input) {
  const auto cuts = cuts_of(input);
  const Outcome whole = read(cuts[0]);
  for (std::size_t i = 1; i < cuts.size(); ++i) expect_same(whole, read(cuts[i]));
  for (const Read& read : whole.requests) {
    expect(read.request.body.size() <= limits::kBodyBytesMax, "a body within its limit");
    expect(read.request.target.size() <= limits::kTargetBytesMax, "a target within its limit");
    expect(read.request.headers.size() <= limits::kHeaderFieldsMax, "no more fields than may be");
    expect_strict(read, input.substr(0, read.bytes));
    input.remove_prefix(read.bytes);
  }
}

}  // namespace
}  // namespace tinychat::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  tinychat::fuzz::look_at(tinychat::fuzz::text_of(data, size));
  return 0;
}
