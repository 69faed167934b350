#include "wire/chunked.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "base/limits.h"

namespace tinychat::wire::chunked_test {

using namespace std::string_literals;

// What came of it, for comparison: the body, what was left, how it ended.
std::string decode(std::string_view input, const std::vector<std::size_t>& sizes) {
  ChunkDecoder decoder;
  std::string body;
  for (std::size_t i = 0; !input.empty() && !decoder.is_done(); ++i) {
    const auto piece = input.substr(0, sizes[i % sizes.size()]);
    const auto used = decoder.read(std::string(piece), body);
    if (!used) return std::string(info(used.error().code).name);
    input.remove_prefix(*used);
  }
  return (decoder.is_done() ? "done " : "waiting ") + body + "|" + std::string(input);
}

std::string decode(std::string_view input) { return decode(input, {std::string::npos}); }

TEST(Chunks, AreReadUpToTheirEnd) {
  EXPECT_EQ(decode("5\r\nhello\r\n0\r\n\r\nGET /"), "done hello|GET /");
  EXPECT_EQ(decode("0\r\n\r\n"), "done |");
  EXPECT_EQ(decode("000A\r\n0123456789\r\n1;a=b;c=\"d\"\r\nx\r\n0 ; e\r\n\r\n"), "done 0123456789x|");
  EXPECT_EQ(decode("1\r\n\n\r\n2\r\n\r\n\r\n0\r\nX-Y:\r\nZ: \tz \x80\r\n\r\n"), "done \n\r\n|");
  EXPECT_EQ(decode("5\r\nhel"), "waiting hel|");
  EXPECT_EQ(decode("0\r\n\r"), "waiting |");
}

TEST(Chunks, WhatSomebodyMightReadInAnotherWayIsRefused) {
  for (const auto& input : {"\r\n"s,
                            " 5\r\nhello\r\n0\r\n\r\n"s,
                            "5 \r\nhello\r\n0\r\n\r\n"s,
                            "5\t\r\n"s,
                            "5 5\r\n"s,
                            "0x5\r\n"s,
                            "+5\r\n"s,
                            "-5\r\n"s,
                            "5_0\r\n"s,
                            "g\r\n"s,
                            ";a\r\n"s,
                            "5\nhello"s,
                            "5\rhello"s,
                            "5\r\rhello"s,
                            "5;a\nb\r\nhello"s,
                            "5;a\rb\r\nhello"s,
                            "5;\0\r\nhello"s,
                            "5;\x7f\r\nhello"s,
                            "5\r\nhello\n0\r\n\r\n"s,
                            "5\r\nhello0\r\n\r\n"s,
                            "5\r\nhello\r0\r\n\r\n"s,
                            "5\r\nhelloXX0\r\n\r\n"s,
                            "5\r\nhello\r\n\r\n0\r\n\r\n"s,
                            "0\n\n"s,
                            "0\r\n\n"s,
                            "0\r\n\rX"s,
                            "0\r\nnonsense\r\n\r\n"s,
                            "0\r\nX : y\r\n\r\n"s,
                            "0\r\n: y\r\n\r\n"s,
                            "0\r\nX: y\r\n z\r\n\r\n"s,
                            "0\r\nX: y\nZ: z\r\n\r\n"s,
                            "0\r\nX: y\rZ: z\r\n\r\n"s,
                            "0\r\nX: \x01\r\n\r\n"s}) {
    EXPECT_EQ(decode(input), "malformed") << input;
    EXPECT_EQ(decode(input, {1}), "malformed") << input;
  }
}

TEST(Chunks, StayWithinTheLimits) {
  EXPECT_EQ(decode("10001\r\n"), "too-large");
  EXPECT_EQ(decode("ffffffffffffffff"), "too-large");
  EXPECT_EQ(decode("10000000000000005\r\n"), "too-large");
  EXPECT_EQ(decode("10000\r\n" + std::string(65536, 'x') + "\r\n1\r\n"), "too-large");
  EXPECT_EQ(decode(std::string(4000, '0') + "1\r\nx\r\n0\r\n\r\n"), "done x|");
  for (const auto& endless : {std::string(5000, '0'), "1;" + std::string(5000, 'x'),
                              "1" + std::string(5000, ' '), "0\r\nX: " + std::string(5000, 'x')}) {
    EXPECT_EQ(decode(endless), "malformed");
  }
  std::string lines = "0\r\n";
  for (int i = 0; i < 2000; ++i) lines += "X: y\r\n";
  EXPECT_EQ(decode(lines), "malformed");
}

TEST(Chunks, HoweverTheyAreCutTheSameComesOut) {
  std::minstd_rand random(7);
  for (const auto& input :
       {"5\r\nhello\r\n00b;x=\"y\"\r\n hello\r\n0\r\n\r\n0\r\nX: y\r\n\r\nGET"s, "0\r\n\r\nGET"s,
        "00;a\r\nX:y\r\n\r\n"s, "a\r\n0\r\n\r\n0\r\n\r\n\r\n0\r\n\r\n"s, "3\r\nabcX\n"s}) {
    const auto whole = decode(input);
    EXPECT_EQ(decode(input, {1}), whole);
    for (int i = 0; i < 200; ++i) {
      std::vector<std::size_t> sizes(7);
      for (auto& size : sizes) size = 1 + random() % 9;
      ASSERT_EQ(decode(input, sizes), whole);
    }
  }
}

}  // namespace tinychat::wire::chunked_test
