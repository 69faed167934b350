#include "net/response_head.h"

#include <gtest/gtest.h>

#include <string>

namespace tinychat::net::response_head_test {

constexpr std::uint64_t kTime = 784'111'777;  // RFC 9110's own example

std::string head(const Response& response, HeadFacts facts = {}) {
  facts.utc_seconds = kTime;
  return response_head(response, facts);
}

TEST(ResponseHead, HasTheDateTheHeadersAndTheLength) {
  EXPECT_EQ(
      head(
          {.status = 201, .headers = {{"Location", "/x"}, {"X-Y", "z"}}, .body = "hello", .static_body = {}}),
      "HTTP/1.1 201 Created\r\n"
      "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
      "Server: tinychat\r\n"
      "Location: /x\r\n"
      "X-Y: z\r\n"
      "Content-Length: 5\r\n"
      "\r\n");
}

TEST(ResponseHead, ADateIsNotThatOfTheAnswerBefore) {
  (void)head({});
  EXPECT_NE(response_head({}, {.utc_seconds = kTime + 1}).find("08:49:38 GMT"), std::string::npos);
  EXPECT_NE(response_head({}, {.utc_seconds = 0}).find("Thu, 01 Jan 1970 00:00:00 GMT"), std::string::npos);
}

TEST(ResponseHead, MeasuresTheBodyThatIsSent) {
  EXPECT_NE(head({}).find("Content-Length: 0\r\n"), std::string::npos);
  EXPECT_NE(
      head({.status = 200, .headers = {}, .body = "", .static_body = "abc"}).find("Content-Length: 3\r\n"),
      std::string::npos);
  EXPECT_NE(
      head({.status = 200, .headers = {}, .body = "ab", .static_body = "abc"}).find("Content-Length: 2\r\n"),
      std::string::npos);
}

TEST(ResponseHead, SaysNoLengthWhereThereIsNone) {
  for (const int status : {204, 304}) {
    EXPECT_EQ(head({.status = status, .headers = {}, .body = "", .static_body = {}}).find("Content-Length"),
              std::string::npos);
  }
  Response stream;
  stream.is_head_of_stream = true;
  EXPECT_EQ(head(stream).find("Content-Length"), std::string::npos);
}

TEST(ResponseHead, SaysWhetherTheConnectionGoesOn) {
  EXPECT_EQ(head({}).find("Connection"), std::string::npos) << "HTTP/1.1 goes on by itself";
  EXPECT_NE(head({}, {.keeps_alive = false}).find("Connection: close\r\n"), std::string::npos);
  EXPECT_NE(head({}, {.is_http_1_1 = false}).find("Connection: keep-alive\r\n"), std::string::npos);
}

TEST(ResponseHead, FramesAStream) {
  const std::string chunked = head({}, {.framing = Framing::kChunked});
  EXPECT_NE(chunked.find("Transfer-Encoding: chunked\r\n"), std::string::npos);
  EXPECT_EQ(chunked.find("Content-Length"), std::string::npos);
  const std::string until_end =
      head({}, {.framing = Framing::kUntilEnd, .keeps_alive = true, .is_http_1_1 = false});
  EXPECT_NE(until_end.find("Connection: close\r\n"), std::string::npos);
  EXPECT_EQ(until_end.find("Content-Length"), std::string::npos);
  EXPECT_EQ(until_end.find("Transfer-Encoding"), std::string::npos);
}

// Each status that an error can have must have its words.
TEST(ResponseHead, EveryErrorHasAReasonPhrase) {
  for (int code = 0; code <= static_cast<int>(Code::kUsage); ++code) {
    const int status = info(static_cast<Code>(code)).http_status;
    const std::string line = head({.status = status, .headers = {}, .body = "", .static_body = {}});
    EXPECT_NE(line.substr(0, line.find("\r\n")), "HTTP/1.1 " + std::to_string(status) + " ");
  }
}

}  // namespace tinychat::net::response_head_test
