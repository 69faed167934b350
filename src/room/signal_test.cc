#include "room/signal.h"

#include <gtest/gtest.h>

namespace tinychat::room {
namespace {

std::string_view frame(const Frames& frames, Dialect dialect) {
  return frames[static_cast<std::size_t>(dialect)].plain();
}

TEST(Signal, PresenceIsNamedAndHasNoId) {
  const Frames joined = render_presence(PresenceChange::kJoined, "tea", {"", "<ada>"});
  EXPECT_EQ(frame(joined, Dialect::kLegacy), "event: userJoined\ndata: {\"username\":\"&lt;ada&gt;\"}\n\n");
  EXPECT_EQ(frame(joined, Dialect::kV1),
            "event: userJoined\ndata: {\"room\":\"tea\",\"username\":\"<ada>\"}\n\n");
  const Frames left = render_presence(PresenceChange::kLeft, "tea", {"u1", "ada"});
  EXPECT_EQ(frame(left, Dialect::kLegacy), "event: userLeft\ndata: {\"username\":\"ada\"}\n\n");
  EXPECT_EQ(frame(left, Dialect::kV1),
            "event: userLeft\ndata: {\"room\":\"tea\",\"username\":\"ada\",\"user\":\"u1\"}\n\n");
}

TEST(Signal, TypingAndRenamingNameTheUser) {
  EXPECT_EQ(render_typing("a\"b", {"u1", "ada"}).plain(),
            "event: typing\ndata: {\"room\":\"a\\\"b\",\"user\":\"u1\",\"username\":\"ada\"}\n\n");
  EXPECT_EQ(render_renamed("tea", {"u1", "grace"}, "ada").plain(),
            "event: userRenamed\n"
            "data: {\"room\":\"tea\",\"user\":\"u1\",\"username\":\"grace\",\"previous\":\"ada\"}\n\n");
}

}  // namespace
}  // namespace tinychat::room
