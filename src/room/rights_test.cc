#include "room/rights.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace tinychat::room::rights_test {

using enum Right;

constexpr std::array kAll = {kPublic,    kEnter,   kSelf, kKeepRooms, kListRooms,  kRead,
                             kSubscribe, kPublish, kShow, kHost,      kListPeople, kGovern};
static_assert(kAll.size() == kRights);

Principal user(Role role) { return KnownUser{"u1", role}; }
Principal token(std::uint8_t scopes, std::vector<std::string> rooms = {}) {
  return TokenHolder{"t1", {scopes, std::move(rooms)}};
}
constexpr auto kReads = static_cast<std::uint8_t>(Scope::kRead);
constexpr auto kSubscribes = static_cast<std::uint8_t>(Scope::kSubscribe);
constexpr auto kPublishes = static_cast<std::uint8_t>(Scope::kPublish);
constexpr std::uint8_t kEverything = kReads | kSubscribes | kPublishes;

// A digit for each right, in their order: 2 it may, 1 nobody known asks, 3 it may not, 4 there is no such
// room for it, 5 the room is locked.
std::string verdicts(const Principal& principal, Door door, const AskedRoom& room = {.name = "tea"}) {
  std::string text;
  for (const Right right : kAll) {
    const bool is_about_a_room =
        right == kRead || right == kSubscribe || right == kPublish || right == kShow || right == kHost;
    switch (decide(principal, right, is_about_a_room ? std::optional(room) : std::nullopt, door)) {
      case Verdict::kAllowed: text += '2'; break;
      case Verdict::kUnauthenticated: text += '1'; break;
      case Verdict::kForbidden: text += '3'; break;
      case Verdict::kHidden: text += '4'; break;
      case Verdict::kLocked: text += '5'; break;
    }
  }
  return text;
}

struct Case {
  const char* who;
  Principal principal;
  //                 public enter self keep list read subscribe publish show host people govern
  const char* open;
  const char* closed;
};

TEST(Rights, AreOneTable) {
  const Case cases[] = {
      {"nobody", Nobody{}, "221122221111", "211111111111"},
      {"removed", user(Role::kRemoved), "233333333333", "233333333333"},
      {"guest", user(Role::kGuest), "222222222333", "222333333333"},
      {"member", user(Role::kMember), "222222222323", "222222222323"},
      {"owner", user(Role::kOwner), "222222222222", "222222222222"},
      {"token for nothing", token(0), "233333333333", "233333333333"},
      {"token for everything", token(kEverything), "233322223333", "233322223333"},
      {"token that reads", token(kReads), "233322333333", "233322333333"},
      {"token that follows", token(kSubscribes), "233333233333", "233333233333"},
      {"token that writes", token(kPublishes), "233333323333", "233333323333"},
      {"token for the room", token(kEverything, {"tea"}), "233332223333", "233332223333"},
      {"token for another room", token(kEverything, {"coffee"}), "233333333333", "233333333333"},
  };
  for (const auto& one : cases) {
    EXPECT_EQ(verdicts(one.principal, Door::kOpen), one.open) << one.who << ", open";
    EXPECT_EQ(verdicts(one.principal, Door::kClosed), one.closed) << one.who << ", closed";
  }
}

constexpr std::string_view kHiddenRoom = "~abcdefghijklmnopqrstuv";

TEST(Rights, OfAPrivateRoomAreItsMembers) {
  // Whether there is one or not, and whoever it is: who is no member sees no difference.
  const AskedRoom none{.name = kHiddenRoom};
  const AskedRoom member{.name = kHiddenRoom, .part = Part::kMember};
  const AskedRoom host{.name = kHiddenRoom, .part = Part::kHost};
  for (const auto role : {Role::kGuest, Role::kMember, Role::kOwner}) {
    const std::string last =
        std::string(role == Role::kGuest ? "3" : "2") + (role == Role::kOwner ? '2' : '3');
    EXPECT_EQ(verdicts(user(role), Door::kOpen, none), "2222244444" + last);
    EXPECT_EQ(verdicts(user(role), Door::kOpen, member), "2222222223" + last);
    EXPECT_EQ(verdicts(user(role), Door::kOpen, host), "2222222222" + last);
  }
  EXPECT_EQ(verdicts(Nobody{}, Door::kOpen, none), "221124441111");
  EXPECT_EQ(verdicts(Nobody{}, Door::kClosed, none), "211111111111");
  EXPECT_EQ(verdicts(user(Role::kRemoved), Door::kOpen, host), "233333333333");
  EXPECT_EQ(verdicts(user(Role::kGuest), Door::kClosed, host), "222333333333");
  // A token is for private rooms if it says so, and then only for those there are.
  EXPECT_EQ(verdicts(token(kEverything), Door::kClosed, member), "233324443333");
  EXPECT_EQ(verdicts(token(kEverything, {"*"}), Door::kClosed, member), "233334443333");
  EXPECT_EQ(verdicts(token(kEverything, {"~*"}), Door::kClosed, member), "233332223333");
  EXPECT_EQ(verdicts(token(kEverything, {std::string(kHiddenRoom)}), Door::kClosed, member), "233332223333");
  EXPECT_EQ(verdicts(token(kEverything, {"~*"}), Door::kClosed, none), "233334443333");
  EXPECT_EQ(verdicts(token(kReads, {"~*"}), Door::kClosed, none), "233334333333");
}

TEST(Rights, ToWriteInALockedRoomAreThoseOfWhoCanOpenIt) {
  const AskedRoom tea{.name = "tea", .is_locked = true};
  EXPECT_EQ(verdicts(Nobody{}, Door::kOpen, tea), "221122251111");
  EXPECT_EQ(verdicts(Nobody{}, Door::kClosed, tea), "211111111111");
  EXPECT_EQ(verdicts(user(Role::kMember), Door::kClosed, tea), "222222252323");
  EXPECT_EQ(verdicts(user(Role::kOwner), Door::kClosed, tea), "222222222222");
  EXPECT_EQ(verdicts(token(kEverything), Door::kClosed, tea), "233322253333");
  const AskedRoom member{.name = kHiddenRoom, .part = Part::kMember, .is_locked = true};
  const AskedRoom host{.name = kHiddenRoom, .part = Part::kHost, .is_locked = true};
  EXPECT_EQ(verdicts(user(Role::kOwner), Door::kClosed, member), "222222252322");
  EXPECT_EQ(verdicts(user(Role::kMember), Door::kClosed, host), "222222222223");
}

TEST(Rights, AGrantCoversRoomsByNameOrBeginning) {
  const Grant grant{kReads, {"tea", "team/*", "x*"}};
  for (const char* room : {"tea", "team/a", "team/a/b", "x", "xyz"}) EXPECT_TRUE(grant.covers(room)) << room;
  for (const char* room : {"te", "teas", "tea/a", "team", "Tea", "", "ax"}) {
    EXPECT_FALSE(grant.covers(room)) << room;
  }
  EXPECT_TRUE((Grant{kReads, {}}.covers("anything")));
  EXPECT_TRUE((Grant{kReads, {"*"}}.covers("anything")));
}

TEST(Rights, RulesForRoomsAreNamesOrBeginnings) {
  for (const char* rule : {"tea", "team/*", "te*", "*", "caf\xc3\xa9"}) {
    EXPECT_TRUE(check_room_rule(rule)) << rule;
  }
  for (const char* rule : {"", "a//b", "/a*", "a**", "*a", "api/*", "a\n*", "\xff*"}) {
    EXPECT_EQ(check_room_rule(rule).has_value(), std::string_view(rule) == "*a") << rule;
  }
}

TEST(Rights, RolesHaveNames) {
  for (const auto role : {Role::kRemoved, Role::kGuest, Role::kMember, Role::kOwner}) {
    EXPECT_EQ(find_role(name_of(role)), role);
  }
  EXPECT_EQ(name_of(Role::kOwner), "owner");
  EXPECT_EQ(find_role("king"), std::nullopt);
}

TEST(Rights, HoldersHaveOneNameEach) {
  EXPECT_EQ(holder_of(user(Role::kMember)), "user:u1");
  EXPECT_EQ(holder_of(token(0)), "token:t1");
  EXPECT_EQ(holder_of(Nobody{}), "");
}

}  // namespace tinychat::room::rights_test
