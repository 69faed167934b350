#include "base/log_text.h"

#include <gtest/gtest.h>

#include <array>

namespace tinychat::log_text_test {

using Fields = std::array<LogField, 2>;
constexpr std::span<const LogField> kNone;

TEST(LogText, FieldsFollowTheMessage) {
  const Fields fields{{{"what", "stream"}, {"reason", "not a \"word\""}}};
  EXPECT_EQ(plain_log_text("closed", fields), R"(closed what=stream reason="not a \"word\"")");
  EXPECT_EQ(json_log_text("closed", fields),
            R"("message":"closed","what":"stream","reason":"not a \"word\"")");
  EXPECT_EQ(plain_log_text("x", std::array{LogField{"empty", ""}}), R"(x empty="")");
}

TEST(LogText, IsOneLineWhateverItIsMadeOf) {
  constexpr std::string_view kForged = "a\n2026-01-01T00:00:00.000Z error \x1b[31m\t\x7f";
  EXPECT_EQ(plain_log_text(kForged, kNone), R"(a\x0a2026-01-01T00:00:00.000Z error \x1b[31m\x09\x7f)");
  EXPECT_EQ(json_log_text(kForged, kNone),
            R"("message":"a\u000a2026-01-01T00:00:00.000Z error \u001b[31m\u0009\u007f")");
}

TEST(LogText, WholeCharactersStayAndBrokenOnesAreShown) {
  EXPECT_EQ(json_log_text("caf\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x8D\xB5", kNone),
            "\"message\":\"caf\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x8D\xB5\"");
  for (const std::string_view broken : {"\x80", "\xC3", "\xC0", "\xFF", "\xF5"}) {
    EXPECT_EQ(json_log_text(broken, kNone), R"("message":"\ufffd")");
  }
  // Too long, half of a pair, beyond the last character.
  for (const std::string_view broken : {"\xE0\x80\x80", "\xED\xA0\x80"}) {
    EXPECT_EQ(json_log_text(broken, kNone), R"("message":"\ufffd\ufffd\ufffd")");
  }
  EXPECT_EQ(plain_log_text("\xF4\x90\x80\x80", kNone), R"(\xf4\x90\x80\x80)");
}

}  // namespace tinychat::log_text_test
