#include "journal/packed_id.h"

#include <gtest/gtest.h>

namespace tinychat::journal::packed_id_test {

constexpr std::uint64_t kMax = ~std::uint64_t{0};
constexpr std::uint64_t kSequences = EventIdSource::kSequencesPerMillisecond;
constexpr std::int64_t kPackedMax = std::numeric_limits<std::int64_t>::max();

TEST(PackedId, GoesThereAndBack) {
  for (const EventId id : {EventId{0, 0}, EventId{0, 1}, EventId{1'700'000'000'000, kSequences - 1},
                           EventId{kPackedMillisecondsMax, kSequences - 1}}) {
    ASSERT_TRUE(fits_packed(id));
    EXPECT_EQ(unpack(pack_at_most(id)), id);
    EXPECT_EQ(pack_exactly(id), pack_at_most(id));
    EXPECT_EQ(pack_below(id), pack_at_most(id) - 1);
  }
  EXPECT_EQ(pack_at_most({kPackedMillisecondsMax, kSequences - 1}), kPackedMax);
}

// Any two numbers, against every id an event may have beside them.
TEST(PackedId, CursorsCompareWithEventsAsTheyDoUnpacked) {
  const std::uint64_t milliseconds[] = {
      0,        1,   5, kPackedMillisecondsMax - 1, kPackedMillisecondsMax, kPackedMillisecondsMax + 1,
      kMax - 1, kMax};
  const std::uint64_t sequences[] = {0,   1, 2, kSequences - 2, kSequences - 1, kSequences, kSequences + 1,
                                     kMax};
  for (const auto a : milliseconds) {
    for (const auto b : sequences) {
      const EventId cursor{a, b};
      EXPECT_EQ(pack_exactly(cursor).has_value(), fits_packed(cursor));
      for (const auto c : milliseconds) {
        for (const auto d : sequences) {
          const EventId event{c, d};
          if (!fits_packed(event)) continue;
          const auto packed = pack_at_most(event);
          EXPECT_EQ(packed <= pack_at_most(cursor), event <= cursor)
              << to_string(cursor) << ' ' << to_string(event);
          EXPECT_EQ(packed <= pack_below(cursor), event < cursor)
              << to_string(cursor) << ' ' << to_string(event);
        }
      }
    }
  }
}

}  // namespace tinychat::journal::packed_id_test
