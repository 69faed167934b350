#include "redis/reply.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "redis/commands.h"

namespace tinychat::redis::reply_test {

constexpr std::string_view kReplies =
    "+OK\r\n-ERR no\r\n:-5\r\n$-1\r\n$3\r\na\r\n\r\n*3\r\n$0\r\n\r\n*1\r\n:7\r\n*-1\r\n";

void expect_all(const std::vector<Reply>& replies) {
  ASSERT_EQ(replies.size(), 6U);
  EXPECT_EQ(replies[0].value().text(), "OK");
  EXPECT_TRUE(replies[1].value().is_error());
  EXPECT_EQ(replies[1].value().text(), "ERR no");
  EXPECT_EQ(replies[2].value().integer(), -5);
  EXPECT_TRUE(replies[3].value().is_nil());
  EXPECT_EQ(replies[4].value().text(), "a\r\n");
  const Value list = replies[5].value();
  ASSERT_EQ(list.size(), 3U);
  EXPECT_EQ(list[0].text(), "");
  EXPECT_EQ(list[1][0].integer(), 7);
  EXPECT_TRUE(list[2].is_nil());
  EXPECT_TRUE(list[3].is_nil()) << "beyond the end";
  EXPECT_EQ(list[1][0][0].size(), 0U) << "of what is no array";
}

std::vector<Reply> read_in_pieces(std::string_view bytes, std::size_t size) {
  ReplyReader reader;
  std::vector<Reply> replies;
  for (; !bytes.empty(); bytes.remove_prefix(std::min(size, bytes.size()))) {
    reader.feed(bytes.substr(0, size));
    for (Reply reply; reader.next(reply).value();) replies.push_back(std::move(reply));
  }
  return replies;
}

TEST(RedisReply, IsTheSameInAnyPieces) {
  for (const std::size_t size : {std::size_t{1}, std::size_t{2}, std::size_t{7}, kReplies.size()}) {
    expect_all(read_in_pieces(kReplies, size));
  }
}

TEST(RedisReply, WhatIsNoReplyIsAnError) {
  ReplyReader reader;
  reader.feed("HTTP/1.1 200 OK\r\n");
  Reply reply;
  const auto got = reader.next(reply);
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().code, Code::kUnavailable);
}

TEST(RedisReply, AnArrayIsNotMadeAsLongAsItSays) {
  for (const std::string length : {"1048577", "2147483647", "9223372036854775807"}) {
    ReplyReader reader;
    ASSERT_TRUE(reader.feed("*" + length + "\r\n"));
    Reply reply;
    EXPECT_FALSE(reader.next(reply)) << length;
  }
  ReplyReader reader;
  ASSERT_TRUE(reader.feed("*1048576\r\n"));
  Reply reply;
  EXPECT_FALSE(reader.next(reply).value()) << "more bytes are needed";
}

TEST(RedisReply, WhatNeverEndsIsRefused) {
  ReplyReader reader;
  ASSERT_TRUE(reader.feed("$536870912\r\n"));
  const std::string piece(1024 * 1024, 'x');
  for (std::size_t fed = 0; fed < 63; ++fed) ASSERT_TRUE(reader.feed(piece));
  const auto over = reader.feed(piece);
  ASSERT_FALSE(over);
  EXPECT_EQ(over.error().code, Code::kUnavailable);
}

TEST(RedisCommands, AreWrittenWithTheirLengths) {
  Commands commands{"SET", "k", std::string_view("a\r\n\0b", 5)};
  commands.add({"PING"});
  commands.add({"X", std::string_view()});
  EXPECT_EQ(commands.count(), 3U);
  EXPECT_EQ(commands.bytes(), std::string_view("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$5\r\na\r\n\0b\r\n"
                                               "*1\r\n$4\r\nPING\r\n*2\r\n$1\r\nX\r\n$0\r\n\r\n",
                                               62));
}

}  // namespace tinychat::redis::reply_test
