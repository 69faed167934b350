// What is counted is what happened.

#include <gtest/gtest.h>

#include <random>

#include "hub/stream_world.h"
#include "hub/writer_world.h"

namespace tinychat::hub::measures_test {

using namespace std::chrono_literals;
using journal::FaultyJournal;

class MeasuresOfStreams : public testing::Test {
 protected:
  [[nodiscard]] const StreamMeasures& measures() const { return world.streams.measures(); }

  StreamWorld world;
};

TEST_F(MeasuresOfStreams, EachEventOfEachStreamIsOneDelivery) {
  const int one = world.attach_live(following({"tea"}));
  const int both = world.attach_live(following({"tea", "coffee"}));
  const auto bytes_of_openings = measures().bytes_sent.get();
  world.publish({{"tea", "a"}, {"coffee", "b"}, {"tea", "c"}, {"water", "d"}});
  EXPECT_EQ(measures().deliveries.get(), 2U + 3U);
  EXPECT_EQ(measures().bytes_sent.get() - bytes_of_openings,
            world.read(one).size() + world.read(both).size());
  EXPECT_EQ(measures().opened.get(), 2U);
  EXPECT_EQ(measures().fell_behind.get(), 0U);
}

TEST_F(MeasuresOfStreams, HeartbeatsAndSignalsAreBytesAndNoDeliveries) {
  const int fd = world.attach_live(following({"tea"}));
  const auto before = measures().bytes_sent.get();
  const Transient joined{"tea", room::render_presence(room::PresenceChange::kJoined, "tea", {"", "ada"})};
  world.deliver({world.commit({}, {joined})});
  world.pass(16s);
  EXPECT_EQ(measures().deliveries.get(), 0U);
  EXPECT_EQ(measures().bytes_sent.get() - before, world.read(fd).size());
}

// However its socket takes them: at once, in pieces, from memory or from the journal.
TEST(MeasuresOfSlowStreams, EachEventIsOneDeliveryHoweverItWasCut) {
  const unsigned seed = std::random_device{}();
  std::printf("seed %u\n", seed);
  std::minstd_rand random(seed);
  for (const std::size_t recent_bytes : {kAmple, std::size_t{0}}) {
    StreamWorld world({.recent_bytes = recent_bytes});
    const int fd = world.attach_live(following({"tea"}));
    const auto& measures = world.streams.measures();
    const auto bytes_of_opening = measures.bytes_sent.get();
    world.transport.socket(fd).capacity = 0;
    std::size_t read = 0;
    for (int round = 0; round < 20; ++round) {
      world.publish({{"tea", "a"}, {"tea", std::string(random() % 200, 'b')}});
      world.settle();
      world.make_room(fd, random() % 300);
      world.settle();
      read += world.read(fd).size();
    }
    world.make_room(fd, kAmple);
    world.settle();
    read += world.read(fd).size();
    EXPECT_EQ(measures.deliveries.get(), 40U);
    EXPECT_EQ(measures.bytes_sent.get() - bytes_of_opening, read);
    EXPECT_GE(measures.fell_behind.get(), 1U);
    EXPECT_EQ(measures.pages_asked.get() > 0, recent_bytes == 0);
  }
}

TEST_F(MeasuresOfStreams, GaugesAreAsOfTheLastSecond) {
  world.attach_live(following({"tea"}));
  const int slow = world.attach_live(following({"tea", "coffee"}));
  world.transport.socket(slow).capacity = 0;
  world.publish({{"coffee", "a"}});
  EXPECT_EQ(measures().live.get(), 0U) << "nobody has looked yet";
  world.pass(1s);
  EXPECT_EQ(measures().live.get(), 1U);
  EXPECT_EQ(measures().behind.get(), 1U);
  EXPECT_EQ(measures().rooms_followed.get(), 2U);
  EXPECT_GT(measures().recent_bytes.get(), 0U);
  world.say(slow, {.is_hung_up = true});
  world.pass(1s);
  EXPECT_EQ(measures().behind.get(), 0U);
  EXPECT_EQ(measures().rooms_followed.get(), 1U);
  EXPECT_EQ(measures().rooms_remembered.get(), 2U) << "its log holds something";
}

TEST_F(MeasuresOfStreams, AMissedBatchIsCountedAndWhatItHeldIsDeliveredAllTheSame) {
  const int fd = world.attach_live(following({"tea"}));
  (void)world.commit({{"tea", "missed"}});
  world.publish({{"tea", "seen"}});
  world.settle();
  EXPECT_EQ(measures().batches_missed.get(), 1U);
  EXPECT_EQ(measures().deliveries.get(), 2U);
  EXPECT_EQ(story(world.read(fd)).size(), 2U);
}

TEST_F(MeasuresOfStreams, AFanOutIsTimedFromTheCommit) {
  world.attach_live(following({"tea"}));
  const auto committed = world.commit({{"tea", "a"}});
  auto batch = std::make_shared<Batch>();
  batch->previous = committed->previous;
  batch->head = committed->head;
  batch->events = committed->events;
  world.clock.advance(1s);
  batch->committed_at = world.clock.steady();
  world.clock.advance(3ms);
  world.deliver({batch});
  EXPECT_EQ(measures().fan_out_times.sum(), 3'000'000U);
}

TEST_F(MeasuresOfStreams, PagesThatCannotBeAskedForOrReadAreCounted) {
  const int fd = world.attach_live(following({"tea"}));
  (void)world.commit({{"tea", "a"}});
  world.refuses_questions = true;
  world.publish({{"tea", "b"}});
  world.catch_up();
  EXPECT_EQ(measures().pages_put_off.get(), 1U);
  world.refuses_questions = false;
  world.journal.plan({.operations = FaultyJournal::kRead, .first = 1, .count = 1});
  world.pass(1s);
  world.settle();
  EXPECT_EQ(measures().pages_failed.get(), 1U);
  EXPECT_FALSE(world.is_open(fd));
}

TEST(MeasuresOfTheWriter, CommitsTheirSizesAndThoseThatFailed) {
  WriterWorld world;
  world.handle(list(say(1, "a"), say(2, "b"), say(3, "c")));
  world.faulty.plan(
      {.operations = FaultyJournal::kAppend, .first = 1, .count = 1, .code = Code::kStorageFull});
  world.handle(list(say(5, "d")));
  const auto& measures = world.writer.measures();
  EXPECT_EQ(measures.commit_sizes.sum(), 4U);
  EXPECT_EQ(measures.commit_sizes.count(0), 1U);
  EXPECT_EQ(measures.failed_commits.get(), 1U);
}

}  // namespace tinychat::hub::measures_test
