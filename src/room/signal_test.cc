#include "room/signal.h"

#include <gtest/gtest.h>

namespace tinychat::room::signal_test {

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
  const auto typing = typing_signal("a\"b", {"u1", "ada"});
  EXPECT_EQ(typing.room, "a\"b");
  EXPECT_EQ(render_signal(typing.event, typing.json).plain(),
            "event: typing\ndata: {\"room\":\"a\\\"b\",\"user\":\"u1\",\"username\":\"ada\"}\n\n");
  const auto renamed = renamed_signal("tea", {"u1", "grace"}, "ada");
  EXPECT_EQ(renamed.room, "tea");
  EXPECT_EQ(render_signal(renamed.event, renamed.json).plain(),
            "event: userRenamed\n"
            "data: {\"room\":\"tea\",\"user\":\"u1\",\"username\":\"grace\",\"previous\":\"ada\"}\n\n");
}

}  // namespace tinychat::room::signal_test
