#include "net/http_parser.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "base/limits.h"

namespace tinychat::net::http_parser_test {

using namespace std::string_literals;

struct Outcome {
  std::vector<Request> requests;
  std::vector<bool> keeps_alive;
  std::optional<Error> error;
  std::string left;  // not consumed
};

// Feeds pieces of the sizes given by `next_size`, as a connection does.
Outcome feed(const std::string& input, const std::function<std::size_t()>& next_size) {
  HttpParser parser;
  Outcome outcome;
  std::string buffer;
  for (std::size_t fed = 0; fed < input.size();) {
    const std::size_t size = std::min(next_size(), input.size() - fed);
    buffer += input.substr(fed, size);
    fed += size;
    while (!buffer.empty()) {
      // A copy of its own, so that a sanitizer sees a byte read too far.
      const auto progress = parser.read(std::string(buffer));
      if (!progress) {
        outcome.error = progress.error();
        return outcome;
      }
      buffer.erase(0, parser.consumed());
      if (*progress != HttpParser::Progress::kComplete) break;
      outcome.keeps_alive.push_back(parser.keeps_alive());
      outcome.requests.push_back(parser.take());
    }
  }
  outcome.left = buffer;
  return outcome;
}

Outcome feed(const std::string& input) {
  return feed(input, [] { return std::string::npos; });
}

std::string describe(const Outcome& outcome) {
  std::string text;
  for (std::size_t i = 0; i < outcome.requests.size(); ++i) {
    const auto& request = outcome.requests[i];
    text += request.method + " " + request.target + (outcome.keeps_alive[i] ? " +" : " -") + "\n";
    for (const auto& field : request.headers) text += field.name + "=" + field.value + "\n";
    text += "[" + request.body + "]\n";
  }
  if (outcome.error) text += std::string(info(outcome.error->code).name);
  return text + "{" + outcome.left + "}";
}

const std::string kGet = "GET /a?b=c HTTP/1.1\r\nHost: x\r\nX-Mixed-CASE:  v w \r\n\r\n";
const std::string kPost = "POST /tea HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello";
const std::string kChunked =
    "POST /tea HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
    "3\r\nhel\r\n2;name=value\r\nlo\r\n0\r\n\r\n";

TEST(HttpParser, ReadsARequestWithoutABody) {
  const auto outcome = feed(kGet);
  ASSERT_EQ(outcome.requests.size(), 1U);
  const auto& request = outcome.requests[0];
  EXPECT_EQ(request.method, "GET");
  EXPECT_EQ(request.target, "/a?b=c");
  ASSERT_NE(request.header("x-mixed-case"), nullptr);
  EXPECT_EQ(*request.header("x-mixed-case"), "v w");
  EXPECT_EQ(request.header("X-Mixed-CASE"), nullptr);
  EXPECT_EQ(request.body, "");
  EXPECT_TRUE(outcome.keeps_alive[0]);
}

TEST(HttpParser, ReadsBodiesOfBothFramings) {
  for (const auto& input : {kPost, kChunked}) {
    const auto outcome = feed(input);
    ASSERT_EQ(outcome.requests.size(), 1U) << describe(outcome);
    EXPECT_EQ(outcome.requests[0].body, "hello");
    EXPECT_EQ(outcome.left, "");
  }
}

TEST(HttpParser, KnowsMethodsThatBeastDoesNot) {
  EXPECT_EQ(feed("BREW /pot HTTP/1.1\r\nHost: x\r\n\r\n").requests.at(0).method, "BREW");
}

TEST(HttpParser, KeepsAliveAsTheVersionAndTheHeaderSay) {
  const auto keeps_alive = [](const std::string& version, const std::string& header) -> bool {
    return feed("GET / HTTP/" + version + "\r\nHost: x\r\n" + header + "\r\n").keeps_alive.at(0);
  };
  EXPECT_TRUE(keeps_alive("1.1", ""));
  EXPECT_FALSE(keeps_alive("1.1", "Connection: close\r\n"));
  EXPECT_FALSE(keeps_alive("1.1", "Connection: x, Close\r\n"));
  EXPECT_FALSE(keeps_alive("1.0", ""));
  EXPECT_TRUE(keeps_alive("1.0", "Connection: keep-alive\r\n"));
}

TEST(HttpParser, HoweverItIsCutTheSameComesOut) {
  const std::string tail = "GET /half HTTP/1.1\r\nHo";
  const std::string with_trailer = kChunked.substr(0, kChunked.size() - 2) + "X-Trailer: t\r\n\r\n";
  for (const auto& input : {kGet + kPost + kChunked + kGet + tail, with_trailer + kPost,
                            kChunked + "\r\n" + kGet, kPost + "GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
                            kGet + kChunked.substr(0, 75) + "zz\r\n" + kGet,
                            "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 70000\r\n\r\nxxx"s}) {
    const std::string whole = describe(feed(input));
    EXPECT_EQ(describe(feed(input, [] { return std::size_t{1}; })), whole);
    std::minstd_rand random(3);
    for (int i = 0; i < 50; ++i) {
      ASSERT_EQ(describe(feed(input, [&] { return std::size_t{1} + random() % 40; })), whole);
    }
  }
}

TEST(HttpParser, TheEndOfAnEmptyChunkedBodyMayComeInAnyPieces) {
  const std::string head = "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (const std::string end : {"0\r\n\r\n", "00\r\n\r\n", "0;x\r\n\r\n", "0\r\nX: y\r\n\r\n"}) {
    const std::string whole = describe(feed(head + end + kGet));
    EXPECT_TRUE(whole.starts_with("POST / +\n")) << whole;
    for (std::size_t first = 1; first < end.size(); ++first) {
      for (std::size_t second = 1; second <= end.size() - first; ++second) {
        const std::vector<std::size_t> sizes = {head.size(), first, second, 1, 1, 1, 1, 1000};
        std::size_t next = 0;
        EXPECT_EQ(describe(feed(head + end + kGet, [&] { return sizes.at(next++); })), whole);
      }
    }
  }
}

// A trailer comes when nobody who checks heads looks any more (RFC 9110, 6.5.1).
TEST(HttpParser, ATrailerIsNoHeader) {
  const auto outcome =
      feed(kChunked.substr(0, kChunked.size() - 2) + "Idempotency-Key: t\r\nCookie: c\r\n\r\n" + kGet);
  ASSERT_EQ(outcome.requests.size(), 2U) << describe(outcome);
  EXPECT_EQ(outcome.requests[0].header("idempotency-key"), nullptr);
  EXPECT_EQ(outcome.requests[0].header("cookie"), nullptr);
  EXPECT_NE(outcome.requests[0].header("host"), nullptr);
  EXPECT_EQ(outcome.requests[0].body, "hello");
}

TEST(HttpParser, ATrailerDoesNotChangeWhetherItKeepsAlive) {
  const auto outcome = feed(kChunked.substr(0, kChunked.size() - 2) + "Connection: close\r\n\r\n");
  // Whether Beast refuses it or it is read over, the next request is not swallowed.
  if (!outcome.error) {
    EXPECT_EQ(outcome.requests.size(), 1U);
  }
}

TEST(HttpParser, TakesABodyOfTheLimitAndNoMore) {
  const std::size_t most = limits::kBodyBytesMax;
  const auto with_length = [](std::size_t size) {
    return feed("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(size) + "\r\n\r\n" +
                std::string(size, 'x'));
  };
  ASSERT_EQ(with_length(most).requests.size(), 1U);
  EXPECT_EQ(with_length(most).requests[0].body.size(), most);
  EXPECT_EQ(with_length(most + 1).error.value().code, Code::kTooLarge);

  const auto in_chunks = [](std::size_t size) {
    std::string input = "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
    for (; size > 0; size -= std::min<std::size_t>(size, 0x1000)) {
      const std::size_t piece = std::min<std::size_t>(size, 0x1000);
      char head[20];
      std::snprintf(head, sizeof head, "%zx\r\n", piece);
      input += head + std::string(piece, 'x') + "\r\n";
    }
    return feed(input + "0\r\n\r\n");
  };
  ASSERT_EQ(in_chunks(most).requests.size(), 1U);
  EXPECT_EQ(in_chunks(most).requests[0].body.size(), most);
  EXPECT_EQ(in_chunks(most + 1).error.value().code, Code::kTooLarge);
}

TEST(HttpParser, ALengthOverTheLimitIsRefusedWithTheHead) {
  EXPECT_EQ(feed("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n").error.value().code,
            Code::kTooLarge);
}

TEST(HttpParser, EndlessChunkHeadsAndTrailersAreRefused) {
  const std::string head = "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (const auto& input :
       {head + "5;" + std::string(20'000, 'x'), head + "0\r\nX: " + std::string(20'000, 'x')}) {
    const auto outcome = feed(input, [] { return std::size_t{1000}; });
    ASSERT_TRUE(outcome.error);
    EXPECT_EQ(outcome.error->code, Code::kMalformed);
  }
}

TEST(HttpParser, HoweverALongChunkHeadOrTrailerIsCutTheOutcomeIsTheSame) {
  const std::string head = "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (const std::size_t length : {3000U, 4000U, 4080U, 4090U, 4096U, 4100U, 5000U, 9000U}) {
    const std::string filler(length, 'x');
    for (const auto& input : {head + "5;" + filler + "\r\nhello\r\n0\r\n\r\n",
                              head + "5\r\nhello\r\n0\r\nX: " + filler + "\r\n\r\n"}) {
      const std::string whole = describe(feed(input));
      EXPECT_EQ(describe(feed(input, [] { return std::size_t{1}; })), whole) << length;
      EXPECT_EQ(describe(feed(input, [] { return std::size_t{700}; })), whole) << length;
      if (length <= 4000) {
        EXPECT_TRUE(whole.starts_with("POST / +\n")) << whole;
      }
      if (length >= 4100) {
        EXPECT_TRUE(whole.starts_with("malformed")) << whole;
      }
    }
  }
}

TEST(HttpParser, BrokenChunksAreRefused) {
  const std::string head = "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (const auto* body : {"x\r\n", "-1\r\n", " 5\r\nhello\r\n0\r\n\r\n", "5\r\nhello0\r\n\r\n",
                           "5\nhello\r\n0\r\n\r\n", "fffffffffffffffffff\r\n", "\r\n"}) {
    const auto outcome = feed(head + body);
    ASSERT_TRUE(outcome.error) << body << describe(outcome);
    EXPECT_TRUE(outcome.error->code == Code::kMalformed || outcome.error->code == Code::kTooLarge) << body;
    EXPECT_TRUE(outcome.requests.empty());
  }
}

TEST(HttpParser, KnowsWhoWaitsForContinue) {
  const auto read = [](HttpParser& parser, const std::string& version, const std::string& expect) {
    return parser.read("POST / HTTP/" + version + "\r\nHost: x\r\nContent-Length: 2\r\n" + expect + "\r\n");
  };
  HttpParser waits;
  ASSERT_EQ(read(waits, "1.1", "Expect: 100-Continue\r\n").value(), HttpParser::Progress::kBody);
  EXPECT_TRUE(waits.expects_continue());
  ASSERT_EQ(waits.read("ok").value(), HttpParser::Progress::kComplete);
  (void)waits.take();
  ASSERT_EQ(read(waits, "1.1", "").value(), HttpParser::Progress::kBody);
  EXPECT_FALSE(waits.expects_continue()) << "that was the request before";
  HttpParser old;
  ASSERT_EQ(read(old, "1.0", "Expect: 100-continue\r\n").value(), HttpParser::Progress::kBody);
  EXPECT_FALSE(old.expects_continue()) << "HTTP/1.0 knows no 100";
  EXPECT_FALSE(old.is_http_1_1());
  HttpParser other;
  EXPECT_EQ(read(other, "1.1", "Expect: tea\r\n").error().code, Code::kExpectationFailed);
}

}  // namespace tinychat::net::http_parser_test
