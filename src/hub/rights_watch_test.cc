#include "hub/rights_watch.h"

#include <gtest/gtest.h>

#include <deque>

#include "hub/stream_world.h"
#include "journal/acts.h"
#include "journal/memory_people.h"

namespace tinychat::hub::rights_watch_test {

// Streams and people, where questions wait until the test has them answered.
class RightsWatchTest : public testing::Test {
 protected:
  int attach(const std::string& holder) {
    auto request = following({"tea"});
    request.holder = holder;
    return world_.attach_live(std::move(request));
  }
  int attach_from(const char* address) {
    const int fd = world_.transport.open(kAmple);
    const std::uint64_t host = wire::host_key(*wire::parse_ip_address(address));
    world_.streams.attach(
        {.fd = UniqueFd(fd), .head = {}, .is_chunked = false, .place = *connections_.try_take(host).place},
        following({"tea"}));
    world_.settle();
    return fd;
  }
  void answer() {
    ASSERT_FALSE(questions_.empty());
    auto question = std::move(questions_.front());
    questions_.pop_front();
    question (*people_)();
  }
  void look() {
    watch_.on_second();
    while (!questions_.empty()) answer();
    watch_.act();
  }
  static wire::IpAddress address(const char* text) { return *wire::parse_ip_address(text); }
  void block(const char* subnet) {
    ASSERT_TRUE(journal::block_address(*people_, {}, *wire::parse_subnet(subnet)));
  }

  KeyedCount connections_;
  StreamWorld world_;
  std::unique_ptr<journal::People> people_ = journal::make_memory_people();
  bool is_full_ = false;
  std::deque<ShardPort::PeopleQuestion> questions_;
  RightsWatch watch_{world_.streams,
                     [this](ShardPort::PeopleQuestion&& question) {
                       if (!is_full_) questions_.push_back(std::move(question));
                       return !is_full_;
                     },
                     {.place = people_->passes().revoked_after({})->place, .locked_rooms = {"quiet"}}};
};

TEST_F(RightsWatchTest, EndsStreamsInTheTurnThatKnows) {
  const int mine = attach("user:u1");
  const int other = attach("user:u2");
  ASSERT_TRUE(people_->passes().revoke("user:u1"));
  watch_.act();
  watch_.on_second();
  answer();
  EXPECT_TRUE(world_.is_open(mine));
  // Let in before it was known.
  const int late = attach("user:u1");
  watch_.act();
  for (const int fd : {mine, late}) EXPECT_FALSE(world_.is_open(fd));
  EXPECT_TRUE(world_.is_open(other));
  const int again = attach("user:u1");
  look();
  EXPECT_TRUE(world_.is_open(again)) << "what was acted on is not acted on again";
  ASSERT_TRUE(people_->passes().revoke("user:u2"));
  look();
  EXPECT_FALSE(world_.is_open(other)) << "it goes on looking";
}

TEST_F(RightsWatchTest, AsksOneQuestionAtATimeAndLosesNothing) {
  const int mine = attach("user:u1");
  ASSERT_TRUE(people_->passes().revoke("user:u1"));
  is_full_ = true;
  watch_.on_second();
  is_full_ = false;
  watch_.on_second();
  watch_.on_second();
  EXPECT_EQ(questions_.size(), 1U);
  answer();
  watch_.act();
  EXPECT_FALSE(world_.is_open(mine));
}

TEST_F(RightsWatchTest, HoldsToTheOldRulesUntilTheNewOnesAreHere) {
  EXPECT_TRUE(watch_.is_locked("quiet"));
  EXPECT_FALSE(watch_.is_locked("tea"));
  const int there = attach_from("203.0.113.7");
  const int elsewhere = attach_from("203.0.114.7");
  block("203.0.113.0/24");
  watch_.on_second();
  // It learns that there are others, and cannot ask for them.
  is_full_ = true;
  answer();
  watch_.act();
  EXPECT_FALSE(watch_.is_blocked(address("203.0.113.7")));
  EXPECT_TRUE(watch_.is_locked("quiet"));
  EXPECT_TRUE(world_.is_open(there));
  is_full_ = false;
  look();
  EXPECT_TRUE(watch_.is_blocked(address("203.0.113.7")));
  EXPECT_FALSE(watch_.is_blocked(address("203.0.114.7")));
  EXPECT_FALSE(watch_.is_locked("quiet")) << "the people know of no such room";
  EXPECT_FALSE(world_.is_open(there));
  EXPECT_TRUE(world_.is_open(elsewhere));
}

TEST_F(RightsWatchTest, WhatWasErasedIsForgotten) {
  auto request = following({"tea"});
  request.user = "u2";
  request.name = "ada";
  const int fd = world_.attach_live(std::move(request));
  ASSERT_TRUE(journal::tell_of_erasure(*people_, {}, "u1"));
  look();
  EXPECT_EQ(story(world_.read(fd)), std::vector<std::string>{"messagesErased"});
}

TEST_F(RightsWatchTest, WhereNothingCanBeLostNobodyIsAsked) {
  RightsWatch idle(world_.streams,
                   [](ShardPort::PeopleQuestion&&) {
                     ADD_FAILURE() << "it asked";
                     return false;
                   },
                   {});
  idle.on_second();
  idle.act();
}

}  // namespace tinychat::hub::rights_watch_test
