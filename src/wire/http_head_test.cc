#include "wire/http_head.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "base/limits.h"

namespace tinychat::wire::http_head_test {

using namespace std::string_literals;

// What came of a head: its length, or the error.
struct Outcome {
  std::optional<std::size_t> bytes;
  std::size_t leading_bytes = 0;
  std::optional<Code> code;
  std::string detail;

  friend bool operator==(const Outcome&, const Outcome&) = default;
  friend void PrintTo(const Outcome& outcome, std::ostream* out) {
    if (outcome.bytes) *out << "complete after " << *outcome.bytes << " bytes";
    if (outcome.code) *out << info(*outcome.code).name << ": " << outcome.detail;
    if (!outcome.bytes && !outcome.code) *out << "incomplete";
  }
};

// Feeds `input` in pieces whose sizes `next_size` gives, each time from a fresh copy that ends where
// the piece does, so that a sanitizer sees a byte read too far.
template <typename NextSize>
Outcome feed(const std::string& input, NextSize next_size) {
  HeadScanner scanner;
  for (std::size_t fed = 0;;) {
    fed = std::min(input.size(), fed + next_size());
    const std::vector<char> buffer(input.begin(), input.begin() + static_cast<std::ptrdiff_t>(fed));
    const auto result = scanner.scan({buffer.data(), buffer.size()});
    if (!result) return {{}, scanner.leading_bytes(), result.error().code, result.error().detail};
    if (result->has_value()) return {**result, scanner.leading_bytes(), {}, {}};
    if (fed == input.size()) return {{}, scanner.leading_bytes(), {}, {}};
  }
}

// One piece, byte by byte, and cut at random have to agree.
Outcome scan(const std::string& input) {
  const auto whole = feed(input, [&] { return input.size(); });
  EXPECT_EQ(feed(input, [] { return std::size_t{1}; }), whole) << "byte by byte: " << input;
  const auto seed = std::random_device{}();
  std::mt19937 random(seed);
  std::uniform_int_distribution<std::size_t> size(1, 40);
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(feed(input, [&] { return size(random); }), whole) << "seed " << seed << ": " << input;
  }
  return whole;
}

void expect_complete(const std::string& head, std::size_t leading_bytes = 0) {
  for (const auto& after : {""s, "body\r\n\r\n"s, "\n\0"s}) {
    const auto outcome = scan(head + after);
    EXPECT_EQ(outcome.bytes, head.size()) << head << testing::PrintToString(outcome);
    EXPECT_EQ(outcome.leading_bytes, leading_bytes) << head;
  }
}

void expect_refused(const std::string& head, Code code) {
  const auto outcome = scan(head);
  ASSERT_TRUE(outcome.code) << head << testing::PrintToString(outcome);
  EXPECT_EQ(info(*outcome.code).name, info(code).name) << head << outcome.detail;
  EXPECT_TRUE(outcome.detail.ends_with('.')) << outcome.detail;
}

std::string with_fields(const std::string& fields) {
  return "POST /x HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n";
}

TEST(HeadScanner, LetsGoodHeadsThrough) {
  expect_complete("GET / HTTP/1.1\r\nHost: localhost:8080\r\n\r\n");
  expect_complete("GET / HTTP/1.0\r\n\r\n");
  expect_complete("GET / HTTP/1.0\r\nHost: a\r\n\r\n");
  expect_complete("OPTIONS * HTTP/1.1\r\nHost:\r\n\r\n");
  expect_complete("GET http://a/b?c HTTP/1.1\r\nhOST: [::1]:80\r\n\r\n");
  expect_complete("GET /caf\xC3\xA9 HTTP/1.1\r\nHost: a\r\n\r\n");
  expect_complete("M-SEARCH /:=#% HTTP/1.1\r\nHost: a\r\n\r\n");
  expect_complete(with_fields("Content-Length: 0\r\n"));
  expect_complete(with_fields("Content-Length:\t 18446744073709551615 \t\r\n"));
  expect_complete(with_fields("transfer-encoding:cHunKeD\r\n"));
  expect_complete(with_fields("X-Empty:\r\nX-Tab: a\tb\r\nX-Old: caf\xE9\r\nX: \":\" ,;=\r\n"));
}

TEST(HeadScanner, WaitsForTheEmptyLine) {
  const auto head = with_fields("A: b\r\n");
  for (std::size_t bytes = 0; bytes < head.size(); ++bytes) {
    const auto outcome = scan(head.substr(0, bytes));
    EXPECT_FALSE(outcome.bytes || outcome.code) << bytes;
  }
}

TEST(HeadScanner, SkipsTwoEmptyLinesAndNoMore) {
  const auto head = "GET / HTTP/1.0\r\n\r\n"s;
  expect_complete("\r\n" + head, 2);
  expect_complete("\r\n\r\n" + head, 4);
  expect_refused("\r\n\r\n\r\n", Code::kMalformed);
  expect_refused("\n" + head, Code::kMalformed);
}

TEST(HeadScanner, RefusesBrokenRequestLines) {
  for (const std::string line : {
           "GET",
           "GET /",
           "GET / ",
           " GET / HTTP/1.1",
           "GET  / HTTP/1.1",
           "GET /  HTTP/1.1",
           "GET / HTTP/1.1 ",
           "GET /a b HTTP/1.1",
           "GET HTTP/1.1",
           " / HTTP/1.1",
           "GET\t/ HTTP/1.1",
           "GET /\tHTTP/1.1",
           "GET / http/1.1",
           "GET / HTTP/1.",
           "GET / HTTP/1.10",
           "GET / HTTP/01.1",
           "GET / HTTP/",
           "GET / HTTP/x",
           "GET / HTTP/1,1",
           "GET / HTTPS/1.1",
           "GET / FTP/1.1",
           "G(T / HTTP/1.1",
           "G\xC3\xA9T / HTTP/1.1",
           "GET: / HTTP/1.1",
           "Host: a",
           "GET /\x7f HTTP/1.1",
       }) {
    expect_refused(line + "\r\nHost: a\r\n\r\n", Code::kMalformed);
  }
}

TEST(HeadScanner, RefusesOtherVersions) {
  for (const std::string version : {"HTTP/0.9", "HTTP/1.2", "HTTP/2.0", "HTTP/2", "HTTP/9.9"}) {
    expect_refused("GET / " + version + "\r\nHost: a\r\n\r\n", Code::kVersionNotSupported);
  }
  expect_refused("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", Code::kVersionNotSupported);
}

TEST(HeadScanner, RefusesWhatIsNotHttpAtOnce) {
  expect_refused("\x16\x03\x01\x02"s, Code::kMalformed);
  expect_refused("\0"s, Code::kMalformed);
  expect_refused("GET / HTTP/1.1\n", Code::kMalformed);
  expect_refused("GET / HTTP/1.0\r\n ", Code::kMalformed);
  expect_refused("GET / HTTP/1.0\r\nNo-Colon\r\n", Code::kMalformed);
}

// Each of these has been read as two different messages by two programs in a chain.
TEST(HeadScanner, RefusesSmugglingShapes) {
  const std::string shapes[] = {
      // Two lengths.
      "Content-Length: 5\r\nContent-Length: 6\r\n",
      "Content-Length: 5\r\nContent-Length: 5\r\n",
      "Content-Length: 5, 5\r\n",
      "Content-Length: 5\r\ncontent-length: 0\r\n",
      // A length that is no number.
      "Content-Length:\r\n",
      "Content-Length: +5\r\n",
      "Content-Length: -5\r\n",
      "Content-Length: 0x5\r\n",
      "Content-Length: 5 5\r\n",
      "Content-Length: 5;\r\n",
      "Content-Length: 5.0\r\n",
      "Content-Length: \"5\"\r\n",
      "Content-Length: 18446744073709551616\r\n",
      "Content-Length: 5\xC2\xA0\r\n",
      // A length and a coding.
      "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
      "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
      "Transfer-Encoding: gzip\r\nContent-Length: 5\r\n",
      "TRANSFER-ENCODING: chunked\r\ncontent-length: 0\r\n",
      // Two codings, or none.
      "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
      "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
      "Transfer-Encoding: x\r\nTransfer-Encoding: chunked\r\n",
      "Transfer-Encoding:\r\n",
      // A name that only some read as the field.
      "Transfer-Encoding : chunked\r\n",
      "Transfer-Encoding\t: chunked\r\n",
      "Content-Length : 5\r\n",
      "Content-Length\0: 5\r\n"s,
      "Transfer-Encoding\v: chunked\r\n",
      "\"Transfer-Encoding\": chunked\r\n",
      "Transfer Encoding: chunked\r\n",
      "Transfer-Encoding\xC2\xA0: chunked\r\n",
      "(Content-Length): 5\r\n",
      // A value that only some read as the coding.
      "Transfer-Encoding: chunked\v\r\n",
      "Transfer-Encoding: \x01chunked\r\n",
      "Transfer-Encoding: chunked\0\r\n"s,
      "Transfer-Encoding:\x0c"
      "chunked\r\n",
      "Transfer-Encoding: chunked\x7f\r\n",
      // Line ends that only some see.
      "X: y\nTransfer-Encoding: chunked\r\n",
      "X: y\rTransfer-Encoding: chunked\r\n",
      "X: y\r\r\n",
      "X: y\n\r\n",
      "X: y\r\n\nGET / HTTP/1.1\r\n",
      "X: y\r\n\r\r\n",
      "\rX: y\r\n",
      // Folded lines.
      "Transfer-Encoding:\r\n chunked\r\n",
      "X: y\r\n\tTransfer-Encoding: chunked\r\n",
      " X: y\r\n",
      "Content-Length: 5\r\n 6\r\n",
      // No field at all.
      "Transfer-Encoding\r\n",
      ": chunked\r\n",
      "GET / HTTP/1.1\r\n",
      ":\r\n",
      // Two hosts, or what is none.
      "Host: b\r\n",
      "Host: a\r\n",
      "host: a\r\n",
  };
  for (const auto& shape : shapes) expect_refused(with_fields(shape), Code::kMalformed);
  for (const std::string host :
       {"a b", "a, b", "a,b", "http://a", "a/b", "u@a", "caf\xC3\xA9", "a?b", "a#b"}) {
    expect_refused("GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n", Code::kMalformed);
  }
}

TEST(HeadScanner, RefusesOtherTransferCodings) {
  for (const std::string coding :
       {"gzip", "identity", "xchunked", "chunked, chunked", "chunked, identity", "gzip, chunked",
        "chunked;a=b", "\"chunked\"", "chunke", "chunked,", ",chunked"}) {
    expect_refused(with_fields("Transfer-Encoding: " + coding + "\r\n"), Code::kNotImplemented);
  }
}

TEST(HeadScanner, HoldsEachVersionToItsRules) {
  expect_refused("GET / HTTP/1.1\r\n\r\n", Code::kMalformed);
  expect_refused("GET / HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n", Code::kMalformed);
  expect_refused("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", Code::kMalformed);
}

TEST(HeadScanner, RefusesEveryControlByte) {
  for (int value = 0; value < 256; ++value) {
    const char byte = static_cast<char>(value);
    const bool control = value < 0x20 || value == 0x7F;
    const auto in_value = with_fields("X: a"s + byte + "b\r\n");
    if (control && byte != '\t') {
      expect_refused(in_value, Code::kMalformed);
    } else {
      expect_complete(in_value);
    }
    const auto in_target = "GET /"s + byte + " HTTP/1.0\r\n\r\n";
    if (control || byte == ' ') {
      expect_refused(in_target, Code::kMalformed);
    } else {
      expect_complete(in_target);
    }
  }
}

TEST(HeadScanner, LimitsTheTarget) {
  const auto head = [](std::size_t target_bytes) {
    return "GET /" + std::string(target_bytes - 1, 'x') + " HTTP/1.0\r\n\r\n";
  };
  expect_complete(head(limits::kTargetBytesMax));
  expect_refused(head(limits::kTargetBytesMax + 1), Code::kTargetTooLong);
  // Before the line has ended.
  expect_refused(head(limits::kTargetBytesMax + 1).substr(0, limits::kTargetBytesMax + 5),
                 Code::kTargetTooLong);
}

TEST(HeadScanner, LimitsTheFields) {
  std::string fields;
  for (std::size_t i = 1; i < limits::kHeaderFieldsMax; ++i) fields += "X: y\r\n";
  expect_complete(with_fields(fields));
  expect_refused(with_fields(fields + "X: y\r\n"), Code::kHeadTooLarge);
}

TEST(HeadScanner, LimitsTheHead) {
  for (const auto& leading : {""s, "\r\n\r\n"s}) {
    const auto start = leading + "GET / HTTP/1.0\r\nX: ";
    const std::string value(limits::kHeadBytesMax - start.size() - 4, 'x');
    expect_complete(start + value + "\r\n\r\n", leading.size());
    expect_refused(start + value + "x\r\n\r\n", Code::kHeadTooLarge);
    // As soon as it cannot fit any more: a buffer of the limit never fills up in silence.
    expect_refused(start + value + "x\r\n\r", Code::kHeadTooLarge);
  }
  expect_refused(std::string(limits::kHeadBytesMax, 'x'), Code::kHeadTooLarge);
}

TEST(HeadScanner, TellsThePlace) {
  const auto outcome = scan("GET / HTTP/1.1\r\nHost: a\r\nBad Name: x\r\n\r\n");
  EXPECT_NE(outcome.detail.find("at byte 25 "), std::string::npos) << outcome.detail;
  EXPECT_TRUE(scan("GET / HTTP/1.1\n").detail.starts_with("A line feed"))
      << "which, and not just any control";
  EXPECT_TRUE(scan("\x16\x03\x01").detail.starts_with("This is TLS"));
}

TEST(HeadScanner, KeepsItsAnswerUntilReset) {
  const auto first = with_fields("Content-Length: 3\r\n");
  const auto second = "\r\n" + with_fields("Transfer-Encoding: chunked\r\n");
  HeadScanner scanner;
  EXPECT_EQ(scanner.scan(first + "abc").value(), first.size());
  EXPECT_EQ(scanner.scan(first + "abc" + second).value(), first.size());
  scanner.reset();
  EXPECT_EQ(scanner.leading_bytes(), 0U);
  EXPECT_EQ(scanner.scan(second).value(), second.size());
  EXPECT_EQ(scanner.leading_bytes(), 2U);
}

// Any bytes at all, with a liking for those that matter.
TEST(HeadScanner, HowItIsCutNeverMatters) {
  const std::string words[] = {"GET",
                               "/",
                               " ",
                               "HTTP/1.1",
                               "HTTP/1.0",
                               "\r\n",
                               "\r\n",
                               "\r\n\r\n",
                               "\r",
                               "\n",
                               "Host: a\r\n",
                               "Content-Length: 1\r\n",
                               "Transfer-Encoding: chunked\r\n",
                               ":",
                               "x",
                               "\t",
                               "\0"s,
                               "\xff",
                               "GET / HTTP/1.1\r\n",
                               "GET / HTTP/1.1\r\nHost: a\r\n"};
  const auto seed = std::random_device{}();
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  std::uniform_int_distribution<std::size_t> word(0, std::size(words) - 1);
  std::uniform_int_distribution<int> count(1, 12);
  for (int i = 0; i < 3000; ++i) {
    std::string input;
    for (int n = count(random); n > 0; --n) input += words[word(random)];
    (void)scan(input);
    if (HasFailure()) return;
  }
}

}  // namespace tinychat::wire::http_head_test
