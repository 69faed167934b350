#include "wire/markdown_effort.h"

#include <gtest/gtest.h>

#include <string>

#include "wire/markdown.h"

namespace tinychat::wire::markdown_effort_test {

constexpr std::size_t kLongest = 8 * 1024;

std::string repeat(std::string_view piece, std::size_t bytes) {
  std::string text;
  while (text.size() + piece.size() <= bytes) text += piece;
  return text;
}

TEST(MarkdownEffort, HonestTextsAreNotTooMuchAtAnyLength) {
  for (const char* piece :
       {"Some **bold** words and a [link](http://example.org/x_y), then `code` and @mason.\n", "- an item\n",
        "* one thing, and *another*\n", "1. first\n   - then\n", "> somebody said\n> and then\n\n",
        "- [ ] to do\n- [x] done\n", "# A heading\n\nA paragraph.\n\n",
        "for (int i = 0; i < count; ++i) total_bytes += sizes[i] * sizeof(*pointers[i]);\n",
        "<?php echo \"a rather long line of a program that somebody pastes, and more of it, with more of it, "
        "and "
        "then more of it, and of it, and of it, and of it, and of it, and of it, and of it, and of it\" ?>\n",
        "snake_case_names_and_more_of_them ", "2 * 3 * 4 ", "Q & A \\\\ <3 ",
        "<li><a href=\"/x\">x & y</a></li>\n", "| a cell | another | a third |\n",
        "https://example.org/wiki/A_(b)_c?x=[1]&y=z "}) {
    const auto text = repeat(piece, kLongest);
    EXPECT_FALSE(takes_long_as_markdown(text)) << piece;
  }
  EXPECT_FALSE(takes_long_as_markdown(""));
  EXPECT_FALSE(takes_long_as_markdown(std::string(kLongest, 'x')));
}

TEST(MarkdownEffort, WhatIsWalkedThroughAgainAndAgainIsTooMuch) {
  for (const char* piece :
       {"~<?", "_*<!A ", "a<![CDATA[", "[a]: b\n*_", "![a](b)_*", "*_", "[", "[]", "1) a\n", "\n", "*\ta"}) {
    EXPECT_TRUE(takes_long_as_markdown(repeat(piece, kLongest))) << piece;
  }
  EXPECT_TRUE(takes_long_as_markdown(std::string(33, '>')));
  EXPECT_TRUE(takes_long_as_markdown("a\n" + repeat("- ", 66)));
  EXPECT_TRUE(takes_long_as_markdown(" " + repeat("1) + > ", 7 * 12)));
  EXPECT_FALSE(takes_long_as_markdown(std::string(32, '>')));
}

TEST(MarkdownEffort, WhatIsTooMuchStaysText) {
  const std::string start = "**bold** ";
  EXPECT_TRUE(render_markdown(start + repeat("<?", 128), 1 << 20));
  EXPECT_EQ(render_markdown(start + repeat("<?", 130), 1 << 20), std::nullopt);
  EXPECT_TRUE(render_markdown(start + repeat("*a", 1900), 1 << 20));
  EXPECT_EQ(render_markdown(start + repeat("*a", 2100), 1 << 20), std::nullopt);
}

}  // namespace tinychat::wire::markdown_effort_test
