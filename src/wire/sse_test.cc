#include "wire/sse.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace tinychat::wire::sse_test {

using namespace std::string_literals;
using namespace std::chrono_literals;

TEST(Frame, IsOneChunkWithThePayloadInside) {
  const auto frame = Frame::of("data: x\n\n");
  EXPECT_EQ(frame.chunked(), "9\r\ndata: x\n\n\r\n");
  EXPECT_EQ(frame.plain(), "data: x\n\n");
  // One set of bytes, not two.
  EXPECT_EQ(frame.plain().data(), frame.chunked().data() + 3);
}

TEST(Frame, LengthIsHexadecimalWithoutLeadingZeros) {
  for (const auto& [bytes, head] : {std::pair<std::size_t, std::string>{1, "1"},
                                    {10, "a"},
                                    {16, "10"},
                                    {255, "ff"},
                                    {4096, "1000"},
                                    {65'535, "ffff"}}) {
    const std::string payload(bytes, 'x');
    const auto frame = Frame::of(payload);
    EXPECT_EQ(frame.chunked(), head + "\r\n" + payload + "\r\n");
    EXPECT_EQ(frame.plain(), payload);
  }
}

TEST(Frame, ViewsFollowACopyAndAMove) {
  auto first = Frame::of("short");
  const Frame copy = first;
  const Frame moved = std::move(first);
  EXPECT_EQ(copy.plain(), "short");
  EXPECT_EQ(moved.plain(), "short");
  EXPECT_NE(copy.plain().data(), moved.plain().data());
}

TEST(FrameDeathTest, AnEmptyPayloadWouldEndTheStream) {
  EXPECT_DEATH((void)Frame::of(""), "assertion failed");
}

TEST(EventPayload, HasItsLinesInOrder) {
  EXPECT_EQ(event_payload("message", EventId{1361572294000, 3}, "{}"),
            "id: 1361572294000-3\nevent: message\ndata: {}\n\n");
}

TEST(EventPayload, LeavesOutWhatThereIsNot) {
  EXPECT_EQ(event_payload("", EventId{1, 0}, "x"), "id: 1-0\ndata: x\n\n");
  EXPECT_EQ(event_payload("typing", std::nullopt, "x"), "event: typing\ndata: x\n\n");
  EXPECT_EQ(event_payload("", std::nullopt, "x"), "data: x\n\n");
}

TEST(EventPayload, EmptyDataIsStillADataLine) {
  EXPECT_EQ(event_payload("", EventId{1, 0}, ""), "id: 1-0\ndata: \n\n");
}

TEST(EventPayload, EachLineOfDataIsALine) {
  const std::pair<std::string, std::string> cases[] = {
      {"a\nb", "data: a\ndata: b\n\n"},
      {"a\rb", "data: a\ndata: b\n\n"},
      {"a\r\nb", "data: a\ndata: b\n\n"},
      {"a\n\rb", "data: a\ndata: \ndata: b\n\n"},
      {"a\r\rb", "data: a\ndata: \ndata: b\n\n"},
      {"a\n", "data: a\ndata: \n\n"},
      {"\r\n", "data: \ndata: \n\n"},
      {" a", "data:  a\n\n"},
      {"a\0b"s, "data: a\0b\n\n"s},
      {"x\n\nid: 7-7\n\n", "data: x\ndata: \ndata: id: 7-7\ndata: \ndata: \n\n"},
  };
  for (const auto& [data, expected] : cases) EXPECT_EQ(event_payload("", std::nullopt, data), expected);
}

TEST(EventName, RefusesWhatBreaksOutOrMisleads) {
  for (const auto& name : {"message"s, "userJoined"s, "été"s, "two words"s, "opened"s}) {
    EXPECT_TRUE(valid_event_name(name)) << name;
  }
  for (const auto& name : {""s, "open"s, "error"s, "a\nb"s, "a\rb"s, "a\0b"s, "\n"s}) {
    EXPECT_FALSE(valid_event_name(name)) << name;
  }
}

TEST(RetryLine, IsInMilliseconds) { EXPECT_EQ(retry_line(2345ms), "retry: 2345\n"); }

TEST(Heartbeat, IsACommentWithoutAnEmptyLine) {
  EXPECT_EQ(heartbeat_frame().plain(), ":\n");
  EXPECT_EQ(heartbeat_frame().chunked(), "2\r\n:\n\r\n");
}

}  // namespace tinychat::wire::sse_test
