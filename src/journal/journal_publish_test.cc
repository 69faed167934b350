// What every Journal makes of publications: ids, repeats, conflicts.
#include "journal/journal_contract.h"

namespace tinychat::journal::journal_publish_test {

class JournalPublish : public JournalContract {
 protected:
  static Publication say(std::string text, std::string key = "", std::string room = "a") {
    return {.room = std::move(room),
            .sender = "mason",
            .text = std::move(text),
            .idempotency_key = std::move(key)};
  }
  std::vector<Result<Published>> publish(std::vector<Publication> publications) {
    return journal_->publish(publications, kOriginMilliseconds + 1);
  }
  Ids all() { return ids(read_after({"a", "b"}, {}).events); }
};

INSTANTIATE_TEST_SUITE_P(Each, JournalPublish, testing::ValuesIn(kKinds),
                         [](const auto& each) { return std::string(each.param.name); });

TEST_P(JournalPublish, AnswersEachInOrderWithIdsThatGrow) {
  const auto outcomes = publish({say("1"), say("2", "", "b"), say("3"), say("4")});
  ASSERT_EQ(outcomes.size(), 4U);
  EventId last = at(0);
  for (std::size_t i = 0; i < 4; ++i) {
    ASSERT_TRUE(outcomes[i]) << outcomes[i].error().detail;
    EXPECT_FALSE(outcomes[i]->is_repeat);
    EXPECT_GT(outcomes[i]->event.id, last);
    last = outcomes[i]->event.id;
    EXPECT_EQ(outcomes[i]->event.text, std::to_string(i + 1));
  }
  EXPECT_EQ(journal_->head(), last);
  EXPECT_EQ(all().size(), 4U);
  EXPECT_EQ(read_after({"a", "b"}, {}).events[1], outcomes[1]->event);
  EXPECT_TRUE(publish({}).empty());
}

TEST_P(JournalPublish, ARepeatIsTheFirstOne) {
  const auto first = publish({say("hi", "k"), say("hi", "k"), say("hi", "other"), say("hi")});
  ASSERT_TRUE(first[0] && first[1] && first[2] && first[3]);
  EXPECT_FALSE(first[0]->is_repeat);
  EXPECT_TRUE(first[1]->is_repeat);
  EXPECT_EQ(first[1]->event, first[0]->event);
  EXPECT_FALSE(first[2]->is_repeat || first[3]->is_repeat);
  const auto later = publish({say("new"), say("hi", "k")});
  EXPECT_TRUE(later[1]->is_repeat);
  EXPECT_EQ(later[1]->event, first[0]->event);
  EXPECT_EQ(all().size(), 4U);
}

TEST_P(JournalPublish, ThereAreOnlySoManyRooms) {
  open({.rooms_max = 2});
  EXPECT_TRUE(publish({say("1")})[0]);
  EXPECT_TRUE(publish({say("2", "", "b")})[0]);
  auto third = publish({say("3", "k", "c"), say("4")});
  ASSERT_FALSE(third[0]);
  EXPECT_EQ(third[0].error().code, Code::kUnprocessable);
  EXPECT_TRUE(third[1]);
  // The key was not used.
  third = publish({say("another", "k", "c"), say("5", "k"), say("5", "k")});
  ASSERT_FALSE(third[0]);
  EXPECT_TRUE(third[0].error().detail.contains("--max-rooms"));
  ASSERT_TRUE(third[1] && third[2]);
  EXPECT_FALSE(third[1]->is_repeat);
  EXPECT_TRUE(third[2]->is_repeat);
  EXPECT_EQ(all().size(), 4U);
}

TEST_P(JournalPublish, AKeyBelongsToItsRoom) {
  const auto outcomes = publish({say("hi", "k"), say("hi", "k", "b")});
  ASSERT_TRUE(outcomes[0] && outcomes[1]);
  EXPECT_FALSE(outcomes[1]->is_repeat);
  EXPECT_EQ(all().size(), 2U);
}

TEST_P(JournalPublish, AKeyOfAnotherMessageIsRefused) {
  auto other_sender = say("hi", "k");
  other_sender.sender = "ada";
  auto moved = say("i", "k");  // the same letters, divided otherwise
  moved.sender = "masonh";
  auto outcomes = publish({say("hi", "k"), say("other", "k"), other_sender, moved});
  EXPECT_TRUE(outcomes[0]);
  for (std::size_t i = 1; i < 4; ++i) {
    ASSERT_FALSE(outcomes[i]) << i;
    EXPECT_EQ(outcomes[i].error().code, Code::kUnprocessable);
  }
  outcomes = publish({say("other", "k"), say("hi", "k")});
  EXPECT_FALSE(outcomes[0]);
  ASSERT_TRUE(outcomes[1]);
  EXPECT_TRUE(outcomes[1]->is_repeat);
  EXPECT_EQ(all().size(), 1U);
}

TEST_P(JournalPublish, AUserIsTheSameUnderAnotherName) {
  const auto by = [](std::string author, std::string sender, std::string text = "hi") {
    auto made = say(std::move(text), "k");
    made.author = std::move(author);
    made.sender = std::move(sender);
    return made;
  };
  const auto first = publish({by("u1", "mason")});
  ASSERT_TRUE(first[0]);
  EXPECT_EQ(first[0]->event.author, "u1");
  const auto outcomes = publish(
      {by("u1", "grace"), by("u2", "mason"), by("", "mason"), by("u1", "mason", "ho"), by("u", "1mason")});
  ASSERT_TRUE(outcomes[0]) << outcomes[0].error().detail;
  EXPECT_TRUE(outcomes[0]->is_repeat);
  EXPECT_EQ(outcomes[0]->event, first[0]->event) << "under the name of then";
  for (std::size_t i = 1; i < outcomes.size(); ++i) {
    ASSERT_FALSE(outcomes[i]) << i;
    EXPECT_EQ(outcomes[i].error().code, Code::kUnprocessable);
  }
  EXPECT_EQ(find("a", first[0]->event.id), first[0]->event);
  EXPECT_EQ(all().size(), 1U);
}

TEST_P(JournalPublish, AMessageIsNoTopic) {
  auto topic = say("tea", "k");
  topic.kind = room::EventKind::kTopic;
  const auto outcomes = publish({topic, say("tea", "k"), topic});
  ASSERT_TRUE(outcomes[0] && outcomes[2]);
  EXPECT_EQ(outcomes[0]->event.kind, room::EventKind::kTopic);
  EXPECT_FALSE(outcomes[1]);
  EXPECT_TRUE(outcomes[2]->is_repeat);
  EXPECT_EQ(outcomes[2]->event, outcomes[0]->event);
  const auto summaries = reader_->rooms("", 1);
  ASSERT_TRUE(summaries && summaries->size() == 1);
  EXPECT_EQ(summaries->front().topic, "tea");
}

TEST_P(JournalPublish, TakesAnyBytes) {
  auto odd = say(std::string("nul \0 crlf \r\n $5 *3 \xff", 21), std::string("k\0y", 3), "caf\xc3\xa9/x y");
  odd.sender = "";
  const auto outcome = publish({odd});
  ASSERT_TRUE(outcome[0]) << outcome[0].error().detail;
  EXPECT_EQ(find("caf\xc3\xa9/x y", outcome[0]->event.id), outcome[0]->event);
  EXPECT_EQ(outcome[0]->event.text, odd.text);
  EXPECT_TRUE(publish({odd})[0]->is_repeat);
}

TEST_P(JournalPublish, ManyAtOnce) {
  std::vector<Publication> many;
  for (int i = 0; i < 1024; ++i) many.push_back(say(std::string(500, 'x'), std::to_string(i)));
  auto again = many;
  const auto outcomes = publish(std::move(many));
  for (const auto& outcome : outcomes) ASSERT_TRUE(outcome && !outcome->is_repeat);
  for (const auto& outcome : publish(std::move(again))) ASSERT_TRUE(outcome && outcome->is_repeat);
  EXPECT_EQ(all().size(), 1024U);
}

TEST_P(JournalPublish, CanSayWhetherItCouldStore) { EXPECT_TRUE(journal_->check()); }

}  // namespace tinychat::journal::journal_publish_test
