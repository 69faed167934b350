#include "wire/time_text.h"

#include <gtest/gtest.h>

#include <ctime>
#include <limits>
#include <random>

namespace tinychat::wire::time_text_test {

TEST(Rfc3339, KnownTimes) {
  EXPECT_EQ(rfc3339(0), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(rfc3339(1'361'564'694'123), "2013-02-22T20:24:54.123Z");
  EXPECT_EQ(rfc3339(951'782'400'000), "2000-02-29T00:00:00.000Z");
  EXPECT_EQ(rfc3339(4'107'542'399'999), "2100-02-28T23:59:59.999Z");
  EXPECT_EQ(rfc3339(4'107'542'400'000), "2100-03-01T00:00:00.000Z");
  EXPECT_EQ(rfc3339(253'402'300'799'999), "9999-12-31T23:59:59.999Z");
}

TEST(Rfc3339, TimeEndsWithTheYear9999) {
  EXPECT_EQ(rfc3339(253'402'300'800'000), "9999-12-31T23:59:59.999Z");
  EXPECT_EQ(rfc3339(std::numeric_limits<std::uint64_t>::max()), "9999-12-31T23:59:59.999Z");
}

TEST(HttpDate, KnownTimes) {
  EXPECT_EQ(http_date(0), "Thu, 01 Jan 1970 00:00:00 GMT");
  EXPECT_EQ(http_date(784'111'777), "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(http_date(1'361'564'694), "Fri, 22 Feb 2013 20:24:54 GMT");
  EXPECT_EQ(http_date(std::numeric_limits<std::uint64_t>::max()), "Fri, 31 Dec 9999 23:59:59 GMT");
}

// The C library as the other opinion; tests run in the C locale.
TEST(HttpDate, AgreesWithTheCLibrary) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE(seed);
  std::mt19937_64 random(seed);
  std::uniform_int_distribution<std::uint64_t> any(0, 253'402'300'799);
  for (int i = 0; i < 2000; ++i) {
    const std::uint64_t seconds = any(random);
    const auto time = static_cast<std::time_t>(seconds);
    std::tm parts{};
    ASSERT_NE(gmtime_r(&time, &parts), nullptr);
    char text[64];
    ASSERT_GT(std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &parts), 0U);
    ASSERT_EQ(http_date(seconds), text);
    ASSERT_GT(std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S.007Z", &parts), 0U);
    ASSERT_EQ(rfc3339(seconds * 1000 + 7), text);
  }
}

}  // namespace tinychat::wire::time_text_test
