// What becomes of publications that were sent and not answered, with a real Redis.
#include "journal/redis_journal.h"

#include <gtest/gtest.h>

#include <functional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "journal/redis_keys.h"
#include "redis/redis_server.h"

namespace tinychat::journal::redis_journal_test {

using Texts = std::vector<std::string>;

redis::RedisServer& server() {
  static redis::RedisServer server;
  return server;
}

class RedisJournal : public testing::Test {
 protected:
  void SetUp() override {
    server().call({"FLUSHALL"});
    // An id is asked for when a publication is about to be sent: what happens then, happens between what the
    // journal has seen of the log and the sending.
    auto opened = open_redis_engine(
        {.endpoint = server().endpoint(), .prefix = "test:", .retention = {}, .next_id = [this] {
           if (const auto trouble = std::exchange(trouble_, nullptr)) trouble();
           return "*";
         }});
    if (!opened) throw std::runtime_error(opened.error().detail);
    engine_ = std::move(*opened);
  }

  // Publishes two messages together.
  std::vector<Result<Published>> publish() {
    std::vector<Publication> publications(2,
                                          {.room = "tea", .sender = "s", .text = {}, .idempotency_key = {}});
    publications[0].text = "m1";
    publications[1].text = "m2";
    return engine_.journal->publish(publications, 0);
  }

  // The same, but what is sent gets lost at first, and `meanwhile` comes to pass.
  std::vector<Result<Published>> lose(const std::function<void()>& meanwhile) {
    trouble_ = [meanwhile] {
      server().call({"CLIENT", "KILL", "TYPE", "normal"});
      meanwhile();
    };
    return publish();
  }

  // The field of all entries of a stream that have it.
  static Texts fields(const std::string& stream, std::string_view name) {
    Texts texts;
    const auto reply = server().call({"XRANGE", stream, "-", "+"});
    for (std::size_t i = 0; i < reply.value().size(); ++i) {
      const auto entry = reply.value()[i][1];
      for (std::size_t n = 0; n + 1 < entry.size(); n += 2) {
        if (entry[n].text() == name) texts.emplace_back(entry[n + 1].text());
      }
    }
    return texts;
  }

  const RedisKeys keys_{"test:"};
  Engine engine_;

 private:
  std::function<void()> trouble_;
};

TEST_F(RedisJournal, WhatIsNotInTheLogIsSentAgain) {
  for (const auto& outcome : lose([] {})) {
    ASSERT_TRUE(outcome) << outcome.error().detail;
    EXPECT_FALSE(outcome->is_repeat);
  }
  EXPECT_EQ(fields(keys_.log(), "t"), (Texts{"m1", "m2"}));
  EXPECT_EQ(fields(keys_.room("tea"), "t"), (Texts{"m1", "m2"}));
}

TEST_F(RedisJournal, NothingIsSentAgainWhereTheLogWasCut) {
  const auto outcomes = lose([&] {
    const auto place = server().call({"XADD", keys_.log(), "*", "o", "1"});
    server().call({"XTRIM", keys_.log(), "MINID", place.value().text()});
  });
  for (const auto& outcome : outcomes) {
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, Code::kUnavailable);
    EXPECT_EQ(
        outcome.error().detail,
        "Whether the message was stored is not known: the log was shortened meanwhile. Send it again with "
        "the same Idempotency-Key if it had one.");
  }
  EXPECT_EQ(fields(keys_.log(), "t"), Texts{});
  EXPECT_EQ(fields(keys_.room("tea"), "t"), Texts{});
  for (const auto& outcome : publish()) EXPECT_TRUE(outcome) << outcome.error().detail;
  EXPECT_EQ(fields(keys_.room("tea"), "t"), (Texts{"m1", "m2"}));
}

TEST_F(RedisJournal, WhatWasEmptiedHasLostThemToo) {
  const auto before = engine_.journal->head();
  for (const auto& outcome : lose([] { server().call({"FLUSHALL"}); })) {
    ASSERT_TRUE(outcome) << outcome.error().detail;
    EXPECT_GT(outcome->event.id, before);
  }
  EXPECT_EQ(fields(keys_.room("tea"), "t"), (Texts{"m1", "m2"}));
}

}  // namespace tinychat::journal::redis_journal_test
