#include "journal/redis_signal.h"

#include <gtest/gtest.h>

#include "base/limits.h"

namespace tinychat::journal::redis_signal_test {

using room::SignalText;

TEST(RedisSignal, IsWhatItWas) {
  const SignalText to_room{
      .room = "caf\xc3\xa9 \"x\"", .user = {}, .event = "typing", .json = R"({"a":"\"\\"})"};
  EXPECT_EQ(read_signal(signal_payload(to_room)), to_room);
  const SignalText to_user{.room = {}, .user = "u1", .event = "readPosition", .json = "{}"};
  EXPECT_EQ(signal_payload(to_user), R"({"user":"u1","event":"readPosition","data":"{}"})");
  EXPECT_EQ(read_signal(signal_payload(to_user)), to_user);
}

TEST(RedisSignal, WhatWouldDoHarmInAStreamIsNone) {
  for (const char* payload :
       {"", "{}", "[]", "junk", R"({"room":"tea","event":"typing"})", R"({"room":"tea","data":"{}"})",
        R"({"event":"typing","data":"{}"})", R"({"room":"a","user":"b","event":"typing","data":"{}"})",
        R"({"room":"tea","event":"typing\ndata: x","data":"{}"})",
        R"({"room":"tea","event":"typing","data":"{}\n\nevent: message"})",
        R"({"room":"tea","event":"typing","data":"{}\r"})", R"({"room":"tea","event":"typing","data":7})"}) {
    EXPECT_EQ(read_signal(payload), std::nullopt) << payload;
  }
  const SignalText long_one{
      .room = "tea", .user = {}, .event = "typing", .json = std::string(limits::kEventBytesMax, 'x')};
  EXPECT_EQ(read_signal(signal_payload(long_one)), std::nullopt);
}

}  // namespace tinychat::journal::redis_signal_test
