#include "api/stream_query.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/limits.h"

namespace tinychat::api::stream_query_test {

Result<hub::StreamRequest> read(std::vector<std::string> rooms, wire::Fields headers,
                                const wire::Fields& query) {
  net::Request request;
  request.headers = std::move(headers);
  return read_stream_request(room::Dialect::kV1, std::move(rooms), request, query);
}

Result<hub::StreamRequest> read(wire::Fields headers, const wire::Fields& query) {
  return read({"room"}, std::move(headers), query);
}

TEST(StreamQuery, WithoutACursorStartsNow) {
  const auto stream = read({}, {});
  ASSERT_TRUE(stream);
  EXPECT_EQ(stream->rooms, std::vector<std::string>{"room"});
  EXPECT_FALSE(stream->cursor);
  EXPECT_FALSE(stream->cursor_is_nonsense);
  EXPECT_EQ(stream->name, "");
}

TEST(StreamQuery, CursorsHaveAnOrder) {
  wire::Fields query = {
      {"since", "5-0"}, {"Last-Event-ID", "4-0"}, {"last_event_id", "3-0"}, {"lastEventId", "2-0"}};
  EXPECT_EQ(read({{"last-event-id", "1-0"}}, query)->cursor, (EventId{1, 0}));
  for (std::uint64_t expected = 2; expected <= 5; ++expected) {
    EXPECT_EQ(read({}, query)->cursor, (EventId{expected, 0}));
    query.pop_back();
  }
  EXPECT_FALSE(read({}, query)->cursor);
  EXPECT_EQ(read({}, {{"since", "0"}})->cursor, (EventId{0, 0}));
}

TEST(StreamQuery, AnEmptyCursorIsNone) {
  const auto stream = read({{"last-event-id", ""}}, {{"lastEventId", ""}, {"since", "7-1"}});
  EXPECT_EQ(stream->cursor, (EventId{7, 1}));
  EXPECT_FALSE(read({{"last-event-id", ""}}, {})->cursor_is_nonsense);
}

TEST(StreamQuery, NonsenseIsNoError) {
  for (const auto* cursor : {"abc", "-1", "1-", "99999999999999999999-0", "1-0, 2-0", "\xFF"}) {
    const auto stream = read({{"last-event-id", cursor}}, {{"since", "5-0"}});
    ASSERT_TRUE(stream) << cursor;
    EXPECT_FALSE(stream->cursor) << cursor;
    EXPECT_TRUE(stream->cursor_is_nonsense) << cursor;
  }
}

TEST(StreamQuery, RoomsAreDistinctValidAndNotTooMany) {
  EXPECT_EQ(read({"b", "a", "b"}, {}, {})->rooms, (std::vector<std::string>{"b", "a"}));
  EXPECT_EQ(read({}, {}, {}).error().code, Code::kUnprocessable);
  EXPECT_EQ(read({"a", "api"}, {}, {}).error().code, Code::kUnprocessable);
  EXPECT_EQ(read({"a", ""}, {}, {}).error().code, Code::kUnprocessable);
  EXPECT_EQ(read({"a", "\xFF"}, {}, {}).error().code, Code::kMalformed);

  std::vector<std::string> rooms;
  for (std::size_t i = 0; i < limits::kRoomsPerStreamMax; ++i) rooms.push_back("room" + std::to_string(i));
  rooms.push_back("room0");
  EXPECT_EQ(read(rooms, {}, {})->rooms.size(), limits::kRoomsPerStreamMax);
  rooms.push_back("one more");
  EXPECT_EQ(read(rooms, {}, {}).error().code, Code::kUnprocessable);
}

TEST(StreamQuery, ANameIsASendersName) {
  EXPECT_EQ(read({}, {{"name", "mason"}})->name, "mason");
  EXPECT_EQ(read({}, {{"name", ""}})->name, "");
  EXPECT_EQ(read({}, {{"name", std::string(128, 'x')}})->name.size(), 128U);
  EXPECT_EQ(read({}, {{"name", std::string(129, 'x')}}).error().code, Code::kUnprocessable);
  EXPECT_EQ(read({}, {{"name", "a\nb"}}).error().code, Code::kUnprocessable);
}

}  // namespace tinychat::api::stream_query_test
