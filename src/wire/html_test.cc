#include "wire/html.h"

#include <gtest/gtest.h>

namespace tinychat::wire::html_test {

TEST(HtmlUnescape, TakesBackWhatEscapingMade) {
  EXPECT_EQ(html_unescape("a &lt;b&gt; &amp; &#x27;c&#x27; &quot;d&quot; e&#x2F;f &#39;"),
            "a <b> & 'c' \"d\" e/f '");
  EXPECT_EQ(html_unescape(""), "");
}

TEST(HtmlUnescape, TakesBackOneLayerOnly) { EXPECT_EQ(html_unescape("&amp;lt;"), "&lt;"); }

TEST(HtmlUnescape, LeavesTheRest) {
  EXPECT_EQ(html_unescape("fish & chips &copy; &#65; &am"), "fish & chips &copy; &#65; &am");
}

}  // namespace tinychat::wire::html_test
