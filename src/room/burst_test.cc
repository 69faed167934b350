#include "room/burst.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace tinychat::room::burst_test {

struct Piece {
  EventId cursor;  // once it is sent
  std::string bytes;
};

// Three events, and transient frames before, between and behind them.
std::vector<Piece> fill(Burst& burst, Framing framing) {
  std::vector<Piece> pieces;
  EventId cursor;
  const auto add = [&](std::uint64_t id, const std::string& payload) {
    const auto frame = wire::Frame::of(payload);
    if (id != 0) {
      cursor = {id, 0};
      burst.append(cursor, frame);
    } else {
      burst.append_transient(frame);
    }
    pieces.push_back({cursor, std::string(bytes_of(frame, framing))});
  };
  add(0, "joined\n\n");
  add(5, "one\n\n");
  add(7, "a longer one\n\n");
  add(0, ":\n");
  add(9, "three\n\n");
  add(0, "left\n\n");
  return pieces;
}

class BurstTest : public testing::TestWithParam<Framing> {};

TEST_P(BurstTest, HoldsItsFramesEndToEnd) {
  Burst burst(GetParam());
  EXPECT_TRUE(burst.empty());
  EXPECT_EQ(burst.last_id(), EventId{});
  std::string all;
  for (const auto& piece : fill(burst, GetParam())) all += piece.bytes;
  EXPECT_EQ(burst.bytes(), all);
  EXPECT_EQ(burst.last_id(), (EventId{9, 0}));
  EXPECT_EQ(burst.events(), 3U);
  burst.clear();
  EXPECT_TRUE(burst.empty());
  EXPECT_EQ(burst.last_id(), EventId{});
  EXPECT_EQ(burst.events(), 0U);
}

TEST_P(BurstTest, CountsAnEventOnceItHasBegun) {
  Burst burst(GetParam());
  const auto pieces = fill(burst, GetParam());
  std::size_t end = 0;
  std::size_t events = 0;
  EventId before;
  for (const auto& piece : pieces) {
    EXPECT_EQ(burst.cut_at(end).events, events) << "at " << end;
    if (piece.cursor != before) ++events;
    before = piece.cursor;
    EXPECT_EQ(burst.cut_at(end + 1).events, events) << "at " << end + 1;
    end += piece.bytes.size();
  }
}

TEST_P(BurstTest, KnowsAtEveryByteWhatIsLeftOfTheFrameThatWasCut) {
  Burst burst(GetParam());
  const auto pieces = fill(burst, GetParam());
  std::size_t begin = 0;
  EventId before;
  for (const auto& piece : pieces) {
    // Between two frames: the cursor of those sent, and no rest.
    const auto between = burst.cut_at(begin);
    EXPECT_EQ(between.cursor, before) << "at " << begin;
    EXPECT_EQ(between.rest, "") << "at " << begin;
    for (std::size_t sent = 1; sent < piece.bytes.size(); ++sent) {
      const auto cut = burst.cut_at(begin + sent);
      EXPECT_EQ(cut.cursor, piece.cursor) << "at " << begin + sent;
      EXPECT_EQ(cut.rest, std::string_view(piece.bytes).substr(sent)) << "at " << begin + sent;
    }
    begin += piece.bytes.size();
    before = piece.cursor;
  }
}

INSTANTIATE_TEST_SUITE_P(Framings, BurstTest, testing::Values(Framing::kChunked, Framing::kPlain),
                         [](const auto& framing) {
                           return std::string(framing.param == Framing::kChunked ? "chunked" : "plain");
                         });

}  // namespace tinychat::room::burst_test
