#include "base/printable.h"

#include <gtest/gtest.h>

namespace tinychat::printable_test {

TEST(Printable, KeepsWhatCanBeShownAndNoMore) {
  EXPECT_EQ(printable("no such table: x~ y", 60), "no such table: x~ y");
  EXPECT_EQ(printable(std::string_view("a\n\0\x1b[1m\x7f\xc3\xa9\xff", 10), 60), "a???[1m???");
  EXPECT_EQ(printable("abc", 2), "ab");
  EXPECT_EQ(printable("", 2), "");
}

}  // namespace tinychat::printable_test
