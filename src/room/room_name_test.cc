#include "room/room_name.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "base/limits.h"
#include "base/secret.h"

namespace tinychat::room::room_name_test {

using namespace std::string_literals;

Code code_of(std::string_view name) {
  const auto checked = check_room_name(name);
  EXPECT_FALSE(checked) << name;
  return checked ? Code::kUsage : checked.error().code;
}

std::string detail_of(std::string_view name) {
  const auto checked = check_room_name(name);
  return checked ? ""s : checked.error().detail;
}

TEST(RoomName, TakesWhatPeopleCallTheirRooms) {
  for (const auto& name : {"everyone"s, "a"s, "café"s, "日本語"s, "two words"s, "team/alpha/1"s, "a.b"s,
                           "..."s, "API"s, "x/api"s, "json/x"s, "raw.x"s, "a/messages"s, "?#%&=+"s,
                           std::string(limits::kRoomNameBytesMax, 'x')}) {
    EXPECT_TRUE(check_room_name(name)) << name << ": " << detail_of(name);
  }
}

TEST(RoomName, HasALength) {
  EXPECT_EQ(code_of(""), Code::kUnprocessable);
  EXPECT_EQ(code_of(std::string(limits::kRoomNameBytesMax + 1, 'x')), Code::kUnprocessable);
  EXPECT_NE(detail_of(std::string(129, 'x')).find("1 to 128 bytes"), std::string::npos);
}

TEST(RoomName, IsUtf8) {
  EXPECT_EQ(code_of("caf\xE9"), Code::kMalformed);
  EXPECT_NE(detail_of("caf\xE9").find("at byte 3"), std::string::npos);
  EXPECT_EQ(code_of("\xC0\xAF"), Code::kMalformed);
  EXPECT_EQ(code_of("\xED\xA0\x80"), Code::kMalformed);
}

TEST(RoomName, HasNoControlCharacters) {
  for (const auto& name : {"a\nb"s, "a\0b"s, "\x7f"s, "\t"s, "a\r"s}) {
    EXPECT_EQ(code_of(name), Code::kUnprocessable) << name;
  }
}

TEST(RoomName, HasNoEmptyAndNoDotSegments) {
  const std::pair<std::string, std::string> cases[] = {
      {"/", "byte 0"}, {"/a", "byte 0"}, {"a/", "byte 2"},     {"a//b", "byte 2"},
      {".", "byte 0"}, {"..", "byte 0"}, {"a/../b", "byte 2"}, {"a/b/.", "byte 4"},
  };
  for (const auto& [name, place] : cases) {
    EXPECT_EQ(code_of(name), Code::kUnprocessable) << name;
    EXPECT_NE(detail_of(name).find(place), std::string::npos) << name << ": " << detail_of(name);
  }
}

TEST(RoomName, LeavesTheProgramItsOwnPaths) {
  for (const std::string_view segment : reserved_first_segments()) {
    EXPECT_EQ(code_of(segment), Code::kUnprocessable) << segment;
    EXPECT_EQ(code_of(std::string(segment) + "/x"), Code::kUnprocessable) << segment;
    EXPECT_TRUE(check_room_name("x/" + std::string(segment)));
    EXPECT_TRUE(check_room_name(std::string(segment) + "x"));
  }
  for (const auto* segment : {"api", "assets", "subscribe", "healthz", "r", "openapi.yaml", ".well-known"}) {
    EXPECT_EQ(code_of(segment), Code::kUnprocessable) << segment;
  }
}

TEST(RoomName, LeavesTheEndingsThatAreKept) {
  for (const auto* name : {"sse", "json", "raw", "a/sse", "a/b/json", "a/raw"}) {
    EXPECT_EQ(code_of(name), Code::kUnprocessable) << name;
  }
  EXPECT_NE(detail_of("a/json").find("`json`"), std::string::npos);
}

TEST(RoomName, IsPrivateByItsShape) {
  const std::string name = private_name(random_key());
  EXPECT_TRUE(is_private(name)) << name;
  EXPECT_TRUE(check_room_name(name));
  EXPECT_TRUE(is_private("~abcdefghijklmnopqrstuv"));
  EXPECT_TRUE(is_private("~-_0123456789ABCDEFGHIJ"));
  for (const auto* other :
       {"", "~", "~abcdefghijklmnopqrstu", "~abcdefghijklmnopqrstuvw", "abcdefghijklmnopqrstuvw",
        "~abcdefghijk/mnopqrstuv", "~abcdefghijk mnopqrstuv", "~abcdefghijklmnopqrst\xc3\xa9"}) {
    EXPECT_FALSE(is_private(other)) << other;
  }
}

}  // namespace tinychat::room::room_name_test
