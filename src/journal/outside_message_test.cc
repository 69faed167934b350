#include "journal/outside_message.h"

#include <gtest/gtest.h>

#include "base/limits.h"

namespace tinychat::journal::outside_message_test {

OutsideMessage read(std::string_view payload, std::string_view channel = "everyone") {
  auto message = read_outside_message(channel, payload);
  EXPECT_TRUE(message && *message) << payload;
  return message && *message ? **message : OutsideMessage{};
}

TEST(OutsideMessage, IsWhatTheAppOf2013Publishes) {
  const auto message =
      read(R"({"sender":"<a>","message":"hi &lt;b&gt;","extra":[1,{"x":2}]})", "caf\xc3\xa9/x");
  EXPECT_EQ(message.room, "caf\xc3\xa9/x");
  EXPECT_EQ(message.sender, "<a>");
  EXPECT_EQ(message.text, "hi <b>");
  EXPECT_EQ(read(R"({"message":"x"})").sender, "Anonymous");
}

TEST(OutsideMessage, OursAreNoneOfThem) {
  const auto message = read_outside_message("everyone", R"({"sender":"a","message":"b","id":"1-0"})");
  ASSERT_TRUE(message);
  EXPECT_FALSE(*message);
}

TEST(OutsideMessage, TheRestIsRefused) {
  const std::string long_text(limits::kTextBytesCeiling + 1, 'x');
  const std::string long_name(limits::kSenderBytesMax + 1, 'x');
  for (const std::string& payload :
       {std::string(), std::string("hi"), std::string("[]"), std::string("{}"),
        std::string(R"({"sender":"a"})"), std::string(R"({"message":""})"), std::string(R"({"message":7})"),
        std::string("{\"message\":\"\xff\"}"), R"({"message":")" + long_text + "\"}",
        R"({"message":"x","sender":")" + long_name + "\"}", std::string(limits::kEventBytesMax + 1, ' ')}) {
    EXPECT_FALSE(read_outside_message("everyone", payload)) << payload.substr(0, 60);
  }
  for (const auto* channel : {"", "api/x", "__keyevent@0__:set\n", "a//b"}) {
    EXPECT_FALSE(read_outside_message(channel, R"({"message":"x"})")) << channel;
  }
}

}  // namespace tinychat::journal::outside_message_test
