// The door: when it is closed, what the start says of it, and what the command line does about it.
#include "app/door.h"

#include <gtest/gtest.h>

#include <string>

#include "app/door_commands.h"
#include "app/greeting.h"
#include "base/secret.h"
#include "journal/memory_people.h"

namespace tinychat::app::door_test {

Options at(const std::string& host) {
  Options options;
  options.host = host;
  return options;
}

TEST(Door, IsOpenOnlyWhereThisMachineAloneCanReachIt) {
  for (const char* host : {"127.0.0.1", "127.0.0.2", "::1", "localhost"}) {
    EXPECT_EQ(door_of(at(host)), room::Door::kOpen) << host;
  }
  for (const char* host : {"*", "0.0.0.0", "::", "192.0.2.1", "2001:db8::1", "chat.example"}) {
    EXPECT_EQ(door_of(at(host)), room::Door::kClosed) << host;
    auto options = at(host);
    options.door = room::Door::kOpen;
    EXPECT_EQ(door_of(options), room::Door::kOpen) << host;
    EXPECT_TRUE(greeting(options, 80).contains("hoever reaches port 80 can read and write.\n")) << host;
  }
}

TEST(Door, ItsLinksAreToldAtTheStart) {
  const auto people = journal::make_memory_people();
  const ManualClock clock;
  const auto first = invite(*people, clock);
  ASSERT_TRUE(first);
  const auto text = greeting(at("192.0.2.1"), 80, 0, *first);
  EXPECT_TRUE(text.contains("http://192.0.2.1:80/join/" + first->join_code + "\n")) << text;
  EXPECT_TRUE(text.contains("http://192.0.2.1:80/join/" + first->owner_code + "\n")) << text;
  EXPECT_FALSE(text.contains("can read and write"));
  const auto second = invite(*people, clock);
  ASSERT_TRUE(second);
  EXPECT_EQ(second->join_code, first->join_code);
  EXPECT_EQ(second->owner_code, "") << "it is told once";
  ASSERT_TRUE(people->passes().use_link(token_hash(first->join_code), clock.utc_milliseconds()));
  ASSERT_TRUE(people->passes().put_link({.role = room::Role::kMember, .code = "spent", .uses_left = 0}, "h"));
  const auto third = invite(*people, clock);
  ASSERT_TRUE(third);
  auto elsewhere = at("192.0.2.1");
  elsewhere.journal = JournalKind::kSqlite;
  elsewhere.data = "/srv/chat";
  const auto later = greeting(elsewhere, 80, 0, *third);
  EXPECT_FALSE(later.contains("spent")) << later;
  EXPECT_TRUE(later.contains("make another with `join-link --new`")) << later;
  EXPECT_TRUE(later.contains("tinychat join-link --data /srv/chat --host 192.0.2.1 --port 80\n")) << later;
}

class DoorCommands : public testing::Test {
 protected:
  Result<CommandOutcome> carry_out(DoorCommand command) {
    return run({.command = std::move(command), .options = at("192.0.2.1")}, *people_, clock_);
  }
  std::string said(DoorCommand command) {
    const auto outcome = carry_out(std::move(command));
    return outcome ? outcome->text : "refused: " + outcome.error().detail;
  }
  static std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }
  std::optional<room::Role> use(const std::string& url) {
    return *people_->passes().use_link(token_hash(url.substr(url.rfind('/') + 1)), clock_.utc_milliseconds());
  }

  using enum DoorCommand::Kind;
  ManualClock clock_;
  std::unique_ptr<journal::People> people_ = journal::make_memory_people();
};

TEST_F(DoorCommands, AJoinLinkStaysUntilItIsReplaced) {
  const auto link = first_line(said({.kind = kJoinLink}));
  EXPECT_TRUE(link.starts_with("http://192.0.2.1:8080/join/")) << link;
  EXPECT_EQ(first_line(said({.kind = kJoinLink})), link);
  EXPECT_EQ(use(link), room::Role::kMember);
  EXPECT_TRUE(said({.kind = kJoinLink, .uses = 1}).starts_with("refused: "));
  const auto other = said({.kind = kJoinLink, .is_new = true, .expires_days = 1, .uses = 1});
  EXPECT_TRUE(other.contains(", 1 times more")) << other;
  EXPECT_EQ(use(link), std::nullopt);
  EXPECT_EQ(use(first_line(other)), room::Role::kMember);
  EXPECT_EQ(use(first_line(other)), std::nullopt);
}

TEST_F(DoorCommands, AnOwnerLinkIsShownOnce) {
  const auto link = first_line(said({.kind = kOwnerLink}));
  const auto other = first_line(said({.kind = kOwnerLink}));
  EXPECT_NE(link, other);
  EXPECT_EQ(use(link), std::nullopt);
  EXPECT_EQ(use(other), room::Role::kOwner);
  EXPECT_EQ(use(other), std::nullopt);
  EXPECT_EQ(people_->passes().find_link(room::Role::kOwner)->value().code, "");
}

TEST_F(DoorCommands, TokensComeAndGo) {
  EXPECT_EQ(said({.kind = kTokenList}), "There are no tokens.\n");
  const auto made =
      said({.kind = kTokenCreate, .name = "ci", .rooms = {"deploys", "team/*"}, .can = {"publish", "read"}});
  const auto found = people_->passes().find_token(token_hash(first_line(made)), clock_.utc_milliseconds());
  ASSERT_TRUE(found && *found) << made;
  EXPECT_EQ((*found)->grant, (room::Grant{5, {"deploys", "team/*"}}));
  const auto list = said({.kind = kTokenList});
  EXPECT_TRUE(list.starts_with("ci: can publish,read in deploys,team/*, for ever, ")) << list;
  EXPECT_FALSE(list.contains(first_line(made)));
  EXPECT_TRUE(said({.kind = kTokenRevoke, .name = "ci"}).starts_with("ci lets nobody in"));
  EXPECT_TRUE(said({.kind = kTokenRevoke, .name = "ci"}).starts_with("refused: "));
}

TEST_F(DoorCommands, RefuseWhatIsNoToken) {
  for (const DoorCommand& command :
       {DoorCommand{.kind = kTokenCreate, .name = "", .can = {"read"}},
        DoorCommand{.kind = kTokenCreate, .name = "a\nb", .can = {"read"}},
        DoorCommand{.kind = kTokenCreate, .name = "ci", .can = {"fly"}},
        DoorCommand{.kind = kTokenCreate, .name = "ci", .can = {}},
        DoorCommand{.kind = kTokenCreate, .expires_days = 0, .name = "ci", .can = {"read"}},
        DoorCommand{.kind = kTokenCreate, .expires_days = 3651, .name = "ci", .can = {"read"}},
        DoorCommand{.kind = kTokenCreate, .name = "ci", .rooms = {"a//b"}, .can = {"read"}}}) {
    const auto outcome = carry_out(command);
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, Code::kUsage);
  }
  EXPECT_EQ(people_->passes().tokens()->size(), 0U);
}

// The limits are those of the interface over HTTP.
TEST_F(DoorCommands, AnEndIsWithinTheLimit) {
  const auto link = said({.kind = kJoinLink, .is_new = true, .expires_days = 3650});
  EXPECT_TRUE(link.contains(", until 2033-11-11T22:13:20.000Z")) << link;
  EXPECT_EQ(
      said({.kind = kJoinLink, .is_new = true, .expires_days = 3650.5}),
      "refused: --expires: Links and tokens are good for more than 0 and at most 3650 days; send such a "
      "number, or none for one without an end.");
  EXPECT_EQ(first_line(said({.kind = kJoinLink})), first_line(link)) << "the one there was is still good";
}

TEST_F(DoorCommands, PeopleAreListedAndRemoved) {
  EXPECT_EQ(said({.kind = kPeopleList}), "Nobody has been let in yet.\n");
  ASSERT_TRUE(people_->add({.id = "u1", .name = "ada", .role = room::Role::kMember},
                           {.id = "s1", .user_agent = ""}, "hash"));
  EXPECT_EQ(said({.kind = kPeopleList}), "u1  member  ada\n");
  EXPECT_TRUE(said({.kind = kPeopleRemove, .name = "u2"}).starts_with("refused: "));
  EXPECT_TRUE(said({.kind = kPeopleRemove, .name = "u1"}).starts_with("ada is out"));
  EXPECT_EQ(said({.kind = kPeopleList}), "u1  removed  ada\n");
  EXPECT_EQ(people_->passes().revoked_after("0")->holders, std::vector<std::string>{"user:u1"});
}

TEST_F(DoorCommands, AddressesAreBlockedAndNoLonger) {
  EXPECT_EQ(said({.kind = kBlockList}), "No address is blocked.\n");
  EXPECT_TRUE(said({.kind = kBlockAdd, .name = "203.0.113.9/24"}).starts_with("203.0.113.0/24 is refused"));
  EXPECT_TRUE(said({.kind = kBlockAdd, .name = "2001:db8::7"}).starts_with("2001:db8::/64 is refused"));
  const std::string since = ", since 2023-11-14T22:13:20.000Z\n";
  EXPECT_EQ(said({.kind = kBlockList}), "2001:db8::/64" + since + "203.0.113.0/24" + since);
  for (const char* wrong : {"", "x", "127.0.0.1", "::1", "0.0.0.0/0", "203.0.113.0/24"}) {
    EXPECT_TRUE(said({.kind = kBlockAdd, .name = wrong}).starts_with("refused: ")) << wrong;
  }
  EXPECT_EQ(said({.kind = kBlockRemove, .name = "203.0.113.0/24"}), "203.0.113.0/24 is no longer refused.\n");
  EXPECT_TRUE(said({.kind = kBlockRemove, .name = "203.0.113.0/24"}).starts_with("refused: "));
  EXPECT_EQ(people_->passes().revoked_after("0")->holders, std::vector<std::string>(3, "rules"));
}

// Also what is done from the command line.
TEST_F(DoorCommands, AreNoted) {
  ASSERT_TRUE(people_->add({.id = "u1", .name = "ada", .role = room::Role::kMember},
                           {.id = "s1", .user_agent = ""}, "hash"));
  const auto secret = first_line(said({.kind = kTokenCreate, .name = "ci", .can = {"read"}}));
  said({.kind = kTokenRevoke, .name = "ci"});
  said({.kind = kPeopleRemove, .name = "u1"});
  said({.kind = kOwnerLink});
  said({.kind = kBlockAdd, .name = "203.0.113.9"});
  said({.kind = kBlockRemove, .name = "203.0.113.9"});
  std::string noted;
  const auto page = people_->audit().page("", 100);
  for (const auto& entry : page->entries) {
    EXPECT_EQ(entry.by, "");
    noted += entry.action + ' ' + entry.subject + ';';
    EXPECT_FALSE((entry.subject + entry.subject_id).contains(secret));
  }
  EXPECT_EQ(noted,
            "address.unblocked 203.0.113.9;address.blocked 203.0.113.9;link.made owner;person.removed ada;"
            "token.revoked ci;token.made ci;");
}

}  // namespace tinychat::app::door_test
