#include "base/result.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace tinychat::result_test {

TEST(Codes, EachHasItsRow) {
  EXPECT_EQ(info(Code::kMalformed).http_status, 400);
  EXPECT_EQ(info(Code::kUnprocessable).http_status, 422);
  EXPECT_EQ(info(Code::kTooLarge).http_status, 413);
  EXPECT_EQ(info(Code::kHeadTooLarge).http_status, 431);
  EXPECT_EQ(info(Code::kTargetTooLong).http_status, 414);
  EXPECT_EQ(info(Code::kTimeout).http_status, 408);
  EXPECT_EQ(info(Code::kNotFound).http_status, 404);
  EXPECT_EQ(info(Code::kMethodNotAllowed).http_status, 405);
  EXPECT_EQ(info(Code::kUnsupportedMediaType).http_status, 415);
  EXPECT_EQ(info(Code::kExpectationFailed).http_status, 417);
  EXPECT_EQ(info(Code::kNotImplemented).http_status, 501);
  EXPECT_EQ(info(Code::kVersionNotSupported).http_status, 505);
  EXPECT_EQ(info(Code::kOverloaded).http_status, 503);
  EXPECT_EQ(info(Code::kStopping).name, "stopping");
  EXPECT_EQ(info(Code::kStorageFull).http_status, 507);
  EXPECT_EQ(info(Code::kStorageFailed).name, "storage-failed");
  EXPECT_EQ(info(Code::kUnavailable).http_status, 503);
  EXPECT_EQ(info(Code::kUsage).name, "usage");
}

TEST(Codes, NamesAreKebabCaseAndUnique) {
  std::set<std::string_view> names;
  for (int code = 0; code <= static_cast<int>(Code::kUsage); ++code) {
    const auto& row = info(static_cast<Code>(code));
    EXPECT_TRUE(names.insert(row.name).second) << row.name;
    EXPECT_FALSE(row.name.empty());
    EXPECT_EQ(row.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz-"), std::string_view::npos) << row.name;
    EXPECT_FALSE(row.title.empty()) << row.name;
  }
}

TEST(Codes, WhatTheClientCausedIsShownToTheClient) {
  for (int code = 0; code <= static_cast<int>(Code::kUsage); ++code) {
    const auto& row = info(static_cast<Code>(code));
    if (row.http_status < 500) {
      EXPECT_TRUE(row.detail_is_public) << row.name;
      // Anyone can cause these; they must not fill the log.
      EXPECT_EQ(row.log_level, LogLevel::kDebug) << row.name;
    }
  }
  EXPECT_FALSE(info(Code::kStorageFailed).detail_is_public);
}

TEST(Fail, MakesAnyResult) {
  const Result<int> result = fail(Code::kNotFound, "No such thing.");
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, Code::kNotFound);
  EXPECT_EQ(result.error().detail, "No such thing.");
}

}  // namespace tinychat::result_test
