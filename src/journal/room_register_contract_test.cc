// What every implementation of RoomRegister promises.
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/limits.h"
#include "base/secret.h"
#include "journal/people_fixtures.h"
#include "journal/room_register.h"
#include "room/room_name.h"

namespace tinychat::journal {

inline void PrintTo(const RoomView& view, std::ostream* out) {
  *out << '"' << view.title << "\" " << (view.is_locked ? "locked " : "") << (view.is_direct ? "direct " : "")
       << static_cast<int>(view.part);
}

namespace room_register_contract_test {

using room::Part;
using Names = std::vector<std::string>;

class RoomRegisterContract : public testing::TestWithParam<PeopleKind> {
 protected:
  void SetUp() override {
    journal_ = GetParam().journal(directory_);
    people_ = GetParam().people(directory_);
    for (const char* name : {"ada", "grace", "mason", "eve"}) {
      ASSERT_TRUE(
          people_->add(user(name, "The " + std::string(name)), session(std::string("s ") + name), name));
    }
    place_ = people_->passes().revoked_after("")->place;
  }

  RoomRegister& rooms() { return people_->rooms(); }
  std::string make(Names users, const std::string& title = "Plans") {
    std::string name = room::private_name(random_key());
    const auto made = rooms().make(name, title, users);
    EXPECT_TRUE(made) << made.error().detail;
    return name;
  }
  RoomView look(const std::string& user, const std::string& room) {
    auto views = rooms().look(user, std::span(&room, 1));
    EXPECT_TRUE(views) << views.error().detail;
    return views ? views->front() : RoomView{};
  }
  Part part(const std::string& user, const std::string& room) { return look(user, room).part; }
  // Who is in, the host first and marked.
  std::string members(const std::string& room) {
    const auto members = rooms().members(room);
    if (!members) return members.error().detail;
    if (!*members) return "no room";
    std::string text = (*members)->host + ':';
    for (const auto& person : (*members)->people) {
      EXPECT_EQ(person.name, "The " + person.id);
      text += ' ' + person.id;
    }
    return text;
  }
  Names revoked() {
    auto news = people_->passes().revoked_after(place_);
    EXPECT_TRUE(news);
    place_ = news->place;
    return news->holders;
  }
  void expect_code(const auto& result, Code code) {
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().code, code) << result.error().detail;
  }

  TemporaryDirectory directory_;
  std::unique_ptr<Journal> journal_;
  std::unique_ptr<People> people_;
  std::string place_;
};

TEST_P(RoomRegisterContract, APrivateRoomIsThereForItsMembers) {
  const auto room = make({"grace", "ada"});
  EXPECT_EQ(members(room), "grace: grace ada");
  EXPECT_EQ(look("grace", room), (RoomView{.title = "Plans", .part = Part::kHost}));
  EXPECT_EQ(look("ada", room), (RoomView{.title = "Plans", .part = Part::kMember}));
  EXPECT_EQ(look("eve", room), RoomView{});
  EXPECT_EQ(look("nobody", room), RoomView{});
  EXPECT_EQ(look("", room), (RoomView{.title = "Plans", .part = Part::kMember})) << "as tokens see it";
  const auto other = room::private_name(random_key());
  EXPECT_EQ(look("grace", other), RoomView{});
  EXPECT_EQ(look("", other), RoomView{});
  EXPECT_EQ(members(other), "no room");
  EXPECT_EQ(members("tea"), "no room");
  const Names all{room, other, "tea", room};
  const auto views = rooms().look("ada", all);
  ASSERT_TRUE(views);
  ASSERT_EQ(views->size(), 4U);
  EXPECT_EQ((*views)[3], (RoomView{.title = "Plans", .part = Part::kMember}));
  EXPECT_EQ((*views)[1], RoomView{});
  EXPECT_EQ((*views)[2], RoomView{});
  EXPECT_EQ(rooms().look("ada", {})->size(), 0U);
}

TEST_P(RoomRegisterContract, IsMadeOfPeopleThereAre) {
  ASSERT_TRUE(people_->set_role("eve", room::Role::kRemoved));
  const auto name = room::private_name(random_key());
  expect_code(rooms().make(name, "", Names{"ada", "nobody"}), Code::kUnprocessable);
  expect_code(rooms().make(name, "", Names{"ada", "eve"}), Code::kUnprocessable);
  expect_code(rooms().make(name, "", Names(limits::kRoomMembersMax + 1, "ada")), Code::kUnprocessable);
  EXPECT_EQ(members(name), "no room");
  expect_code(rooms().make_direct(name, "ada", "eve"), Code::kUnprocessable);
  expect_code(rooms().make_direct(name, "nobody", "ada"), Code::kUnprocessable);
  EXPECT_EQ(look("ada", name), RoomView{});
}

// Who is sent out meanwhile does not add anybody any more, themselves least of all.
TEST_P(RoomRegisterContract, OnlyAMemberAdds) {
  const auto room = make({"ada", "mason"});
  EXPECT_TRUE(rooms().add(room, "grace", "mason"));
  ASSERT_TRUE(rooms().remove(room, "mason"));
  expect_code(rooms().add(room, "mason", "mason"), Code::kNotFound);
  expect_code(rooms().add(room, "eve", "mason"), Code::kNotFound);
  EXPECT_EQ(members(room), "ada: ada grace");
}

TEST_P(RoomRegisterContract, WhoComesIsAddedOnce) {
  const auto room = make({"ada"});
  EXPECT_TRUE(rooms().add(room, "mason", {}));
  EXPECT_TRUE(rooms().add(room, "mason", {}));
  EXPECT_TRUE(rooms().add(room, "ada", {}));
  EXPECT_EQ(members(room), "ada: ada mason");
  expect_code(rooms().add(room, "nobody", {}), Code::kUnprocessable);
  ASSERT_TRUE(people_->set_role("eve", room::Role::kRemoved));
  expect_code(rooms().add(room, "eve", {}), Code::kUnprocessable);
  expect_code(rooms().add(room::private_name(random_key()), "ada", {}), Code::kNotFound);
  EXPECT_EQ(revoked(), Names{});
}

TEST_P(RoomRegisterContract, WhoGoesLosesTheRightToItAlone) {
  const auto room = make({"ada", "grace", "mason"});
  EXPECT_EQ(rooms().remove(room, "eve"), false);
  EXPECT_EQ(rooms().remove(room, "nobody"), false);
  EXPECT_EQ(revoked(), Names{});
  EXPECT_EQ(rooms().remove(room, "grace"), true);
  EXPECT_EQ(revoked(), Names{"user:grace " + room});
  EXPECT_EQ(rooms().remove(room, "grace"), false);
  EXPECT_EQ(look("grace", room), RoomView{});
  EXPECT_EQ(members(room), "ada: ada mason");
  // The one who has been there for longest follows the host.
  ASSERT_TRUE(rooms().add(room, "grace", {}));
  EXPECT_EQ(rooms().remove(room, "ada"), true);
  EXPECT_EQ(members(room), "mason: mason grace");
  EXPECT_EQ(part("mason", room), Part::kHost);
  EXPECT_EQ(rooms().remove(room, "mason"), true);
  EXPECT_EQ(rooms().remove(room, "grace"), true);
  EXPECT_EQ(members(room), "no room");
  EXPECT_EQ(look("", room), RoomView{}) << "it is nobody's";
  expect_code(rooms().add(room, "ada", {}), Code::kNotFound);
  expect_code(rooms().change(room, {.title = "x"}), Code::kNotFound);
}

TEST_P(RoomRegisterContract, ThereIsAHostWhoeverWasRemovedFromTheServer) {
  const auto room = make({"ada", "grace", "mason"});
  ASSERT_TRUE(people_->set_role("ada", room::Role::kRemoved));
  EXPECT_EQ(members(room), "grace: grace mason");
  EXPECT_EQ(part("grace", room), Part::kHost);
  EXPECT_EQ(part("mason", room), Part::kMember);
  ASSERT_TRUE(people_->set_role("ada", room::Role::kMember));
  EXPECT_EQ(members(room), "ada: ada grace mason");
  EXPECT_EQ(part("grace", room), Part::kMember);
}

TEST_P(RoomRegisterContract, HasSoManyMembers) {
  Names users;
  for (std::size_t i = 0; i < limits::kRoomMembersMax; ++i) {
    users.push_back("user" + std::to_string(i));
    ASSERT_TRUE(people_->add(user(users.back(), "The " + users.back()), session("of " + users.back()),
                             "hash of " + users.back()));
  }
  const auto room = make(users);
  expect_code(rooms().add(room, "ada", {}), Code::kUnprocessable);
  EXPECT_EQ(rooms().remove(room, users.front()), true);
  EXPECT_TRUE(rooms().add(room, "ada", {}));
  EXPECT_EQ(part(users[1], room), Part::kHost);
}

TEST_P(RoomRegisterContract, TwoHaveOneDirectRoom) {
  const auto wanted = room::private_name(random_key());
  EXPECT_EQ(rooms().make_direct(wanted, "ada", "grace"), wanted);
  const auto another = room::private_name(random_key());
  EXPECT_EQ(rooms().make_direct(another, "ada", "grace"), wanted);
  EXPECT_EQ(rooms().make_direct(another, "grace", "ada"), wanted);
  EXPECT_EQ(rooms().make_direct(another, "grace", "mason"), another);
  EXPECT_EQ(members(wanted), ": ada grace");
  EXPECT_EQ(look("ada", wanted), (RoomView{.title = "The grace", .is_direct = true, .part = Part::kMember}));
  EXPECT_EQ(look("grace", wanted), (RoomView{.title = "The ada", .is_direct = true, .part = Part::kMember}));
  EXPECT_EQ(look("", wanted), (RoomView{.is_direct = true, .part = Part::kMember}));
  EXPECT_EQ(look("eve", wanted), RoomView{});
  ASSERT_TRUE(people_->rename("grace", "Amazing"));
  EXPECT_EQ(look("ada", wanted).title, "Amazing");
  ASSERT_TRUE(people_->set_role("grace", room::Role::kRemoved));
  EXPECT_EQ(look("ada", wanted).title, "Amazing");
  expect_code(rooms().add(wanted, "eve", {}), Code::kUnprocessable);
  expect_code(rooms().remove(wanted, "ada"), Code::kUnprocessable);
  expect_code(rooms().change(wanted, {.title = "x"}), Code::kUnprocessable);
  expect_code(rooms().change(wanted, {.is_locked = true}), Code::kUnprocessable);
  EXPECT_EQ(rooms().make_direct(another, "ada", "grace"), wanted) << "what was said there is there";
}

TEST_P(RoomRegisterContract, EveryRoomMayHaveATitleAndBeLocked) {
  EXPECT_EQ(look("ada", "tea"), RoomView{});
  ASSERT_TRUE(rooms().change("tea", {.title = "Tea & more", .is_locked = {}}));
  EXPECT_EQ(look("ada", "tea"), (RoomView{.title = "Tea & more"}));
  EXPECT_EQ(look("", "tea"), (RoomView{.title = "Tea & more"}));
  ASSERT_TRUE(rooms().change("tea", {.title = {}, .is_locked = true}));
  EXPECT_EQ(look("ada", "tea"), (RoomView{.title = "Tea & more", .is_locked = true}));
  ASSERT_TRUE(rooms().change("tea", {.title = "", .is_locked = {}}));
  EXPECT_EQ(look("ada", "tea"), (RoomView{.is_locked = true}));
  const auto room = make({"ada", "grace"});
  ASSERT_TRUE(rooms().change(room, {.title = "Secret plans", .is_locked = true}));
  EXPECT_EQ(look("grace", room),
            (RoomView{.title = "Secret plans", .is_locked = true, .part = Part::kMember}));
  EXPECT_EQ(look("eve", room), RoomView{});
  EXPECT_EQ(rooms().locked(), Names{"tea"}) << "private ones are looked up anyway";
  ASSERT_TRUE(rooms().change("tea", {.title = {}, .is_locked = false}));
  EXPECT_EQ(rooms().locked(), Names{});
  EXPECT_EQ(look("ada", "tea"), RoomView{});
  expect_code(rooms().change(room::private_name(random_key()), {.title = "x"}), Code::kNotFound);
}

TEST_P(RoomRegisterContract, OnlySoManyAreLocked) {
  for (std::size_t i = 0; i < limits::kLockedRoomsMax; ++i) {
    ASSERT_TRUE(rooms().change("room " + std::to_string(i), {.is_locked = true}));
  }
  expect_code(rooms().change("tea", {.is_locked = true}), Code::kUnprocessable);
  EXPECT_EQ(look("ada", "tea"), RoomView{});
  EXPECT_TRUE(rooms().change("room 7", {.is_locked = true}));
  EXPECT_TRUE(rooms().change(make({"ada"}), {.is_locked = true}));
  EXPECT_TRUE(rooms().change("tea", {.title = "x"}));
  EXPECT_TRUE(rooms().change("room 7", {.is_locked = false}));
  EXPECT_TRUE(rooms().change("tea", {.is_locked = true}));
  EXPECT_EQ(rooms().locked()->size(), limits::kLockedRoomsMax);
}

INSTANTIATE_TEST_SUITE_P(All, RoomRegisterContract, testing::ValuesIn(kPeopleKinds),
                         [](const auto& kind) { return std::string(kind.param.name); });

TEST(PairOfUsers, IsTheSameForBoth) {
  EXPECT_EQ(pair_of("b", "a"), pair_of("a", "b"));
  EXPECT_NE(pair_of("b", "a"), pair_of("c", "a"));
  EXPECT_EQ(other_of(pair_of("b", "a"), "a"), "b");
  EXPECT_EQ(other_of(pair_of("b", "a"), "b"), "a");
  EXPECT_EQ(other_of(pair_of("b", "a"), "c"), "");
}

TEST(SqliteRoomRegister, IsThereAfterARestart) {
  const TemporaryDirectory directory;
  const std::string room = room::private_name(random_key());
  const Names users{"u1", "u2"};
  {
    const auto journal = sqlite_journal(directory);
    const auto people = sqlite_people(directory);
    ASSERT_TRUE(people->add(user("u1"), session("s1"), "hash 1"));
    ASSERT_TRUE(people->add(user("u2"), session("s2"), "hash 2"));
    ASSERT_TRUE(people->rooms().make(room, "Plans", users));
    ASSERT_TRUE(people->rooms().change("tea", {.is_locked = true}));
  }
  const auto journal = sqlite_journal(directory);
  const auto people = sqlite_people(directory);
  EXPECT_EQ(people->rooms().look("u1", std::span(&room, 1))->front(),
            (RoomView{.title = "Plans", .part = Part::kHost}));
  EXPECT_EQ(people->rooms().locked(), Names{"tea"});
}

}  // namespace room_register_contract_test
}  // namespace tinychat::journal
