// What every implementation of People promises.
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/limits.h"
#include "journal/people_fixtures.h"
#include "journal/redis_keys.h"

namespace tinychat::journal::people_contract_test {

constexpr std::uint64_t kNow = kPeopleNow;

class PeopleContract : public testing::TestWithParam<PeopleKind> {
 protected:
  void SetUp() override {
    journal_ = GetParam().journal(directory_);
    people_ = GetParam().people(directory_);
    ASSERT_NE(people_, nullptr);
    ASSERT_TRUE(people_->add(user("u1"), session("s1"), "hash 1"));
    ASSERT_TRUE(people_->add(user("u2", "ada"), session("s2"), "hash 2"));
  }
  std::optional<Visitor> visit(std::string_view hash, std::uint64_t now = kNow) {
    auto visitor = people_->visit(hash, now);
    if (!visitor) ADD_FAILURE() << visitor.error().detail;
    return visitor.value_or(std::nullopt);
  }
  Membership change(std::string_view user_id, const MembershipChange& change) {
    auto membership = people_->change(user_id, change);
    if (!membership) ADD_FAILURE() << membership.error().detail;
    return membership.value_or(Membership{});
  }

  TemporaryDirectory directory_;
  std::unique_ptr<Journal> journal_;
  std::unique_ptr<People> people_;
};

TEST_P(PeopleContract, ATokenStandsForItsUser) {
  EXPECT_EQ(visit("hash 1"), (Visitor{user("u1"), "s1"}));
  EXPECT_EQ(visit("hash 2"), (Visitor{user("u2", "ada"), "s2"}));
  EXPECT_EQ(visit("hash 3"), std::nullopt);
  EXPECT_EQ(visit(""), std::nullopt);
}

TEST_P(PeopleContract, AVisitIsWrittenDownNowAndThen) {
  const std::uint64_t lag = limits::kSessionSeenLag.count();
  (void)visit("hash 1", kNow + lag);
  EXPECT_EQ(people_->sessions("u1")->front().seen_milliseconds, kNow);
  (void)visit("hash 1", kNow + lag + 1);
  EXPECT_EQ(people_->sessions("u1")->front().seen_milliseconds, kNow + lag + 1);
  // The clock stepped back.
  (void)visit("hash 1", kNow);
  EXPECT_EQ(people_->sessions("u1")->front().seen_milliseconds, kNow + lag + 1);
}

TEST_P(PeopleContract, ANameChanges) {
  EXPECT_EQ(people_->rename("u1", "grace"), user("u1", "grace"));
  EXPECT_EQ(visit("hash 1")->user.name, "grace");
  EXPECT_EQ(visit("hash 2")->user.name, "ada");
  // Two people may have one name.
  EXPECT_EQ(people_->rename("u2", "grace"), user("u2", "grace"));
  EXPECT_EQ(people_->rename("nobody", "grace"), std::nullopt);
}

TEST_P(PeopleContract, AreGuestsUntilTheyAreMore) {
  using enum room::Role;
  EXPECT_EQ(visit("hash 1")->user.role, kGuest);
  EXPECT_EQ(people_->users_with_standing(), std::vector<User>{});
  auto member = user("u1");
  for (const auto role : {kMember, kRemoved, kGuest, kOwner}) {
    member.role = role;
    EXPECT_EQ(people_->set_role("u1", role), member);
    EXPECT_EQ(visit("hash 1"), (Visitor{member, "s1"}));
    EXPECT_EQ(people_->rename("u1", "mason"), member);
    EXPECT_EQ(people_->users_with_standing(), role == kGuest ? std::vector<User>{} : std::vector{member});
  }
  EXPECT_EQ(visit("hash 2")->user.role, kGuest);
  EXPECT_EQ(people_->set_role("nobody", kOwner), std::nullopt);
  auto third = user("u3", "ada");
  third.role = kOwner;
  ASSERT_TRUE(people_->add(third, session("s3"), "hash 3"));
  EXPECT_EQ(visit("hash 3"), (Visitor{third, "s3"}));
  member.role = kMember;
  ASSERT_TRUE(people_->set_role("u1", kMember));
  EXPECT_EQ(people_->users_with_standing(), (std::vector{third, member}));
}

TEST_P(PeopleContract, ARoleIsRaisedButOfThoseWhoWereRemoved) {
  using enum room::Role;
  auto member = user("u1");
  for (const auto& [wanted, then] : {std::pair{kMember, kMember}, {kOwner, kOwner}, {kMember, kOwner}}) {
    member.role = then;
    EXPECT_EQ(people_->raise_role("u1", wanted), member);
    EXPECT_EQ(visit("hash 1"), (Visitor{member, "s1"}));
  }
  ASSERT_TRUE(people_->set_role("u2", kRemoved));
  EXPECT_EQ(people_->raise_role("u2", kOwner)->value().role, kRemoved);
  EXPECT_EQ(visit("hash 2")->user.role, kRemoved);
  EXPECT_EQ(people_->raise_role("nobody", kOwner), std::nullopt);
}

TEST_P(PeopleContract, ThereIsAlwaysAnOwner) {
  using enum room::Role;
  ASSERT_TRUE(people_->set_role("u1", kOwner));
  for (const auto role : {kMember, kRemoved, kGuest}) {
    EXPECT_EQ(people_->set_role("u1", role).error().code, Code::kUnprocessable);
    EXPECT_EQ(visit("hash 1")->user.role, kOwner);
  }
  EXPECT_TRUE(people_->set_role("u1", kOwner));
  ASSERT_TRUE(people_->set_role("u2", kOwner));
  EXPECT_EQ((*people_->set_role("u1", kRemoved))->role, kRemoved);
  EXPECT_EQ(people_->set_role("u2", kMember).error().code, Code::kUnprocessable);
}

// --- Tokens and links ----------------------------------------------------------------------------

AccessToken token(std::string id, std::string name) {
  return {.id = std::move(id),
          .name = std::move(name),
          .grant = {.scopes = 5, .rooms = {"tea", "team/*"}},
          .created_milliseconds = kNow};
}

TEST_P(PeopleContract, ATokenIsFoundByItsHashUntilItIsRevoked) {
  Passes& passes = people_->passes();
  auto ci = token("t1", "ci");
  ASSERT_TRUE(passes.add_token(ci, "a"));
  auto bot = token("t2", "bot");
  bot.grant.rooms.clear();
  ASSERT_TRUE(passes.add_token(bot, "b"));
  EXPECT_EQ(passes.add_token(token("t3", "ci"), "c").error().code, Code::kUnprocessable);
  EXPECT_EQ(passes.find_token("c", kNow), std::nullopt);
  EXPECT_EQ(passes.find_token("", kNow), std::nullopt);
  EXPECT_EQ(passes.tokens(), (std::vector{bot, ci}));
  ci.used_milliseconds = kNow;
  EXPECT_EQ(passes.find_token("a", kNow), ci);
  const std::uint64_t lag = limits::kSessionSeenLag.count();
  EXPECT_EQ(passes.find_token("a", kNow + lag), ci);
  ci.used_milliseconds = kNow + lag + 1;
  EXPECT_EQ(passes.find_token("a", kNow + lag + 1), ci);
  EXPECT_EQ(passes.tokens(), (std::vector{bot, ci}));
  EXPECT_EQ(passes.revoke_token("nothing"), false);
  EXPECT_EQ(passes.revoke_token("ci"), true);
  EXPECT_EQ(passes.revoke_token("ci"), false);
  EXPECT_EQ(passes.find_token("a", kNow), std::nullopt);
  EXPECT_EQ(passes.tokens(), std::vector{bot});
  EXPECT_TRUE(passes.add_token(token("t3", "ci"), "c"));
}

TEST_P(PeopleContract, ATokenExpires) {
  Passes& passes = people_->passes();
  auto brief = token("t1", "brief");
  brief.expires_milliseconds = kNow + 10;
  ASSERT_TRUE(passes.add_token(brief, "a"));
  brief.used_milliseconds = kNow + 9;
  EXPECT_EQ(passes.find_token("a", kNow + 9), brief);
  EXPECT_EQ(passes.find_token("a", kNow + 10), std::nullopt);
  EXPECT_EQ(passes.tokens(), std::vector{brief});
}

TEST_P(PeopleContract, ThereAreOnlySoManyTokens) {
  Passes& passes = people_->passes();
  for (std::size_t i = 0; i < limits::kTokensMax; ++i) {
    const auto number = std::to_string(i);
    ASSERT_TRUE(passes.add_token(token(number, number), number));
  }
  EXPECT_EQ(passes.add_token(token("t", "t"), "t").error().code, Code::kUnprocessable);
  EXPECT_EQ(passes.revoke_token("7"), true);
  EXPECT_TRUE(passes.add_token(token("t", "t"), "t"));
}

TEST_P(PeopleContract, ALinkLetsInAsLongAsItSays) {
  using enum room::Role;
  Passes& passes = people_->passes();
  EXPECT_EQ(passes.find_link(kMember), std::nullopt);
  EXPECT_EQ(passes.use_link("m", kNow), std::nullopt);
  const Link join{.role = kMember, .code = "the code"};
  ASSERT_TRUE(passes.put_link(join, "m"));
  Link owner{.role = kOwner, .code = "", .expires_milliseconds = kNow + 10, .uses_left = 2};
  ASSERT_TRUE(passes.put_link(owner, "o"));
  for (int i = 0; i < 3; ++i) EXPECT_EQ(passes.use_link("m", kNow), kMember);
  EXPECT_EQ(passes.find_link(kMember), join);
  EXPECT_EQ(passes.use_link("o", kNow + 10), std::nullopt);
  EXPECT_EQ(passes.use_link("o", kNow + 9), kOwner);
  owner.uses_left = 1;
  EXPECT_EQ(passes.find_link(kOwner), owner);
  EXPECT_EQ(passes.use_link("o", kNow), kOwner);
  EXPECT_EQ(passes.use_link("o", kNow), std::nullopt);
  ASSERT_TRUE(passes.put_link({.role = kMember, .code = "another"}, "n"));
  EXPECT_EQ(passes.use_link("m", kNow), std::nullopt) << "it was replaced";
  EXPECT_EQ(passes.use_link("n", kNow), kMember);
}

TEST_P(PeopleContract, WhoLostARightIsToldInOrder) {
  Passes& passes = people_->passes();
  ASSERT_TRUE(passes.revoke("user:before"));
  auto place = passes.revoked_after("")->place;
  EXPECT_EQ(passes.revoked_after(place)->holders, std::vector<std::string>{});
  ASSERT_TRUE(passes.add_token(token("t1", "ci"), "a"));
  ASSERT_TRUE(passes.revoke_token("ci"));
  ASSERT_TRUE(passes.revoke("user:u1"));
  const auto both = passes.revoked_after(place);
  ASSERT_TRUE(both);
  EXPECT_EQ(both->holders, (std::vector<std::string>{"token:t1", "user:u1"}));
  EXPECT_EQ(passes.revoked_after(both->place)->holders, std::vector<std::string>{});
  ASSERT_TRUE(passes.revoke("user:u2"));
  EXPECT_EQ(passes.revoked_after(both->place)->holders, std::vector<std::string>{"user:u2"});
}

// --- Addresses that are refused ------------------------------------------------------------------

TEST_P(PeopleContract, AddressesAreBlockedOnce) {
  AddressBlocks& blocks = people_->blocks();
  EXPECT_EQ(blocks.all(), std::vector<AddressBlock>{});
  const AddressBlock one{.id = "b1", .address = "203.0.113.7", .created_milliseconds = kNow + 1};
  const AddressBlock other{.id = "b2", .address = "2001:db8::/32", .created_milliseconds = kNow};
  ASSERT_TRUE(blocks.add(one));
  ASSERT_TRUE(blocks.add(other));
  EXPECT_EQ(blocks.add({.id = "b3", .address = "203.0.113.7", .created_milliseconds = kNow}).error().code,
            Code::kUnprocessable);
  EXPECT_EQ(blocks.all(), (std::vector{other, one}));
  EXPECT_EQ(subnets_of({other, one}).size(), 2U);
  EXPECT_EQ(blocks.remove("203.0.113.8"), false);
  EXPECT_EQ(blocks.remove("203.0.113.7"), true);
  EXPECT_EQ(blocks.remove("203.0.113.7"), false);
  EXPECT_EQ(blocks.all(), std::vector{other});
}

TEST_P(PeopleContract, OnlySoManyAddressesAreBlocked) {
  AddressBlocks& blocks = people_->blocks();
  for (std::size_t i = 0; i < limits::kAddressBlocksMax; ++i) {
    ASSERT_TRUE(blocks.add({.id = std::to_string(i), .address = std::to_string(i)}));
  }
  EXPECT_EQ(blocks.add({.id = "b", .address = "b"}).error().code, Code::kUnprocessable);
  EXPECT_EQ(blocks.remove("7"), true);
  EXPECT_TRUE(blocks.add({.id = "b", .address = "b"}));
}

// --- What owners did -----------------------------------------------------------------------------

AuditEntry noted(std::size_t n) {
  return {.time_milliseconds = kNow + n,
          .by = n % 2 == 0 ? "" : "u1",
          .by_name = n % 2 == 0 ? "" : "caf\xc3\xa9",
          .action = "token.made",
          .subject = std::to_string(n),
          .subject_id = n % 3 == 0 ? "" : "t1"};
}

TEST_P(PeopleContract, WhatOwnersDidIsReadTheNewestFirst) {
  Audit& audit = people_->audit();
  auto page = audit.page("", 3);
  ASSERT_TRUE(page);
  EXPECT_TRUE(page->entries.empty());
  EXPECT_EQ(page->before, "");
  for (std::size_t n = 0; n < 6; ++n) ASSERT_TRUE(audit.add(noted(n)));
  page = audit.page("", 3);
  EXPECT_EQ(page->entries, (std::vector{noted(5), noted(4), noted(3)}));
  ASSERT_NE(page->before, "");
  // What comes now is no part of what was before.
  ASSERT_TRUE(audit.add(noted(6)));
  page = audit.page(page->before, 3);
  EXPECT_EQ(page->entries, (std::vector{noted(2), noted(1), noted(0)}));
  EXPECT_EQ(page->before, "");
  EXPECT_EQ(audit.page("", 1)->entries, std::vector{noted(6)});
  for (const char* nonsense : {"x", "-", "1x", "*", "+"}) {
    EXPECT_EQ(audit.page(nonsense, 3).error().code, Code::kUnprocessable) << nonsense;
  }
}

TEST_P(PeopleContract, OfWhatOwnersDidTheOldestIsForgotten) {
  Audit& audit = people_->audit();
  for (std::size_t n = 0; n < limits::kAuditEntriesMax + 2; ++n) ASSERT_TRUE(audit.add(noted(n)));
  const auto page = audit.page("", limits::kAuditEntriesMax + 2);
  ASSERT_TRUE(page);
  ASSERT_EQ(page->entries.size(), limits::kAuditEntriesMax);
  EXPECT_EQ(page->entries.back(), noted(2));
  EXPECT_EQ(page->before, "");
}

TEST_P(PeopleContract, ASessionEndsOnce) {
  EXPECT_EQ(people_->sessions("u1"), std::vector{session("s1")});
  EXPECT_EQ(people_->end_session("u2", "s1"), false);
  EXPECT_EQ(people_->end_session("nobody", "s1"), false);
  EXPECT_EQ(people_->end_session("u1", "s1"), true);
  EXPECT_EQ(people_->end_session("u1", "s1"), false);
  EXPECT_EQ(visit("hash 1"), std::nullopt);
  EXPECT_TRUE(visit("hash 2"));
  EXPECT_EQ(people_->sessions("u1"), std::vector<Session>{});
}

TEST_P(PeopleContract, ARoomIsOpenedAndReadAndNeverUnread) {
  EXPECT_EQ(people_->memberships("u1"), std::vector<Membership>{});
  Membership expected{.room = "tea", .read_through = at(5)};
  EXPECT_EQ(change("u1", {.room = "tea", .read_at_first = at(5)}), expected);
  // It is there: where it was read to first no longer counts.
  EXPECT_EQ(change("u1", {.room = "tea", .read_at_first = at(9)}), expected);
  expected.read_through = at(7, 3);
  EXPECT_EQ(change("u1", {.room = "tea", .read_at_first = {}, .read_through = at(7, 3)}), expected);
  EXPECT_EQ(change("u1", {.room = "tea", .read_at_first = {}, .read_through = at(7, 2)}), expected);
  expected.notifications = Notifications::kNothing;
  EXPECT_EQ(change("u1", {.room = "tea", .read_at_first = {}, .notifications = Notifications::kNothing}),
            expected);
  EXPECT_EQ(people_->memberships("u1"), std::vector{expected});
  EXPECT_EQ(people_->memberships("u2"), std::vector<Membership>{});
}

TEST_P(PeopleContract, RoomsAreInTheOrderTheyWereOpenedIn) {
  (void)change("u1", {.room = "tea", .read_at_first = {}});
  (void)change("u1", {.room = "caf\xc3\xa9", .read_at_first = {}});
  (void)change("u1", {.room = "tea", .read_at_first = {}, .read_through = at(1)});
  EXPECT_EQ(people_->leave("u1", "nowhere"), false);
  EXPECT_EQ(people_->leave("u2", "tea"), false);
  ASSERT_EQ(people_->memberships("u1")->size(), 2U);
  EXPECT_EQ(people_->memberships("u1")->front().room, "tea");
  EXPECT_EQ(people_->leave("u1", "tea"), true);
  (void)change("u1", {.room = "tea", .read_at_first = {}});
  EXPECT_EQ(people_->memberships("u1")->front().room, "caf\xc3\xa9");
}

TEST_P(PeopleContract, NobodyOpensMoreRoomsThanAStreamCanFollow) {
  for (std::size_t i = 0; i < limits::kMembershipsMax; ++i) {
    (void)change("u1", {.room = std::to_string(i), .read_at_first = {}});
  }
  const auto refused = people_->change("u1", {.room = "one more", .read_at_first = {}});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kUnprocessable);
  EXPECT_EQ(people_->memberships("u1")->size(), limits::kMembershipsMax);
  (void)change("u1", {.room = "7", .read_at_first = {}, .read_through = at(1)});
  (void)change("u2", {.room = "one more", .read_at_first = {}});
}

TEST_P(PeopleContract, NobodyOpensARoomForNobody) {
  const auto refused = people_->change("nobody", {.room = "tea", .read_at_first = {}});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kUnprocessable);
}

INSTANTIATE_TEST_SUITE_P(All, PeopleContract, testing::ValuesIn(kPeopleKinds),
                         [](const auto& kind) { return std::string(kind.param.name); });

TEST(RedisPeople, AreTheSameOnEveryNode) {
  const TemporaryDirectory directory;
  const auto one = redis_people(directory);
  const auto other = std::move(redis_engine().people);
  ASSERT_TRUE(one->add(user("u1"), session("s1"), "hash 1"));
  EXPECT_EQ(other->visit("hash 1", kNow), (Visitor{user("u1"), "s1"}));
  ASSERT_TRUE(other->change("u1", {.room = "tea", .read_at_first = {}, .read_through = at(5)}));
  EXPECT_EQ(one->memberships("u1"), (std::vector{Membership{.room = "tea", .read_through = at(5)}}));
  EXPECT_EQ(other->end_session("u1", "s1"), true);
  EXPECT_EQ(one->visit("hash 1", kNow), std::nullopt);
  ASSERT_TRUE(one->passes().add_token({.id = "t1", .name = "ci", .grant = {}}, "a"));
  const auto place = other->passes().revoked_after("")->place;
  EXPECT_EQ(other->passes().find_token("a", kNow)->value().id, "t1");
  EXPECT_EQ(one->passes().revoke_token("ci"), true);
  EXPECT_EQ(other->passes().find_token("a", kNow), std::nullopt);
  EXPECT_EQ(other->passes().revoked_after(place)->holders, std::vector<std::string>{"token:t1"});
  ASSERT_TRUE(one->audit().add(noted(1)));
  EXPECT_EQ(other->audit().page("", 1)->entries, std::vector{noted(1)});
}

// Also where the numbers are too long for Lua's.
TEST(RedisPeople, ReadPositionsAreComparedInFull) {
  const TemporaryDirectory directory;
  const auto people = redis_people(directory);
  ASSERT_TRUE(people->add(user("u1"), session("s1"), "hash 1"));
  const auto read_to = [&](EventId id) {
    return people->change("u1", {.room = "tea", .read_at_first = {}, .read_through = id})->read_through;
  };
  const EventId far = at(9, 18'000'000'000'000'000'001U);
  EXPECT_EQ(read_to(at(9, far.sequence - 2)).sequence, far.sequence - 2);
  EXPECT_EQ(read_to(far), far);
  EXPECT_EQ(read_to(at(9, far.sequence - 1)), far);
  EXPECT_EQ(read_to(at(9, 9)), far);
  EXPECT_EQ(read_to({9, far.sequence}), far);
  EXPECT_EQ(read_to(at(10)), at(10));
}

TEST(RedisPeople, ASessionExpires) {
  const TemporaryDirectory directory;
  const auto people = redis_people(directory);
  ASSERT_TRUE(people->add(user("u1"), session("s1"), "hash 1"));
  const std::string token = RedisKeys("test:").token("hash 1");
  const auto left = people_server().call({"PTTL", token}).value().integer();
  const auto lifetime = std::chrono::milliseconds(limits::kSessionLifetime).count();
  EXPECT_GT(left, lifetime - 60'000);
  EXPECT_LE(left, lifetime);
  people_server().call({"PEXPIRE", token, "0"});
  EXPECT_EQ(people->visit("hash 1", kNow), std::nullopt);
  EXPECT_EQ(people->sessions("u1"), std::vector<Session>{});
  EXPECT_EQ(people->end_session("u1", "s1"), false);
}

TEST(RedisPeople, WithoutRedisSaySo) {
  const TemporaryDirectory directory;
  const auto people = redis_people(directory);
  people_server().stop();
  const auto visitor = people->visit("hash 1", kNow);
  people_server().start();
  ASSERT_FALSE(visitor);
  EXPECT_EQ(visitor.error().code, Code::kUnavailable);
}

TEST(SqlitePeople, AreThereAfterARestart) {
  const TemporaryDirectory directory;
  {
    const auto journal = sqlite_journal(directory);
    const auto people = sqlite_people(directory);
    ASSERT_TRUE(people->add(user("u1"), session("s1"), "hash 1"));
    ASSERT_TRUE(people->change("u1", {.room = "tea", .read_at_first = at(5)}));
  }
  const auto journal = sqlite_journal(directory);
  const auto people = sqlite_people(directory);
  EXPECT_EQ(people->visit("hash 1", kNow), (Visitor{user("u1"), "s1"}));
  EXPECT_EQ(people->memberships("u1"), (std::vector{Membership{.room = "tea", .read_through = at(5)}}));
}

TEST(SqlitePeople, WithoutTheirFileSaySoWhenAsked) {
  const TemporaryDirectory directory;
  const auto people = sqlite_people(directory);
  const auto visitor = people->visit("hash 1", kNow);
  ASSERT_FALSE(visitor);
  EXPECT_EQ(visitor.error().code, Code::kStorageFailed);
  const auto journal = sqlite_journal(directory);
  EXPECT_EQ(people->visit("hash 1", kNow), std::nullopt) << "they are usable again";
}

// Each waits for the other's commits, and neither fails.
TEST(SqlitePeople, AreWrittenWhileTheJournalIs) {
  const TemporaryDirectory directory;
  const auto journal =
      std::move(*open_sqlite_journal({directory.path(), Durability::kFsync, {}, ""}, ManualClock()));
  const auto people = sqlite_people(directory);
  ASSERT_TRUE(people->add(user("u1"), session("s1"), "hash 1"));
  std::thread writer([&] {
    for (std::uint64_t n = 1; n <= 500; ++n) {
      const auto one = event(at(n), "tea");
      ASSERT_TRUE(journal->append(std::span(&one, 1)));
    }
  });
  for (std::uint64_t n = 1; n <= 500; ++n) {
    const auto changed = people->change("u1", {.room = "tea", .read_at_first = {}, .read_through = at(n)});
    ASSERT_TRUE(changed) << changed.error().detail;
    EXPECT_EQ(changed->read_through, at(n));
  }
  writer.join();
}

}  // namespace tinychat::journal::people_contract_test
